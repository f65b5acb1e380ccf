//! The rows of `conversations`: how they are read and what the write statement takes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{
    Actor, ActorKind, AgentId, ChannelId, CloseReason, Closing, ContactId, Conversation,
    ConversationId, Handler, HandlerKind, State, TeamId, TenantId, Time,
};
use postgres_types::{Json, ToSql};
use tokio_postgres::Row;
use uuid::{ContextV7, Timestamp, Uuid};

/// What [`read`] reads, of the table under the alias `c`.
macro_rules! columns {
    () => {
        "c.conversation_id, c.version, c.last_inbound_at, c.last_outbound_at, \
         c.window_expires_at, c.window_closed_at, c.answered_until, c.waiting_since, \
         c.handler_since, c.create_time, c.update_time, c.closed_at, c.handler_epoch, \
         c.unanswered_templates, c.announced_state, c.handler_kind, c.closed_by_kind, \
         c.channel_id, c.contact_id, c.contact_name, c.team_id, c.agent_id, c.closed_by_id, \
         c.close_reason, c.collected, c.contact_aliases"
    };
}
pub(super) use columns;

/// The live states, each to be looked up on its own: an index is not searched for a list of values
/// in the middle of its columns.
pub(super) const LIVE: &str = "unnest('{OPEN,BOT}'::conversation_state[]) AS live (state)";

/// How many they are: what follows them in a row begins here.
pub(super) const COLUMN_COUNT: usize = 26;

/// Reads a row that begins with the [`columns`].
pub(super) fn read(row: &Row) -> Result<Conversation, StoreError> {
    let closed_at: Option<Time> = row.try_get(11)?;
    let closing = closed_at.map(|at| read_closing(row, at)).transpose()?;
    let collected: Option<Json<BTreeMap<String, String>>> = row.try_get(24)?;
    Ok(Conversation {
        id: ConversationId(row.try_get(0)?),
        version: row.try_get(1)?,
        last_inbound_at: row.try_get(2)?,
        last_outbound_at: row.try_get(3)?,
        window_expires_at: row.try_get(4)?,
        window_closed_at: row.try_get(5)?,
        answered_until: row.try_get(6)?,
        waiting_since: row.try_get(7)?,
        handler_since: row.try_get(8)?,
        create_time: row.try_get(9)?,
        update_time: row.try_get(10)?,
        unanswered_templates: row.try_get(13)?,
        announced_state: row.try_get::<_, Stored<_>>(14)?.0,
        channel_id: id(ChannelId::parse(row.try_get(17)?), "channel_id")?,
        contact_id: id(ContactId::parse(row.try_get(18)?), "contact_id")?,
        aliases: read_aliases(row)?,
        contact_name: row.try_get(19)?,
        handler: Handler {
            kind: row.try_get::<_, Stored<_>>(15)?.0,
            team: optional_id(row.try_get(20)?, TeamId::parse, "team_id")?,
            agent: optional_id(row.try_get(21)?, AgentId::parse, "agent_id")?,
            epoch: row.try_get(12)?,
        },
        collected: collected.map(|Json(collected)| collected).unwrap_or_default(),
        closing,
    })
}

fn read_closing(row: &Row, at: Time) -> Result<Closing, StoreError> {
    let by = Actor {
        kind: row.try_get::<_, Stored<_>>(16)?.0,
        id: optional_id(row.try_get(22)?, AgentId::parse, "closed_by_id")?,
    };
    let Stored(reason) = row.try_get(23)?;
    Ok(Closing { at, by, reason })
}

fn read_aliases(row: &Row) -> Result<BTreeSet<ContactId>, StoreError> {
    let aliases: Option<Vec<&str>> = row.try_get(25)?;
    let aliases = aliases.unwrap_or_default().into_iter();
    aliases.map(|alias| id(ContactId::parse(alias), "contact_aliases")).collect()
}

/// A time-ordered UUID (version 7) of the conversation's beginning, not of this machine's clock.
#[must_use]
pub fn new_id(ids: &ContextV7, at: Time) -> ConversationId {
    let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
    ConversationId(Uuid::new_v7(Timestamp::from_unix(ids, seconds, at.timestamp_subsec_nanos())))
}

pub(super) fn id<T, E>(parsed: Result<T, E>, what: &'static str) -> Result<T, StoreError> {
    parsed.map_err(|_| StoreError::Impossible(what))
}

pub(super) fn optional_id<T, E>(
    text: Option<&str>,
    parse: fn(&str) -> Result<T, E>,
    what: &'static str,
) -> Result<Option<T>, StoreError> {
    text.map(|text| id(parse(text), what)).transpose()
}

/// A row of `conversation_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "conversation_write_v2")]
pub(super) struct ConversationWrite<'a> {
    /// The version that the row must have; 0: there must be none.
    expected_version: i64,
    conversation_id: Uuid,
    version: i64,
    last_inbound_at: Option<Time>,
    last_outbound_at: Option<Time>,
    window_expires_at: Option<Time>,
    window_closed_at: Option<Time>,
    answered_until: Option<Time>,
    waiting_since: Option<Time>,
    handler_since: Time,
    create_time: Time,
    update_time: Time,
    closed_at: Option<Time>,
    handler_epoch: i64,
    unanswered_templates: i32,
    announced_state: Stored<State>,
    handler_kind: Stored<HandlerKind>,
    closed_by_kind: Option<Stored<ActorKind>>,
    tenant_id: &'a str,
    channel_id: &'a str,
    contact_id: &'a str,
    contact_aliases: Option<Vec<&'a str>>,
    contact_name: Option<&'a str>,
    team_id: Option<&'a str>,
    agent_id: Option<&'a str>,
    closed_by_id: Option<&'a str>,
    close_reason: Option<Stored<CloseReason>>,
    collected: Option<Json<&'a BTreeMap<String, String>>>,
}

impl<'a> ConversationWrite<'a> {
    pub(super) fn new(tenant: &'a TenantId, before: Option<i64>, after: &'a Conversation) -> Self {
        let closing = after.closing.as_ref();
        Self {
            expected_version: before.unwrap_or(0),
            conversation_id: after.id.0,
            version: after.version,
            last_inbound_at: after.last_inbound_at,
            last_outbound_at: after.last_outbound_at,
            window_expires_at: after.window_expires_at,
            window_closed_at: after.window_closed_at,
            answered_until: after.answered_until,
            waiting_since: after.waiting_since,
            handler_since: after.handler_since,
            create_time: after.create_time,
            update_time: after.update_time,
            closed_at: closing.map(|closing| closing.at),
            handler_epoch: after.handler.epoch,
            unanswered_templates: after.unanswered_templates,
            announced_state: Stored(after.announced_state),
            handler_kind: Stored(after.handler.kind),
            closed_by_kind: closing.map(|closing| Stored(closing.by.kind)),
            tenant_id: tenant.as_str(),
            channel_id: after.channel_id.as_str(),
            contact_id: after.contact_id.as_str(),
            contact_aliases: (!after.aliases.is_empty())
                .then(|| after.aliases.iter().map(ContactId::as_str).collect()),
            contact_name: after.contact_name.as_deref(),
            team_id: after.handler.team.as_ref().map(TeamId::as_str),
            agent_id: after.handler.agent.as_ref().map(AgentId::as_str),
            closed_by_id: closing.and_then(|closing| closing.by.id.as_ref()).map(AgentId::as_str),
            close_reason: closing.map(|closing| Stored(closing.reason)),
            collected: Some(&after.collected).filter(|map| !map.is_empty()).map(Json),
        }
    }
}

/// Adds the new ones of `$conversations`.
pub(super) static INSERT: LazyLock<String> = LazyLock::new(|| {
    let columns = format!("tenant_id, {}", columns!().replace("c.", ""));
    format!(
        "INSERT INTO conversations ({columns}) SELECT {columns} \
         FROM unnest($conversations::conversation_write_v2[]) WHERE expected_version = 0 \
         RETURNING 1"
    )
});

/// Changes the others of `$conversations`, if they have the version that they must have. They are
/// found first and changed in their places: nobody moves them, the tenants are locked.
pub(super) static UPDATE: LazyLock<String> = LazyLock::new(|| {
    let stays = ["c.conversation_id", "c.channel_id", "c.create_time"];
    let changes: Vec<String> = columns!()
        .split(", ")
        .filter(|column| !stays.contains(column))
        .map(|column| format!("{} = {}", &column[2..], column.replace("c.", "w.")))
        .collect();
    format!(
        "UPDATE conversations c SET {} \
         FROM (SELECT w.*, f.place FROM unnest($conversations::conversation_write_v2[]) w \
           CROSS JOIN LATERAL (SELECT o.ctid AS place FROM conversations o \
             WHERE o.tenant_id = w.tenant_id AND o.conversation_id = w.conversation_id \
               AND o.version = w.expected_version OFFSET 0) f) w \
         WHERE c.ctid = w.place RETURNING 1",
        changes.join(", ")
    )
});
