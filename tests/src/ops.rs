//! Short ways to say what tests say often: requests with what a case does not care for filled in.

mod outcomes;
mod sends;

use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;
use conversation_state_core::Time;

use crate::service::timestamp;

pub use outcomes::*;
pub use sends::*;

/// The tenant of tests that need only one.
pub const TENANT: &str = "acme";
/// The channel of tests that need only one.
pub const CHANNEL: &str = "main";

/// A customer's message.
#[must_use]
pub fn inbound(contact: &str, message: &str, at: Time) -> pb::RecordInboundMessageRequest {
    pb::RecordInboundMessageRequest {
        tenant_id: TENANT.into(),
        channel_id: CHANNEL.into(),
        contact_id: contact.into(),
        message_id: message.into(),
        occurred_at: timestamp(at),
        ..Default::default()
    }
}

/// A webhook body with messages of customers: each one's contact and id.
#[must_use]
pub fn webhook(
    channel: &str,
    messages: impl IntoIterator<Item = (String, String)>,
    at: Time,
) -> pb::IngestWebhookRequest {
    let sent = at.timestamp();
    let message = |(from, id): (String, String)| {
        format!(
            r#"{{"from":"{from}","id":"{id}","timestamp":"{sent}","type":"text","text":{{"body":"hi"}}}}"#
        )
    };
    let messages: Vec<String> = messages.into_iter().map(message).collect();
    let body = format!(
        r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"metadata":
        {{"phone_number_id":"{channel}"}},"messages":[{}]}}}}]}}]}}"#,
        messages.join(",")
    );
    pb::IngestWebhookRequest { tenant_id: TENANT.into(), body: body.into_bytes() }
}

/// A free-form message of an agent.
#[must_use]
pub fn outbound(contact: &str, message: &str, at: Time) -> pb::RecordOutboundMessageRequest {
    pb::RecordOutboundMessageRequest {
        tenant_id: TENANT.into(),
        contact: contact_ref(contact),
        message_id: message.into(),
        occurred_at: timestamp(at),
        sender: agent("sara"),
        kind: pb::OutboundKind::FreeForm.into(),
        ..Default::default()
    }
}

/// A closing by an agent, unanswered or not.
#[must_use]
pub fn close(conversation: &str) -> pb::CloseConversationRequest {
    pb::CloseConversationRequest {
        tenant_id: TENANT.into(),
        conversation_id: conversation.into(),
        actor: agent("sara"),
        reason: pb::CloseReason::Resolved.into(),
        acknowledge_unanswered: true,
        ..Default::default()
    }
}

/// A reopening by an agent.
#[must_use]
pub fn reopen(conversation: &str) -> pb::ReopenConversationRequest {
    pb::ReopenConversationRequest {
        tenant_id: TENANT.into(),
        conversation_id: conversation.into(),
        actor: agent("sara"),
        ..Default::default()
    }
}

/// A hand-off by an agent to a team.
#[must_use]
pub fn hand_off(conversation: &str, team: &str) -> pb::HandOffConversationRequest {
    pb::HandOffConversationRequest {
        tenant_id: TENANT.into(),
        conversation_id: conversation.into(),
        actor: agent("sara"),
        team_id: team.into(),
        ..Default::default()
    }
}

/// The first page of a tab.
#[must_use]
pub fn list(tab: pb::Tab) -> pb::ListConversationsRequest {
    pb::ListConversationsRequest { tenant_id: TENANT.into(), tab: tab.into(), ..Default::default() }
}

/// The counts of the whole tenant.
#[must_use]
pub fn counts() -> pb::GetTabCountsRequest {
    pb::GetTabCountsRequest { tenant_id: TENANT.into(), ..Default::default() }
}

/// The first page of a conversation's events.
#[must_use]
pub fn events(conversation: &str) -> pb::ListConversationEventsRequest {
    pb::ListConversationEventsRequest {
        tenant_id: TENANT.into(),
        conversation_id: conversation.into(),
        page_size: 500,
        ..Default::default()
    }
}

/// What happens from a place on; an empty token: from now on.
#[must_use]
pub fn watch(resume_token: &str) -> pb::WatchConversationsRequest {
    pb::WatchConversationsRequest {
        tenant_id: TENANT.into(),
        resume_token: resume_token.into(),
        ..Default::default()
    }
}

/// A conversation by contact.
#[must_use]
pub fn get(contact: &str) -> pb::GetConversationRequest {
    pb::GetConversationRequest {
        tenant_id: TENANT.into(),
        contact: contact_ref(contact),
        ..Default::default()
    }
}

/// A contact of the main channel.
#[must_use]
pub fn contact_ref(contact: &str) -> Option<pb::ContactRef> {
    Some(pb::ContactRef { channel_id: CHANNEL.into(), contact_id: contact.into() })
}

/// An agent.
#[must_use]
pub fn agent(id: &str) -> Option<common::Actor> {
    Some(common::Actor { kind: common::ActorKind::Agent.into(), id: id.into() })
}

/// The bot.
#[must_use]
pub fn bot() -> Option<common::Actor> {
    Some(common::Actor { kind: common::ActorKind::Bot.into(), id: String::new() })
}

/// The system.
#[must_use]
pub fn system() -> Option<common::Actor> {
    Some(common::Actor { kind: common::ActorKind::System.into(), id: String::new() })
}
