//! The log: the rows of `events` and `event_notes`.

use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{
    Actor, ActorKind, AgentId, ConversationId, Event, EventType, Handler, HandlerKind, Placement,
    Reason, RuleId, State, TeamId, TenantId, Time,
};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Row;
use uuid::Uuid;

use super::conversations::optional_id;
use super::lookup::lookup_by_id;

/// An event at its place in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEvent {
    /// Its place in the tenant's log.
    pub revision: i64,
    /// The conversation it happened to.
    pub conversation_id: ConversationId,
    /// When it was recorded.
    pub recorded_at: Time,
    /// What it tells.
    pub event: Event,
}

/// A row of `event_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "event_write_v2")]
pub(super) struct EventWrite<'a> {
    revision: i64,
    version: i64,
    conversation_id: Uuid,
    occurred_at: Time,
    recorded_at: Time,
    handler_epoch: i64,
    event_type: Stored<EventType>,
    from_state: Option<Stored<State>>,
    to_state: Option<Stored<State>>,
    actor_kind: Stored<ActorKind>,
    handler_kind: Stored<HandlerKind>,
    out_of_turn: bool,
    awaiting_reply: bool,
    tenant_id: &'a str,
    actor_id: Option<&'a str>,
    reason: Option<Stored<Reason>>,
    team_id: Option<&'a str>,
    agent_id: Option<&'a str>,
    before_handler_kind: Option<Stored<HandlerKind>>,
    before_team_id: Option<&'a str>,
    before_agent_id: Option<&'a str>,
    before_awaiting_reply: Option<bool>,
    routing_rule_id: Option<&'a str>,
    merged_conversation_ids: Option<Vec<Uuid>>,
    note: Option<&'a str>,
}

impl<'a> EventWrite<'a> {
    pub(super) fn new(tenant: &'a TenantId, logged: &'a LoggedEvent) -> Self {
        let event = &logged.event;
        let (team, agent) = (TeamId::as_str, AgentId::as_str);
        // Most events change neither handler nor waiting: then there is nothing to keep.
        let before = event.changed_from();
        Self {
            revision: logged.revision,
            version: event.version,
            conversation_id: logged.conversation_id.0,
            occurred_at: event.occurred_at,
            recorded_at: logged.recorded_at,
            handler_epoch: event.handler.epoch,
            event_type: Stored(event.event_type),
            from_state: event.from_state.map(Stored),
            to_state: event.to_state.map(Stored),
            actor_kind: Stored(event.actor.kind),
            handler_kind: Stored(event.handler.kind),
            out_of_turn: event.out_of_turn,
            awaiting_reply: event.awaiting_reply,
            tenant_id: tenant.as_str(),
            actor_id: event.actor.id.as_ref().map(agent),
            reason: event.reason.map(Stored),
            team_id: event.handler.team.as_ref().map(team),
            agent_id: event.handler.agent.as_ref().map(agent),
            before_handler_kind: before.map(|before| Stored(before.kind)),
            before_team_id: before.and_then(|before| before.team.as_ref()).map(team),
            before_agent_id: before.and_then(|before| before.agent.as_ref()).map(agent),
            before_awaiting_reply: before.map(|before| before.awaiting_reply),
            routing_rule_id: event.routed_by.as_ref().map(RuleId::as_str),
            merged_conversation_ids: (!event.merged.is_empty())
                .then(|| event.merged.iter().map(|id| id.0).collect()),
            note: event.note.as_deref(),
        }
    }
}

/// Adds `$events` to the log.
pub(super) const INSERT: &str = "INSERT INTO events (revision, version, conversation_id, \
     occurred_at, recorded_at, handler_epoch, event_type, from_state, to_state, actor_kind, \
     handler_kind, out_of_turn, awaiting_reply, tenant_id, actor_id, reason, team_id, agent_id, \
     before_handler_kind, before_team_id, before_agent_id, before_awaiting_reply, \
     routing_rule_id, merged_conversation_ids) \
     SELECT revision, version, conversation_id, occurred_at, recorded_at, handler_epoch, \
     event_type, from_state, to_state, actor_kind, handler_kind, out_of_turn, awaiting_reply, \
     tenant_id, actor_id, reason, team_id, agent_id, before_handler_kind, before_team_id, \
     before_agent_id, before_awaiting_reply, routing_rule_id, merged_conversation_ids \
     FROM unnest($events::event_write_v2[])";

/// Adds the notes of `$events`.
pub(super) const INSERT_NOTES: &str = "INSERT INTO event_notes (tenant_id, revision, \
     conversation_id, note) SELECT tenant_id, revision, conversation_id, note \
     FROM unnest($events::event_write_v2[]) WHERE note IS NOT NULL";

/// What [`read`] reads, of `events` under the alias `e` and `event_notes` under `n`.
macro_rules! event_columns {
    () => {
        "e.revision, e.conversation_id, e.recorded_at, e.version, e.event_type, e.from_state, \
         e.to_state, e.actor_kind, e.actor_id, e.reason, e.occurred_at, e.handler_kind, \
         e.team_id, e.agent_id, e.handler_epoch, n.note, e.out_of_turn, e.awaiting_reply, \
         e.before_handler_kind, e.before_team_id, e.before_agent_id, e.before_awaiting_reply, \
         e.merged_conversation_ids, e.routing_rule_id"
    };
}
pub(super) use event_columns;

/// Those of a conversation and of all that became it, whichever of them is named. A row without an
/// event where there is none after the place; no row if there is no such conversation.
const OF_CONVERSATION: &str = concat!(
    "WITH survivor AS MATERIALIZED (SELECT c.conversation_id AS id FROM ",
    lookup_by_id!("$1", "$2"),
    " c), parts AS (SELECT id FROM survivor UNION ALL SELECT m.conversation_id \
         FROM survivor s CROSS JOIN LATERAL (SELECT * FROM merged_conversations f \
           WHERE f.tenant_id COLLATE \"POSIX\" = $1 AND f.survivor_id = s.id OFFSET 0) m) \
     SELECT ",
    event_columns!(),
    " FROM survivor LEFT JOIN (SELECT e.* FROM parts p CROSS JOIN LATERAL ( \
         SELECT * FROM events f WHERE f.tenant_id COLLATE \"POSIX\" = $1 \
           AND f.conversation_id = p.id AND f.revision > $3 ORDER BY f.revision LIMIT $4) e \
         ORDER BY e.revision LIMIT $4) e ON true \
       LEFT JOIN event_notes n ON n.tenant_id = e.tenant_id AND n.revision = e.revision \
     ORDER BY e.revision"
);

/// A conversation's events after a revision, oldest first; none if there is no such conversation.
pub(super) async fn of_conversation(
    client: &impl GenericClient,
    tenant: &TenantId,
    conversation: ConversationId,
    after: i64,
    limit: i64,
) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
    let statement = client.prepare_cached(OF_CONVERSATION).await?;
    let parameters: [&(dyn ToSql + Sync); 4] = [&tenant.as_str(), &conversation.0, &after, &limit];
    let rows = client.query(&statement, &parameters).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let mut events = Vec::with_capacity(rows.len());
    for row in &rows {
        if row.try_get::<_, Option<i64>>(0)?.is_some() {
            events.push(read(row, 0)?);
        }
    }
    Ok(Some(events))
}

/// Reads a row whose columns from `first` on are the [`event_columns`].
pub(super) fn read(row: &Row, first: usize) -> Result<LoggedEvent, StoreError> {
    let handler = Handler {
        kind: row.try_get::<_, Stored<_>>(first + 11)?.0,
        team: optional_id(row.try_get(first + 12)?, TeamId::parse, "team_id")?,
        agent: optional_id(row.try_get(first + 13)?, AgentId::parse, "agent_id")?,
        epoch: row.try_get(first + 14)?,
    };
    let from_state: Option<State> = row.try_get::<_, Option<Stored<_>>>(first + 5)?.map(|s| s.0);
    let merged: Option<Vec<Uuid>> = row.try_get(first + 22)?;
    let mut event = Event {
        version: row.try_get(first + 3)?,
        event_type: row.try_get::<_, Stored<_>>(first + 4)?.0,
        from_state,
        to_state: row.try_get::<_, Option<Stored<_>>>(first + 6)?.map(|state| state.0),
        actor: Actor {
            kind: row.try_get::<_, Stored<_>>(first + 7)?.0,
            id: optional_id(row.try_get(first + 8)?, AgentId::parse, "actor_id")?,
        },
        reason: row.try_get::<_, Option<Stored<_>>>(first + 9)?.map(|reason| reason.0),
        occurred_at: row.try_get(first + 10)?,
        handler,
        awaiting_reply: row.try_get(first + 17)?,
        before: None,
        note: row.try_get(first + 15)?,
        out_of_turn: row.try_get(first + 16)?,
        routed_by: optional_id(row.try_get(first + 23)?, RuleId::parse, "routing_rule_id")?,
        merged: merged.unwrap_or_default().into_iter().map(ConversationId).collect(),
    };
    event.before = match read_before(row, first)? {
        None => from_state.map(|_| event.after()),
        different => different,
    };
    Ok(LoggedEvent {
        revision: row.try_get(first)?,
        conversation_id: ConversationId(row.try_get(first + 1)?),
        recorded_at: row.try_get(first + 2)?,
        event,
    })
}

/// The placement before the event, where it differs from the one after it.
fn read_before(row: &Row, first: usize) -> Result<Option<Placement>, StoreError> {
    let Some(Stored(kind)) = row.try_get::<_, Option<Stored<_>>>(first + 18)? else {
        return Ok(None);
    };
    let awaiting_reply: Option<bool> = row.try_get(first + 21)?;
    Ok(Some(Placement {
        kind,
        team: optional_id(row.try_get(first + 19)?, TeamId::parse, "before_team_id")?,
        agent: optional_id(row.try_get(first + 20)?, AgentId::parse, "before_agent_id")?,
        awaiting_reply: awaiting_reply.unwrap_or_default(),
    }))
}
