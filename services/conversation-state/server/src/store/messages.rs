//! The messages seen: the rows of `messages`.

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, MessageId, TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Statement;
use uuid::Uuid;

use super::conversations::id;

/// A row of `message_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "message_write_v2")]
pub(super) struct MessageWrite {
    pub(super) tenant_id: String,
    pub(super) message_id: String,
    pub(super) conversation_id: Uuid,
    pub(super) occurred_at: Time,
    pub(super) inbound: bool,
    pub(super) recorded_at: Time,
}

/// Adds `$messages`.
pub(super) const INSERT: &str = "INSERT INTO messages (tenant_id, message_id, conversation_id, \
     occurred_at, inbound, recorded_at) SELECT tenant_id, message_id, conversation_id, occurred_at, \
     inbound, recorded_at FROM unnest($messages::message_write_v2[])";

/// Tells which of many messages were seen, and in which conversation.
pub(super) const SEEN: &str = "SELECT m.tenant_id, m.message_id, m.conversation_id \
     FROM unnest($1::text[], $2::text[]) AS k (tenant_id, message_id) \
     CROSS JOIN LATERAL (SELECT * FROM messages f \
       WHERE f.tenant_id = k.tenant_id AND f.message_id = k.message_id OFFSET 0) m";

/// Runs [`SEEN`].
pub(super) async fn seen(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &MessageId)],
) -> Result<Vec<((TenantId, MessageId), ConversationId)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let messages: Vec<&str> = keys.iter().map(|(_, message)| message.as_str()).collect();
    let rows = client.query(statement, &[&tenants, &messages]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let message = id(MessageId::parse(row.try_get(1)?), "message_id")?;
            Ok(((tenant, message), ConversationId(row.try_get(2)?)))
        })
        .collect()
}
