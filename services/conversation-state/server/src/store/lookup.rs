//! Finding conversations by id or contact, through what was merged and through other ids.
//!
//! Each lookup is one of an index, whatever the statistics say, and stops at the first row: the
//! second table is only looked into where the first has none.

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ChannelId, ContactId, Conversation, ConversationId, TenantId};
use deadpool_postgres::GenericClient;
use tokio_postgres::{Row, Statement};
use uuid::Uuid;

use super::conversations::{COLUMN_COUNT, columns, id, read};

/// The row that has an id, or of what the conversation of that id became.
macro_rules! lookup_by_id {
    ($tenant:literal, $id:literal) => {
        concat!(
            "(SELECT o.* FROM conversations o WHERE o.tenant_id = ",
            $tenant,
            " AND o.conversation_id = ",
            $id,
            " UNION ALL SELECT o.* FROM merged_conversations m JOIN conversations o \
               ON o.tenant_id = m.tenant_id AND o.conversation_id = m.survivor_id \
             WHERE m.tenant_id = ",
            $tenant,
            " AND m.conversation_id = ",
            $id,
            " LIMIT 1)"
        )
    };
}
pub(super) use lookup_by_id;

/// The row of the person who has an id.
macro_rules! lookup_by_contact {
    ($tenant:literal, $channel:literal, $contact:literal) => {
        concat!(
            "(SELECT o.* FROM conversations o WHERE o.tenant_id COLLATE \"C\" = ",
            $tenant,
            " AND o.channel_id = ",
            $channel,
            " AND o.contact_id = ",
            $contact,
            " UNION ALL SELECT o.* FROM contact_aliases a JOIN conversations o \
               ON o.tenant_id = a.tenant_id AND o.conversation_id = a.conversation_id \
             WHERE a.tenant_id = ",
            $tenant,
            " AND a.channel_id = ",
            $channel,
            " AND a.contact_id = ",
            $contact,
            " LIMIT 1)"
        )
    };
}
pub(super) use lookup_by_contact;

/// Finds conversations of several tenants by id.
pub(super) const BY_ID: &str = concat!(
    "SELECT ",
    columns!(),
    ", c.tenant_id, k.conversation_id \
     FROM unnest($1::text[], $2::uuid[]) AS k (tenant_id, conversation_id) CROSS JOIN LATERAL ",
    lookup_by_id!("k.tenant_id", "k.conversation_id"),
    " c"
);

/// Finds conversations of several tenants by contact.
pub(super) const BY_CONTACT: &str = concat!(
    "SELECT ",
    columns!(),
    ", c.tenant_id, NULL::uuid FROM unnest($1::text[], $2::text[], $3::text[]) \
     AS k (tenant_id, channel_id, contact_id) CROSS JOIN LATERAL ",
    lookup_by_contact!("k.tenant_id", "k.channel_id", "k.contact_id"),
    " c"
);

/// A conversation that a batch looked for.
pub(super) struct Found {
    pub(super) tenant: TenantId,
    /// The id that it was asked for by, if by one.
    pub(super) asked: Option<ConversationId>,
    pub(super) conversation: Conversation,
}

/// Runs [`BY_ID`].
pub(super) async fn by_id(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, ConversationId)],
) -> Result<Vec<Found>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let ids: Vec<Uuid> = keys.iter().map(|(_, id)| id.0).collect();
    read_found(&client.query(statement, &[&tenants, &ids]).await?)
}

/// Runs [`BY_CONTACT`].
pub(super) async fn by_contact(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &ChannelId, &ContactId)],
) -> Result<Vec<Found>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, ..)| tenant.as_str()).collect();
    let channels: Vec<&str> = keys.iter().map(|(_, channel, _)| channel.as_str()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(.., contact)| contact.as_str()).collect();
    read_found(&client.query(statement, &[&tenants, &channels, &contacts]).await?)
}

fn read_found(rows: &[Row]) -> Result<Vec<Found>, StoreError> {
    rows.iter()
        .map(|row| {
            Ok(Found {
                tenant: id(TenantId::parse(row.try_get(COLUMN_COUNT)?), "tenant_id")?,
                asked: row.try_get::<_, Option<Uuid>>(COLUMN_COUNT + 1)?.map(ConversationId),
                conversation: read(row)?,
            })
        })
        .collect()
}
