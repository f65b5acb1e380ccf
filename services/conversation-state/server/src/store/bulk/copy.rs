//! The rows of a chunk, as COPY takes them. Each table's columns are named beside their values;
//! those that are not named keep their defaults.

use std::pin::pin;

use azeer_runtime::names::Named;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{
    AgentId, Conversation, Event, RuleId, State, TeamId, TenantId, Time,
};
use deadpool_postgres::Transaction;
use postgres_types::{Json, ToSql, Type};
use tokio_postgres::binary_copy::BinaryCopyInWriter;

use super::History;

/// The columns of a table that are copied.
type Columns = [(&'static str, Type)];

/// The values of a row, in the order of its columns.
type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

// Enumerations are told by their labels: on the wire those are texts.

const CONVERSATIONS: &Columns = &[
    ("tenant_id", Type::TEXT),
    ("conversation_id", Type::UUID),
    ("channel_id", Type::TEXT),
    ("contact_id", Type::TEXT),
    ("contact_name", Type::TEXT),
    ("version", Type::INT8),
    ("last_inbound_at", Type::TIMESTAMPTZ),
    ("last_outbound_at", Type::TIMESTAMPTZ),
    ("window_expires_at", Type::TIMESTAMPTZ),
    ("window_closed_at", Type::TIMESTAMPTZ),
    ("answered_until", Type::TIMESTAMPTZ),
    ("waiting_since", Type::TIMESTAMPTZ),
    ("unanswered_templates", Type::INT4),
    ("announced_state", Type::TEXT),
    ("create_time", Type::TIMESTAMPTZ),
    ("update_time", Type::TIMESTAMPTZ),
    ("handler_kind", Type::TEXT),
    ("team_id", Type::TEXT),
    ("agent_id", Type::TEXT),
    ("handler_epoch", Type::INT8),
    ("handler_since", Type::TIMESTAMPTZ),
    ("closed_at", Type::TIMESTAMPTZ),
    ("closed_by_kind", Type::TEXT),
    ("closed_by_id", Type::TEXT),
    ("close_reason", Type::TEXT),
    ("collected", Type::JSONB),
];

pub(super) async fn conversations(
    client: &Transaction<'_>,
    tenant: &TenantId,
    histories: &[History],
) -> Result<(), StoreError> {
    let mut table = pin!(begin(client, "conversations", CONVERSATIONS).await?);
    for history in histories {
        let Conversation { handler, closing, collected, .. } = &history.conversation;
        let row = &history.conversation;
        let closing = closing.as_ref();
        let values: Values<'_> = &[
            &tenant.as_str(),
            &row.id.0,
            &row.channel_id.as_str(),
            &row.contact_id.as_str(),
            &row.contact_name,
            &row.version,
            &row.last_inbound_at,
            &row.last_outbound_at,
            &row.window_expires_at,
            &row.window_closed_at,
            &row.answered_until,
            &row.waiting_since,
            &row.unanswered_templates,
            &row.announced_state.name(),
            &row.create_time,
            &row.update_time,
            &handler.kind.name(),
            &handler.team.as_ref().map(TeamId::as_str),
            &handler.agent.as_ref().map(AgentId::as_str),
            &handler.epoch,
            &row.handler_since,
            &closing.map(|closing| closing.at),
            &closing.map(|closing| closing.by.kind.name()),
            &closing.and_then(|closing| closing.by.id.as_ref()).map(AgentId::as_str),
            &closing.map(|closing| closing.reason.name()),
            &Some(collected).filter(|map| !map.is_empty()).map(Json),
        ];
        table.as_mut().write(values).await?;
    }
    table.finish().await?;
    Ok(())
}

const EVENTS: &Columns = &[
    ("tenant_id", Type::TEXT),
    ("revision", Type::INT8),
    ("version", Type::INT8),
    ("conversation_id", Type::UUID),
    ("event_type", Type::TEXT),
    ("from_state", Type::TEXT),
    ("to_state", Type::TEXT),
    ("actor_kind", Type::TEXT),
    ("actor_id", Type::TEXT),
    ("reason", Type::TEXT),
    ("occurred_at", Type::TIMESTAMPTZ),
    ("recorded_at", Type::TIMESTAMPTZ),
    ("handler_kind", Type::TEXT),
    ("team_id", Type::TEXT),
    ("agent_id", Type::TEXT),
    ("handler_epoch", Type::INT8),
    ("out_of_turn", Type::BOOL),
    ("awaiting_reply", Type::BOOL),
    ("before_handler_kind", Type::TEXT),
    ("before_team_id", Type::TEXT),
    ("before_agent_id", Type::TEXT),
    ("before_awaiting_reply", Type::BOOL),
    ("routing_rule_id", Type::TEXT),
];

pub(super) async fn events(
    client: &Transaction<'_>,
    tenant: &TenantId,
    after: i64,
    histories: &[History],
) -> Result<(), StoreError> {
    let mut table = pin!(begin(client, "events", EVENTS).await?);
    for (revision, history, recorded_at, event) in log(after, histories) {
        let before = event.changed_from();
        let values: Values<'_> = &[
            &tenant.as_str(),
            &revision,
            &event.version,
            &history.conversation.id.0,
            &event.event_type.name(),
            &event.from_state.map(State::name),
            &event.to_state.map(State::name),
            &event.actor.kind.name(),
            &event.actor.id.as_ref().map(AgentId::as_str),
            &event.reason.map(Named::name),
            &event.occurred_at,
            &recorded_at,
            &event.handler.kind.name(),
            &event.handler.team.as_ref().map(TeamId::as_str),
            &event.handler.agent.as_ref().map(AgentId::as_str),
            &event.handler.epoch,
            &event.out_of_turn,
            &event.awaiting_reply,
            &before.map(|before| before.kind.name()),
            &before.and_then(|before| before.team.as_ref()).map(TeamId::as_str),
            &before.and_then(|before| before.agent.as_ref()).map(AgentId::as_str),
            &before.map(|before| before.awaiting_reply),
            &event.routed_by.as_ref().map(RuleId::as_str),
        ];
        table.as_mut().write(values).await?;
    }
    table.finish().await?;
    Ok(())
}

const NOTES: &Columns = &[
    ("tenant_id", Type::TEXT),
    ("revision", Type::INT8),
    ("conversation_id", Type::UUID),
    ("note", Type::TEXT),
];

pub(super) async fn notes(
    client: &Transaction<'_>,
    tenant: &TenantId,
    after: i64,
    histories: &[History],
) -> Result<(), StoreError> {
    let mut table = pin!(begin(client, "event_notes", NOTES).await?);
    for (revision, history, _, event) in log(after, histories) {
        let Some(note) = &event.note else { continue };
        let values: Values<'_> =
            &[&tenant.as_str(), &revision, &history.conversation.id.0, &note.as_str()];
        table.as_mut().write(values).await?;
    }
    table.finish().await?;
    Ok(())
}

const MESSAGES: &Columns = &[
    ("tenant_id", Type::TEXT),
    ("message_id", Type::TEXT),
    ("conversation_id", Type::UUID),
    ("occurred_at", Type::TIMESTAMPTZ),
    ("inbound", Type::BOOL),
];

pub(super) async fn messages(
    client: &Transaction<'_>,
    tenant: &TenantId,
    histories: &[History],
) -> Result<(), StoreError> {
    let mut table = pin!(begin(client, "messages", MESSAGES).await?);
    for history in histories {
        for message in &history.messages {
            let values: Values<'_> = &[
                &tenant.as_str(),
                &message.id.as_str(),
                &history.conversation.id.0,
                &message.occurred_at,
                &message.inbound,
            ];
            table.as_mut().write(values).await?;
        }
    }
    table.finish().await?;
    Ok(())
}

/// The events of conversations at their revisions.
fn log(after: i64, histories: &[History]) -> impl Iterator<Item = (i64, &History, &Time, &Event)> {
    let events = histories
        .iter()
        .flat_map(|history| history.events.iter().map(move |(at, event)| (history, at, event)));
    (after + 1..).zip(events).map(|(revision, (history, at, event))| (revision, history, at, event))
}

async fn begin(
    client: &Transaction<'_>,
    table: &str,
    columns: &Columns,
) -> Result<BinaryCopyInWriter, StoreError> {
    let (names, types): (Vec<&str>, Vec<Type>) = columns.iter().cloned().unzip();
    let text = format!("COPY {table} ({}) FROM STDIN (FORMAT binary)", names.join(", "));
    Ok(BinaryCopyInWriter::new(client.copy_in(&text).await?, &types))
}
