//! Messages that failed before anybody reported that they were sent: the rows of `waiting_failures`.

use azeer_domain::{ContactId, MessageId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Statement;

use super::id;

/// What tells messages apart.
pub(super) type MessageKey = (TenantId, MessageId);

/// A message that failed.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    /// Whom it was for; none: not told.
    pub(super) contact: Option<ContactId>,
    pub(super) error_code: i32,
    pub(super) error_message: String,
    pub(super) failed_at: Time,
}

/// Many messages.
pub(super) const READ: &str = "SELECT w.tenant_id, w.message_id, w.contact_id, w.error_code, \
     w.error_message, w.failed_at FROM unnest($1::text[], $2::text[]) AS k (tenant_id, message_id) \
     CROSS JOIN LATERAL (SELECT * FROM waiting_failures f WHERE f.tenant_id = k.tenant_id \
       AND f.message_id = k.message_id OFFSET 0) w";

/// Runs [`READ`].
pub(super) async fn read(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[MessageKey],
) -> Result<Vec<(MessageKey, Waiting)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let messages: Vec<&str> = keys.iter().map(|(_, message)| message.as_str()).collect();
    let rows = client.query(statement, &[&tenants, &messages]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let message = id(MessageId::parse(row.try_get(1)?), "message_id")?;
            let waiting = Waiting {
                contact: ContactId::parse(row.try_get(2)?).ok(),
                error_code: row.try_get(3)?,
                error_message: row.try_get(4)?,
                failed_at: row.try_get(5)?,
            };
            Ok(((tenant, message), waiting))
        })
        .collect()
}

/// A row of `waiting_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "waiting_write_v1")]
pub(super) struct WaitingWrite<'a> {
    tenant_id: &'a str,
    message_id: &'a str,
    contact_id: &'a str,
    error_code: i32,
    error_message: &'a str,
    failed_at: Option<Time>,
    record_time: Time,
}

impl<'a> WaitingWrite<'a> {
    /// A message that waits; none: that does no longer.
    pub(super) fn new(
        (tenant, message): &'a MessageKey,
        waiting: Option<&'a Waiting>,
        now: Time,
    ) -> Self {
        let contact = waiting.and_then(|waiting| waiting.contact.as_ref());
        Self {
            tenant_id: tenant.as_str(),
            message_id: message.as_str(),
            contact_id: contact.map_or("", ContactId::as_str),
            error_code: waiting.map_or(0, |waiting| waiting.error_code),
            error_message: waiting.map_or("", |waiting| &waiting.error_message),
            failed_at: waiting.map(|waiting| waiting.failed_at),
            record_time: now,
        }
    }
}

/// Adds `$waiting`.
pub(super) const INSERT: &str = "INSERT INTO waiting_failures (tenant_id, message_id, contact_id, \
     error_code, error_message, failed_at, record_time) \
     SELECT tenant_id, message_id, contact_id, error_code, error_message, failed_at, record_time \
     FROM unnest($waiting::waiting_write_v1[])";

/// Removes `$heard`.
pub(super) const REMOVE: &str = "DELETE FROM waiting_failures f \
     USING unnest($heard::waiting_write_v1[]) w \
     WHERE f.tenant_id = w.tenant_id AND f.message_id = w.message_id";
