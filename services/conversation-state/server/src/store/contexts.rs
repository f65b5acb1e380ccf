//! The facts that many sends need, over tenants: one statement, each key a lookup of an index.

use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{
    AgentId, ChannelId, ContactId, ConversationId, Handler, MessageId, Target, TeamId, TenantId,
    Time,
};
use deadpool_postgres::GenericClient;
use tokio_postgres::Row;
use uuid::Uuid;

use super::conversations::{id, optional_id};
use super::lookup::{lookup_by_contact, lookup_by_id};
use super::read::{AsOf, SeenMessage, read_seen, seen};

/// A send whose facts are asked for.
#[derive(Debug, Clone)]
pub struct ContextKey {
    /// The tenant.
    pub tenant: TenantId,
    /// The conversation.
    pub target: Target,
    /// Messages of which those that the customer sent in it are told.
    pub messages: Vec<MessageId>,
}

/// The facts that a send needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendContext {
    /// The conversation.
    pub id: ConversationId,
    /// Its version.
    pub version: i64,
    /// Its channel.
    pub channel: ChannelId,
    /// All ids of the contact, the conversation's own first.
    pub contacts: Vec<ContactId>,
    /// Whether it is closed.
    pub closed: bool,
    /// Who handles it.
    pub handler: Handler,
    /// The customer's last message.
    pub last_inbound_at: Option<Time>,
    /// The last instant of the window.
    pub window_expires_at: Option<Time>,
    /// The messages asked for that the customer sent in it.
    pub seen: Vec<SeenMessage>,
}

/// A row for each key, with its place. A key has an id or a contact, and nulls for the other: a
/// lookup by null reads nothing. Message ids hold no spaces, so that those of one key make one
/// text; null where there are none.
const CONTEXTS: &str = concat!(
    "SELECT (SELECT coalesce($1::timestamptz, clock_timestamp())), k.place, c.conversation_id, \
     c.version, c.channel_id, c.contact_id, c.contact_aliases, c.closed_at IS NOT NULL, \
     c.handler_kind, c.team_id, c.agent_id, c.handler_epoch, c.last_inbound_at, \
     c.window_expires_at, seen.ids, seen.times \
     FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[]) WITH ORDINALITY \
     AS k (tenant_id, conversation_id, channel_id, contact_id, messages, place) \
     LEFT JOIN LATERAL (",
    lookup_by_id!("k.tenant_id", "k.conversation_id"),
    " UNION ALL ",
    lookup_by_contact!("k.tenant_id", "k.channel_id", "k.contact_id"),
    " LIMIT 1) c ON true LEFT JOIN LATERAL ",
    seen!("k.tenant_id", "string_to_array(k.messages, ' ')"),
    " seen ON true"
);

/// The keys as the statement takes them.
#[derive(Default)]
struct Parameters<'a> {
    tenants: Vec<&'a str>,
    ids: Vec<Option<Uuid>>,
    channels: Vec<Option<&'a str>>,
    contacts: Vec<Option<&'a str>>,
    messages: Vec<Option<String>>,
}

impl<'a> Parameters<'a> {
    fn add(&mut self, key: &'a ContextKey) {
        let (id, channel, contact) = match &key.target {
            Target::Conversation(id) => (Some(id.0), None, None),
            Target::Contact(channel, contact) => {
                (None, Some(channel.as_str()), Some(contact.as_str()))
            }
        };
        self.tenants.push(key.tenant.as_str());
        self.ids.push(id);
        self.channels.push(channel);
        self.contacts.push(contact);
        let messages: Vec<&str> = key.messages.iter().map(MessageId::as_str).collect();
        self.messages.push((!messages.is_empty()).then(|| messages.join(" ")));
    }
}

/// Reads them in one snapshot, each at its key's place.
pub(super) async fn contexts(
    client: &impl GenericClient,
    keys: &[ContextKey],
    now: Option<Time>,
) -> Result<AsOf<Vec<Option<SendContext>>>, StoreError> {
    let mut p = Parameters::default();
    for key in keys {
        p.add(key);
    }
    let statement = client.prepare_cached(CONTEXTS).await?;
    let rows = client
        .query(&statement, &[&now, &p.tenants, &p.ids, &p.channels, &p.contacts, &p.messages])
        .await?;
    let as_of = rows.first().ok_or(StoreError::Impossible("read without a row"))?.try_get(0)?;
    let mut found = vec![None; keys.len()];
    for row in &rows {
        let place: i64 = row.try_get(1)?;
        let place = usize::try_from(place - 1).ok().and_then(|place| found.get_mut(place));
        *place.ok_or(StoreError::Impossible("place"))? = read(row)?;
    }
    Ok(AsOf { found, as_of })
}

fn read(row: &Row) -> Result<Option<SendContext>, StoreError> {
    let Some(conversation) = row.try_get::<_, Option<Uuid>>(2)? else {
        return Ok(None);
    };
    let aliases: Option<Vec<&str>> = row.try_get(6)?;
    let contacts = [row.try_get(5)?].into_iter().chain(aliases.unwrap_or_default());
    Ok(Some(SendContext {
        id: ConversationId(conversation),
        version: row.try_get(3)?,
        channel: id(ChannelId::parse(row.try_get(4)?), "channel_id")?,
        contacts: contacts
            .map(|contact| id(ContactId::parse(contact), "contact_id"))
            .collect::<Result<_, _>>()?,
        closed: row.try_get(7)?,
        handler: Handler {
            kind: row.try_get::<_, Stored<_>>(8)?.0,
            team: optional_id(row.try_get(9)?, TeamId::parse, "team_id")?,
            agent: optional_id(row.try_get(10)?, AgentId::parse, "agent_id")?,
            epoch: row.try_get(11)?,
        },
        last_inbound_at: row.try_get(12)?,
        window_expires_at: row.try_get(13)?,
        seen: read_seen(row, 14)?,
    }))
}
