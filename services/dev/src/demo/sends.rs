//! What the business sends: messaging-policy is asked with the very body that would be posted to the
//! platform, and what it allows is reported as sent.

use azeer_proto::common::v1::{Actor, ActorKind};
use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use serde_json::{Value, json};
use tonic::Status;
use uuid::Uuid;

use super::{
    desk::{Desk, contact},
    gateway::Allowed,
    script::{Because, Customer, Happened, Message, Outcome, Sender},
};

// === impl Desk ===

impl Desk {
    /// Asks whether a message may go; if so it goes, and is reported.
    pub(super) async fn send(
        &mut self,
        to: &Customer,
        sender: Sender,
        message: Message,
        current: &conversation::Conversation,
    ) -> Result<Happened, Box<Status>> {
        let epoch = current.handler.as_ref().map_or(0, |handler| handler.epoch);
        let body = body(to, message).to_string().into_bytes();
        let decision = self.authorize(to, sender, message, body.clone(), epoch).await?;
        if decision.verdict() == pb::Verdict::Allow {
            let pb::Decision { decision_id, permit, .. } = decision;
            self.allowed = Allowed { decision_id, permit, body };
            self.report_sent(to, current).await?;
            return Ok(Outcome::Allowed.into());
        }
        let codes = decision.violations.iter().map(|violation| violation.code.as_str());
        let outcome = Outcome::Denied(codes.collect::<Vec<_>>().join(", ").into());
        let messages = decision.violations.into_iter().map(|violation| violation.localized_message);
        let mut advice: Vec<String> = messages.collect();
        let suggested = decision.suggested_templates.iter();
        let suggested = suggested.filter(|template| template.language_code == to.language);
        let suggested: Vec<&str> = suggested.map(|template| template.name.as_str()).collect();
        if !suggested.is_empty() {
            advice.push(format!("templates that may go: {}", suggested.join(", ")));
        }
        Ok(Happened { outcome, advice })
    }

    async fn authorize(
        &mut self,
        to: &Customer,
        sender: Sender,
        message: Message,
        body: Vec<u8>,
        epoch: i64,
    ) -> Result<pb::Decision, Box<Status>> {
        let because = match message {
            Message::Words(_) => None,
            Message::Template { because, .. } => because,
        };
        let send = pb::Send {
            tenant_id: self.tenant_id.clone(),
            contact: Some(contact(to)),
            sender: Some(sender.actor()),
            handler_epoch: sender.epoch(epoch),
            content: Some(pb::send::Content::CloudApiBody(body)),
            justification: because.map(justification),
            ..Default::default()
        };
        let request = pb::AuthorizeSendRequest {
            send: Some(send),
            request_id: Uuid::new_v4().to_string(),
            language_code: to.language.into(),
            ..Default::default()
        };
        let answer = self.policy.authorize_send(request).await?.into_inner();
        Ok(answer.decision.unwrap_or_default())
    }

    /// Words of the business that nobody asked about; the log tells whether it was their sender's
    /// turn.
    pub(super) async fn record(
        &mut self,
        to: &Customer,
        sender: Sender,
        epoch: i64,
    ) -> Result<Outcome, Box<Status>> {
        let request = conversation::RecordOutboundMessageRequest {
            tenant_id: self.tenant_id.clone(),
            contact: Some(contact(to)),
            message_id: self.message_id(),
            occurred_at: Some(self.now),
            sender: Some(sender.actor()),
            kind: conversation::OutboundKind::FreeForm.into(),
            handler_epoch: sender.epoch(epoch),
            ..Default::default()
        };
        let answer = self.conversations.record_outbound_message(request).await?.into_inner();
        let id = answer.conversation.unwrap_or_default().conversation_id;
        let event = self.last_event(id).await?;
        Ok(if event.out_of_turn { Outcome::OutOfTurn } else { Outcome::Done })
    }

    /// The customer agrees to marketing.
    pub(super) async fn opt_in(
        &mut self,
        who: &Customer,
        source: &str,
    ) -> Result<Outcome, Box<Status>> {
        let request = pb::SetContactConsentRequest {
            tenant_id: self.tenant_id.clone(),
            contact_id: who.contact_id.into(),
            state: pb::ConsentState::OptedIn.into(),
            source: source.into(),
            // In whole seconds, as the platform tells what they say later.
            occurred_at: Some(self.now),
        };
        self.policy_admin.set_contact_consent(request).await?;
        Ok(Outcome::Done)
    }
}

// === impl Sender ===

impl Sender {
    pub(super) fn actor(self) -> Actor {
        let (kind, id) = match self {
            Self::Agent(id) => (ActorKind::Agent, id),
            Self::Bot | Self::LateBot => (ActorKind::Bot, ""),
            Self::System => (ActorKind::System, ""),
        };
        Actor { kind: kind.into(), id: id.into() }
    }

    /// The epoch that it names, where the conversation has `current`.
    fn epoch(self, current: i64) -> i64 {
        match self {
            Self::Bot => current,
            Self::LateBot => current - 1,
            Self::Agent(_) | Self::System => 0,
        }
    }
}

/// As the platform's messages endpoint takes it.
fn body(to: &Customer, message: Message) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "to": to.contact_id });
    match message {
        Message::Words(words) => {
            body["type"] = json!("text");
            body["text"] = json!({ "body": words });
        }
        Message::Template { template, parameters, .. } => {
            let text = |text: &&str| json!({ "type": "text", "text": text });
            let parameters: Vec<Value> = parameters.iter().map(text).collect();
            body["type"] = json!("template");
            body["template"] = json!({
                "name": template.name,
                "language": { "code": to.language },
                "components": [{ "type": "body", "parameters": parameters }],
            });
        }
    }
    body
}

fn justification(because: Because) -> pb::Justification {
    pb::Justification {
        reason: because.reason.into(),
        reference_id: because.reference.into(),
        note: because.note.into(),
    }
}
