//! What the policy learns from webhook bodies, and what it then decides, on every replica.

mod accounts;
mod bodies;
mod crowd;
mod elsewhere;
mod hands;
mod people;
mod table;
mod templates;

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, Policy, PolicyClients, ops};
use chrono::TimeDelta;
use conversation::IngestOutcome;
use conversation_state_core::Time;
use serde_json::Value;

use crate::support::noon;

/// Two messaging-policies over one database, whose time stands at noon.
async fn two() -> (Pair, Policy) {
    let pair = Pair::at(noon()).await;
    let other = pair.another_policy(&pair.conversation).await;
    (pair, other)
}

/// So many seconds after noon, whole ones: as webhooks tell it.
fn after(seconds: i64) -> Time {
    Time::from_timestamp(noon().timestamp(), 0).unwrap() + TimeDelta::seconds(seconds)
}

async fn ingest(clients: &PolicyClients, body: &Value) -> Vec<conversation::IngestResult> {
    let body = body.to_string().into_bytes();
    let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body };
    clients.sends.clone().ingest_webhook(request).await.unwrap().into_inner().results
}

/// What became of each item of a body: `APPLIED`, `DUPLICATE`, or why it was skipped.
async fn told(clients: &PolicyClients, body: &Value) -> Vec<String> {
    let results = ingest(clients, body).await;
    results.iter().map(outcome).collect()
}

fn outcome(result: &conversation::IngestResult) -> String {
    let outcome = match result.outcome() {
        IngestOutcome::Applied => "APPLIED",
        IngestOutcome::Duplicate => "DUPLICATE",
        IngestOutcome::Skipped => return result.reason.clone(),
        IngestOutcome::Unspecified => panic!("{result:?}"),
    };
    assert_eq!((result.reason.as_str(), result.detail.as_str()), ("", ""), "{result:?}");
    outcome.to_owned()
}

async fn template(clients: &PolicyClients, name: &str) -> pb::Template {
    let request = pb::GetTemplateRequest {
        tenant_id: ops::TENANT.into(),
        waba_id: bodies::WABA.into(),
        name: name.into(),
        language_code: ops::LANGUAGE.into(),
    };
    clients.templates.clone().get_template(request).await.unwrap().into_inner().template.unwrap()
}

async fn sender(clients: &PolicyClients, channel: &str) -> pb::Sender {
    let request =
        pb::GetSenderRequest { tenant_id: ops::TENANT.into(), channel_id: channel.into() };
    clients.admin.clone().get_sender(request).await.unwrap().into_inner().sender.unwrap()
}
