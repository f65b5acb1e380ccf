//! What happens in the story, each as the gRPC call that it really is. What the business sends is in
//! `sends` and `gateway`, what the platform tells in `webhooks`.

use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt as _;

use super::{
    desk::Desk,
    script::{Act, Customer, Happened, Outcome, Sender},
};

/// Longer than any window that the story waits for.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

// === impl Desk ===

impl Desk {
    /// Does what the script says, to the conversation as it is.
    pub(super) async fn perform(
        &mut self,
        act: Act,
        with: &Customer,
        current: pb::Conversation,
    ) -> Result<Happened, Box<Status>> {
        let epoch = current.handler.as_ref().map_or(0, |handler| handler.epoch);
        let id = current.conversation_id.clone();
        let outcome = match act {
            Act::CustomerWrites(words) => self.hear(with, words, &[]).await,
            Act::CustomerWritesAs(words, also) => self.hear(with, words, &[also.contact_id]).await,
            Act::CustomerStops(words) => self.stop_webhook(with, words).await,
            Act::Send(sender, message) => return self.send(with, sender, message, &current).await,
            Act::GatewayChecksPermit => return self.check_permit().await,
            Act::BotSentBefore(_) => self.record(with, Sender::LateBot, epoch).await,
            Act::PhoneAppWrites(words) => self.phone_app_webhook(with, words).await,
            Act::WebhookAgain => self.ingest().await,
            Act::PlatformSays(event, template) => self.template_webhook(event, template).await,
            Act::BotHandsOff { team, collected, note } => {
                self.hand_off(id, epoch, team, collected, note).await
            }
            Act::Assign { team, agent } => self.assign(id, team, agent).await,
            Act::ReturnToBot { agent } => self.return_to_bot(id, agent).await,
            Act::Close { agent, acknowledge_unanswered } => {
                self.close(id, agent, acknowledge_unanswered).await
            }
            Act::OptsIn { source } => self.opt_in(with, source).await,
            Act::WindowEnds => self.wait_for_the_end(with).await,
        };
        Ok(outcome?.into())
    }

    async fn hear(
        &mut self,
        with: &Customer,
        words: &str,
        other_ids: &[&str],
    ) -> Result<Outcome, Box<Status>> {
        let request = pb::RecordInboundMessageRequest {
            tenant_id: self.tenant_id.clone(),
            channel_id: with.line.channel_id.into(),
            contact_id: with.contact_id.into(),
            contact_aliases: other_ids.iter().map(|&id| id.into()).collect(),
            contact_name: with.name.into(),
            text: words.into(),
            message_id: self.message_id(),
            occurred_at: Some(self.now),
            ..Default::default()
        };
        outcome(self.conversations.record_inbound_message(request).await)
    }

    async fn hand_off(
        &mut self,
        conversation_id: String,
        handler_epoch: i64,
        team: &str,
        collected: &[(&str, &str)],
        note: &str,
    ) -> Result<Outcome, Box<Status>> {
        let owned = |(key, value): &(&str, &str)| ((*key).into(), (*value).into());
        let request = pb::HandOffConversationRequest {
            tenant_id: self.tenant_id.clone(),
            conversation_id,
            actor: Some(Sender::Bot.actor()),
            team_id: team.into(),
            note: note.into(),
            collected: collected.iter().map(owned).collect(),
            handler_epoch,
            ..Default::default()
        };
        outcome(self.conversations.hand_off_conversation(request).await)
    }

    async fn assign(
        &mut self,
        conversation_id: String,
        team: &str,
        to: &'static str,
    ) -> Result<Outcome, Box<Status>> {
        let request = pb::AssignConversationRequest {
            tenant_id: self.tenant_id.clone(),
            conversation_id,
            actor: Some(Sender::Agent(to).actor()),
            team_id: team.into(),
            agent_id: to.into(),
            ..Default::default()
        };
        outcome(self.conversations.assign_conversation(request).await)
    }

    async fn return_to_bot(
        &mut self,
        conversation_id: String,
        by: &'static str,
    ) -> Result<Outcome, Box<Status>> {
        let request = pb::ReturnToBotRequest {
            tenant_id: self.tenant_id.clone(),
            conversation_id,
            actor: Some(Sender::Agent(by).actor()),
            ..Default::default()
        };
        outcome(self.conversations.return_to_bot(request).await)
    }

    async fn close(
        &mut self,
        conversation_id: String,
        by: &'static str,
        acknowledge_unanswered: bool,
    ) -> Result<Outcome, Box<Status>> {
        let request = pb::CloseConversationRequest {
            tenant_id: self.tenant_id.clone(),
            conversation_id,
            actor: Some(Sender::Agent(by).actor()),
            reason: pb::CloseReason::Resolved.into(),
            acknowledge_unanswered,
            ..Default::default()
        };
        outcome(self.conversations.close_conversation(request).await)
    }

    /// Until the service says that the window has ended: asks again when it should have.
    async fn wait_for_the_end(&mut self, with: &Customer) -> Result<Outcome, Box<Status>> {
        loop {
            let now = self.conversation(with).await?.unwrap_or_default();
            if now.state() == pb::ConversationState::Expired {
                return Ok(Outcome::Done);
            }
            let left = now.window_remaining.unwrap_or_default();
            let left = Duration::try_from(left).unwrap_or_default();
            if left > LONGEST_WAIT {
                return Err(Status::internal(format!("the window ends only in {left:?}")).into());
            }
            tokio::time::sleep(left + Duration::from_millis(1)).await;
        }
    }

    pub(super) fn message_id(&mut self) -> String {
        self.messages += 1;
        format!("wamid.{}.{}", self.tenant_id, self.messages)
    }
}

/// A refusal is an outcome like others; whether it was meant to be one, the script says.
fn outcome<T>(answer: Result<Response<T>, Status>) -> Result<Outcome, Box<Status>> {
    let Err(status) = answer else { return Ok(Outcome::Done) };
    match status.get_details_error_info() {
        Some(info) if status.code() == Code::FailedPrecondition => {
            Ok(Outcome::Refused(info.reason.into()))
        }
        _ => Err(status.into()),
    }
}
