//! The log: the rows of `events` and `event_notes`.

use conversation_state_core::{
    Actor, ActorKind, AgentId, ConversationId, Event, EventType, Handler, HandlerKind, State,
    TeamId, TenantId, Time,
};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Row;
use uuid::Uuid;

use super::conversations::optional_id;
use super::error::StoreError;
use super::names::{Named as _, reason_name};

/// An event at its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its place in the tenant's log.
    pub revision: i64,
    /// The conversation it happened to.
    pub conversation_id: ConversationId,
    /// When it was recorded.
    pub recorded_at: Time,
    /// The conversation's version after it.
    pub version: i64,
    /// What happened.
    pub event_type: EventType,
    /// The state before.
    pub from_state: Option<State>,
    /// The state after.
    pub to_state: State,
    /// Who did it.
    pub actor: Actor,
    /// The reason's name; empty: none.
    pub reason: String,
    /// When it happened.
    pub occurred_at: Time,
    /// Who handles the conversation after it.
    pub handler: Handler,
    /// What the actor noted; empty: nothing.
    pub note: String,
    /// Sent with an old epoch or to a closed conversation.
    pub out_of_turn: bool,
}

/// A row of `event_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "event_write_v1")]
pub(super) struct EventWrite {
    revision: i64,
    version: i64,
    conversation_id: Uuid,
    occurred_at: Time,
    recorded_at: Time,
    handler_epoch: i64,
    event_type: &'static str,
    from_state: Option<&'static str>,
    to_state: &'static str,
    actor_kind: &'static str,
    handler_kind: &'static str,
    out_of_turn: bool,
    tenant_id: String,
    actor_id: Option<String>,
    reason: Option<&'static str>,
    team_id: Option<String>,
    agent_id: Option<String>,
    note: Option<String>,
}

impl EventWrite {
    pub(super) fn new(
        tenant: &TenantId,
        conversation: ConversationId,
        revision: i64,
        recorded_at: Time,
        event: Event,
    ) -> Self {
        let text = |id: &AgentId| id.as_str().to_owned();
        Self {
            revision,
            version: event.version,
            conversation_id: conversation.0,
            occurred_at: event.occurred_at,
            recorded_at,
            handler_epoch: event.handler.epoch,
            event_type: event.event_type.name(),
            from_state: event.from_state.map(State::name),
            to_state: event.to_state.name(),
            actor_kind: event.actor.kind.name(),
            handler_kind: event.handler.kind.name(),
            out_of_turn: event.out_of_turn,
            tenant_id: tenant.as_str().to_owned(),
            actor_id: event.actor.id.as_ref().map(text),
            reason: event.reason.map(reason_name),
            team_id: event.handler.team.as_ref().map(|id| id.as_str().to_owned()),
            agent_id: event.handler.agent.as_ref().map(text),
            note: event.note,
        }
    }

    pub(super) fn has_note(&self) -> bool {
        self.note.is_some()
    }
}

/// Adds `$events` to the log.
pub(super) const INSERT: &str = "INSERT INTO events (revision, version, conversation_id, \
     occurred_at, recorded_at, handler_epoch, event_type, from_state, to_state, actor_kind, \
     handler_kind, out_of_turn, tenant_id, actor_id, reason, team_id, agent_id) \
     SELECT revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, \
     event_type::event_type, from_state::conversation_state, to_state::conversation_state, \
     actor_kind::actor_kind, handler_kind::handler_kind, out_of_turn, tenant_id, actor_id, \
     reason, team_id, agent_id FROM unnest($events::event_write_v1[])";

/// Adds the notes of `$events`.
pub(super) const INSERT_NOTES: &str = "INSERT INTO event_notes (tenant_id, revision, \
     conversation_id, note) SELECT tenant_id, revision, conversation_id, note \
     FROM unnest($events::event_write_v1[]) WHERE note IS NOT NULL";

const OF_CONVERSATION: &str = "SELECT e.revision, e.conversation_id, e.recorded_at, e.version, \
     e.event_type::text, e.from_state::text, e.to_state::text, e.actor_kind::text, e.actor_id, \
     coalesce(e.reason, ''), e.occurred_at, e.handler_kind::text, e.team_id, e.agent_id, \
     e.handler_epoch, coalesce(n.note, ''), e.out_of_turn \
     FROM events e LEFT JOIN event_notes n \
       ON n.tenant_id = e.tenant_id AND n.revision = e.revision \
     WHERE e.tenant_id COLLATE \"POSIX\" = $1 AND e.conversation_id = $2 AND e.revision > $3 \
     ORDER BY e.revision LIMIT $4";

/// A conversation's events after a revision, oldest first.
pub(super) async fn of_conversation(
    client: &impl GenericClient,
    tenant: &TenantId,
    conversation: ConversationId,
    after: i64,
    limit: i64,
) -> Result<Vec<LoggedEvent>, StoreError> {
    let statement = client.prepare_cached(OF_CONVERSATION).await?;
    let parameters: [&(dyn ToSql + Sync); 4] = [&tenant.as_str(), &conversation.0, &after, &limit];
    client.query(&statement, &parameters).await?.iter().map(read).collect()
}

fn read(row: &Row) -> Result<LoggedEvent, StoreError> {
    let from_state: Option<&str> = row.try_get(5)?;
    Ok(LoggedEvent {
        revision: row.try_get(0)?,
        conversation_id: ConversationId(row.try_get(1)?),
        recorded_at: row.try_get(2)?,
        version: row.try_get(3)?,
        event_type: EventType::from_name(row.try_get(4)?)?,
        from_state: from_state.map(State::from_name).transpose()?,
        to_state: State::from_name(row.try_get(6)?)?,
        actor: Actor {
            kind: ActorKind::from_name(row.try_get(7)?)?,
            id: optional_id(row.try_get(8)?, AgentId::parse, "actor_id")?,
        },
        reason: row.try_get(9)?,
        occurred_at: row.try_get(10)?,
        handler: Handler {
            kind: HandlerKind::from_name(row.try_get(11)?)?,
            team: optional_id(row.try_get(12)?, TeamId::parse, "team_id")?,
            agent: optional_id(row.try_get(13)?, AgentId::parse, "agent_id")?,
            epoch: row.try_get(14)?,
        },
        note: row.try_get(15)?,
        out_of_turn: row.try_get(16)?,
    })
}
