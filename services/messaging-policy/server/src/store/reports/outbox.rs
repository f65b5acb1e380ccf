//! What conversation-state is to be told, as it is put into the outbox. How it is told is not here.

use azeer_domain::{ActorKind, AgentId, Time};
use azeer_runtime::names::Stored;
use messaging_policy_core::Content;
use postgres_types::ToSql;
use uuid::Uuid;

use super::super::decisions::Recorded;

/// What is told of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Its message was sent.
    Outbound,
    /// The platform said that the window is closed.
    WindowClosed,
}

/// A row of `outbox_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "outbox_write_v1")]
pub(super) struct OutboxWrite<'a> {
    tenant_id: &'a str,
    decision_id: Uuid,
    kind: &'static str,
    due_at: Time,
    conversation_id: Option<Uuid>,
    channel_id: &'a str,
    contact_id: &'a str,
    message_id: String,
    occurred_at: Time,
    sender_kind: Stored<ActorKind>,
    sender_id: &'a str,
    template_name: &'a str,
    handler_epoch: i64,
}

impl<'a> OutboxWrite<'a> {
    /// None of a contact who is erased: there is nobody to tell of.
    pub(super) fn new(recorded: &'a Recorded, kind: Kind, now: Time) -> Option<Self> {
        let (decision_id, person) = (recorded.id?, recorded.person.as_ref()?);
        let outcome = recorded.outcome.as_ref()?;
        let send = &recorded.record.send;
        Some(Self {
            tenant_id: recorded.tenant.as_str(),
            decision_id,
            kind: match kind {
                Kind::Outbound => "OUTBOUND",
                Kind::WindowClosed => "WINDOW_CLOSED",
            },
            due_at: now,
            conversation_id: recorded.conversation.map(|conversation| conversation.0),
            channel_id: recorded.channel.as_str(),
            contact_id: person.contact.as_str(),
            message_id: if outcome.message_id.is_empty() {
                decision_id.to_string()
            } else {
                outcome.message_id.clone()
            },
            // What never went out was refused for what was known: whatever the customer wrote after
            // that has opened the window since.
            occurred_at: outcome.sent_at.unwrap_or(recorded.record.facts.as_of),
            sender_kind: Stored(recorded.sender.kind),
            sender_id: recorded.sender.id.as_ref().map_or("", AgentId::as_str),
            template_name: match &send.content {
                Content::Template { name, .. } => name,
                Content::FreeForm => "",
            },
            handler_epoch: send.handler_epoch.unwrap_or(0),
        })
    }
}

/// Adds `$outbox`. What is there already is on its way.
pub(super) const INSERT: &str = "INSERT INTO outbox (tenant_id, decision_id, kind, due_at, tries, \
     conversation_id, channel_id, contact_id, message_id, occurred_at, sender_kind, sender_id, \
     template_name, handler_epoch) \
     SELECT tenant_id, decision_id, kind::outbox_kind, due_at, 0, conversation_id, channel_id, \
       contact_id, message_id, occurred_at, sender_kind, sender_id, template_name, handler_epoch \
     FROM unnest($outbox::outbox_write_v1[]) ON CONFLICT DO NOTHING";
