//! Reads of single conversations and of many by id, each exact for its own `as_of`.

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{Conversation, ConversationId, MessageId, Target, TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Row;
use uuid::Uuid;

use super::conversations::{self, COLUMN_COUNT, columns, id};
use super::lookup::{lookup_by_contact, lookup_by_id};

/// Something that was read, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf<T> {
    /// What was found.
    pub found: T,
    /// The database's time of the snapshot.
    pub as_of: Time,
}

/// A message that the customer sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenMessage {
    /// The platform's id.
    pub id: MessageId,
    /// When, by the platform's clock.
    pub occurred_at: Time,
}

/// Of the messages `$ids` those that the customer sent in the conversation `c`.
macro_rules! seen {
    ($tenant:literal, $ids:literal) => {
        concat!(
            "(SELECT array_agg(m.message_id) AS ids, array_agg(m.occurred_at) AS times \
               FROM unnest(",
            $ids,
            ") asked (id) CROSS JOIN LATERAL (SELECT * FROM messages f WHERE f.tenant_id = ",
            $tenant,
            " AND f.message_id = asked.id OFFSET 0) m \
               WHERE m.inbound AND (m.conversation_id = c.conversation_id OR EXISTS ( \
                 SELECT FROM merged_conversations g WHERE g.tenant_id = ",
            $tenant,
            " AND g.conversation_id = m.conversation_id \
                   AND g.survivor_id = c.conversation_id)))"
        )
    };
}
pub(super) use seen;

/// One row even if there is no conversation: it carries the time. `$1` tenant, `$2` now or null,
/// `$3` messages of which those that the customer sent here are told, then what names it.
macro_rules! one {
    ($lookup:expr) => {
        concat!(
            "SELECT ",
            columns!(),
            ", at.as_of, seen.ids, seen.times \
             FROM (SELECT coalesce($2::timestamptz, clock_timestamp()) AS as_of) at \
             LEFT JOIN LATERAL ",
            $lookup,
            " c ON true LEFT JOIN LATERAL ",
            seen!("$1", "$3::text[]"),
            " seen ON true"
        )
    };
}
const ONE_BY_ID: &str = one!(lookup_by_id!("$1", "$4"));
const ONE_BY_CONTACT: &str = one!(lookup_by_contact!("$1", "$4", "$5"));

/// Many, each with the id that it was asked for by, and one row even if there are none.
const MANY: &str = concat!(
    "SELECT ",
    columns!(),
    ", at.as_of, c.asked FROM (SELECT coalesce($2::timestamptz, clock_timestamp()) AS as_of) at \
     LEFT JOIN (SELECT c.*, k AS asked FROM unnest($3::uuid[]) k CROSS JOIN LATERAL ",
    lookup_by_id!("$1", "k"),
    " c) c ON true"
);

/// Reads one conversation and which of the messages the customer sent in it, in one snapshot.
pub(super) async fn one(
    client: &impl GenericClient,
    tenant: &TenantId,
    target: &Target,
    messages: &[MessageId],
    now: Option<Time>,
) -> Result<AsOf<Option<(Conversation, Vec<SeenMessage>)>>, StoreError> {
    let messages: Vec<&str> = messages.iter().map(MessageId::as_str).collect();
    let tenant = tenant.as_str();
    let mut parameters: Vec<&(dyn ToSql + Sync)> = vec![&tenant, &now, &messages];
    let (channel, contact);
    let text = match target {
        Target::Conversation(id) => {
            parameters.push(&id.0);
            ONE_BY_ID
        }
        Target::Contact(channel_id, contact_id) => {
            (channel, contact) = (channel_id.as_str(), contact_id.as_str());
            parameters.extend([&channel as &(dyn ToSql + Sync), &contact]);
            ONE_BY_CONTACT
        }
    };
    let statement = client.prepare_cached(text).await?;
    let row = client.query_one(&statement, &parameters).await?;
    let found = match optional(&row)? {
        Some(conversation) => Some((conversation, read_seen(&row, COLUMN_COUNT + 1)?)),
        None => None,
    };
    Ok(AsOf { found, as_of: row.try_get(COLUMN_COUNT)? })
}

/// Reads the ids and times of [`seen`], which stand from `first` on.
pub(super) fn read_seen(row: &Row, first: usize) -> Result<Vec<SeenMessage>, StoreError> {
    let ids: Option<Vec<&str>> = row.try_get(first)?;
    let times: Option<Vec<Time>> = row.try_get(first + 1)?;
    let seen = ids.unwrap_or_default().into_iter().zip(times.unwrap_or_default());
    seen.map(|(message, occurred_at)| {
        Ok(SeenMessage { id: id(MessageId::parse(message), "message_id")?, occurred_at })
    })
    .collect()
}

/// Reads those of many conversations that exist, each with the id that it was asked for by, in no
/// order.
pub(super) async fn many(
    client: &impl GenericClient,
    tenant: &TenantId,
    ids: &[ConversationId],
    now: Option<Time>,
) -> Result<AsOf<Vec<(ConversationId, Conversation)>>, StoreError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let statement = client.prepare_cached(MANY).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &now, &ids]).await?;
    let as_of = rows.first().ok_or(StoreError::Impossible("read without a row"))?;
    let as_of = as_of.try_get(COLUMN_COUNT)?;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(conversation) = optional(row)? {
            found.push((ConversationId(row.try_get(COLUMN_COUNT + 1)?), conversation));
        }
    }
    Ok(AsOf { found, as_of })
}

/// The conversation of an outer join's row, if it has one.
pub(super) fn optional(row: &Row) -> Result<Option<Conversation>, StoreError> {
    let id: Option<Uuid> = row.try_get(0)?;
    id.map(|_| conversations::read(row)).transpose()
}
