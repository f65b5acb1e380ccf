//! What the platform tells, as the bodies that it posts. Both services may be given every body: each
//! takes what is its own.

use azeer_proto::conversation::v1 as pb;
use azeer_proto::policy::v1 as policy;
use serde_json::{Value, json};
use tonic::Status;

use super::{
    desk::{Desk, WABA},
    script::{Customer, Outcome, Template},
};

// === impl Desk ===

impl Desk {
    /// A reply from the business's phone app.
    pub(super) async fn phone_app_webhook(
        &mut self,
        to: &Customer,
        words: &str,
    ) -> Result<Outcome, Box<Status>> {
        let echo = json!({
            "from": "966110001065",
            "to": to.contact_id,
            "id": self.message_id(),
            "timestamp": self.now.seconds.to_string(),
            "type": "text",
            "text": { "body": words },
        });
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "phone_number_id": to.line.channel_id },
            "message_echoes": [echo],
        });
        self.last_webhook = self.body(&[json!({ "field": "smb_message_echoes", "value": value })]);
        self.ingest().await
    }

    /// A customer's words, which matter to both services.
    pub(super) async fn stop_webhook(
        &mut self,
        from: &Customer,
        words: &str,
    ) -> Result<Outcome, Box<Status>> {
        let message = json!({
            "from": from.contact_id,
            "id": self.message_id(),
            "timestamp": self.now.seconds.to_string(),
            "type": "text",
            "text": { "body": words },
        });
        let value = json!({
            "messaging_product": "whatsapp",
            "metadata": { "phone_number_id": from.line.channel_id },
            "contacts": [{ "wa_id": from.contact_id, "profile": { "name": from.name } }],
            "messages": [message],
        });
        self.last_webhook = self.body(&[json!({ "field": "messages", "value": value })]);
        match self.ingest().await? {
            Outcome::Done => self.learn().await,
            other => Ok(other),
        }
    }

    /// What became of a template, in each of its languages.
    pub(super) async fn template_webhook(
        &mut self,
        event: &str,
        template: &Template,
    ) -> Result<Outcome, Box<Status>> {
        let change = |(language, _): &(&str, &str)| {
            let value = json!({
                "event": event,
                "message_template_name": template.name,
                "message_template_language": language,
                "reason": null,
            });
            json!({ "field": "message_template_status_update", "value": value })
        };
        let changes: Vec<Value> = template.texts.iter().map(change).collect();
        self.last_webhook = self.body(&changes);
        self.learn().await
    }

    /// Has conversation-state take the last webhook.
    pub(super) async fn ingest(&mut self) -> Result<Outcome, Box<Status>> {
        let (tenant_id, body) = (self.tenant_id.clone(), self.last_webhook.clone());
        let request = pb::IngestWebhookRequest { tenant_id, body };
        Ok(told(self.conversations.ingest_webhook(request).await?.into_inner().results))
    }

    /// Has messaging-policy learn from it.
    async fn learn(&mut self) -> Result<Outcome, Box<Status>> {
        let (tenant_id, body) = (self.tenant_id.clone(), self.last_webhook.clone());
        let request = policy::IngestWebhookRequest { tenant_id, body };
        Ok(told(self.policy.ingest_webhook(request).await?.into_inner().results))
    }

    fn body(&self, changes: &[Value]) -> Vec<u8> {
        let entry = json!({ "id": WABA, "time": self.now.seconds, "changes": changes });
        let body = json!({ "object": "whatsapp_business_account", "entry": [entry] });
        body.to_string().into_bytes()
    }
}

/// What became of a body: done, if all of it was.
fn told(results: Vec<pb::IngestResult>) -> Outcome {
    let is_applied = |result: &pb::IngestResult| result.outcome() == pb::IngestOutcome::Applied;
    match results.into_iter().find(|result| !is_applied(result)) {
        None => Outcome::Done,
        Some(other) if other.outcome() == pb::IngestOutcome::Duplicate => Outcome::Duplicate,
        Some(skipped) => Outcome::Refused(skipped.reason.into()),
    }
}
