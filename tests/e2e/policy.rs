//! What sends are judged by: a change holds at once, on every replica.

mod admin;
mod consent;
mod people;
mod sender_pages;
mod senders;
mod templates;
mod versions;
mod words;

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, Policy, PolicyClients, ops};
use tonic::Status;

use crate::support;

/// How often what runs side by side is tried within one test.
const ROUNDS: usize = 10;

/// Two messaging-policies over one database, with their conversation-state.
async fn two() -> (Pair, Policy) {
    let pair = Pair::start().await;
    let other = pair.another_policy(&pair.conversation).await;
    (pair, other)
}

/// Code and reason of an error.
#[track_caller]
fn told(status: &Status) -> (tonic::Code, String) {
    support::told_by("policy.azeer", status)
}

async fn policy(clients: &PolicyClients) -> pb::Policy {
    let request = pb::GetPolicyRequest { tenant_id: ops::TENANT.into() };
    clients.admin.clone().get_policy(request).await.unwrap().into_inner().policy.unwrap()
}

async fn update_policy(
    clients: &PolicyClients,
    request: pb::UpdatePolicyRequest,
) -> Result<pb::Policy, Status> {
    let answer = clients.admin.clone().update_policy(request).await?;
    Ok(answer.into_inner().policy.expect("an answer has a policy"))
}

async fn sender(clients: &PolicyClients, channel: &str) -> pb::Sender {
    let request =
        pb::GetSenderRequest { tenant_id: ops::TENANT.into(), channel_id: channel.into() };
    clients.admin.clone().get_sender(request).await.unwrap().into_inner().sender.unwrap()
}

/// Sets what `sender` carries, or what the mask names.
async fn update_sender(
    clients: &PolicyClients,
    sender: pb::Sender,
    paths: &[&str],
    etag: &str,
) -> Result<pb::Sender, Status> {
    let request = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(sender),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(ToString::to_string).collect(),
        }),
        etag: etag.into(),
    };
    let answer = clients.admin.clone().update_sender(request).await?;
    Ok(answer.into_inner().sender.expect("an answer has a sender"))
}

async fn import(
    clients: &PolicyClients,
    request: pb::ImportTemplatesRequest,
) -> pb::ImportTemplatesResponse {
    clients.templates.clone().import_templates(request).await.unwrap().into_inner()
}
