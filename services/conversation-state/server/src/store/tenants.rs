//! The rows of `tenants`: the lock that orders a tenant's writes, and its revision.

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Statement;

use super::conversations::id;

/// A tenant whose row is locked.
#[derive(Debug, Clone)]
pub(super) struct Locked {
    pub(super) tenant: TenantId,
    pub(super) revision: i64,
    pub(super) channels_version: i64,
}

/// Locks the tenants' rows in order, so that no two batches wait for each other, and takes the
/// time after the last one is held: the times of a tenant's batches follow their commits. There is
/// a time also if no tenant has a row.
pub(super) const LOCK: &str = "WITH locked AS MATERIALIZED ( \
       SELECT tenant_id, revision, channels_version FROM tenants \
       WHERE tenant_id = ANY($1::text[]) ORDER BY tenant_id FOR UPDATE) \
     SELECT coalesce($2, clock_timestamp()), l.tenant_id, l.revision, l.channels_version \
     FROM (VALUES (1)) one LEFT JOIN locked l ON true";

/// Runs [`LOCK`].
pub(super) async fn lock(
    client: &impl GenericClient,
    statement: &Statement,
    tenants: &[&str],
    now: Option<Time>,
) -> Result<(Vec<Locked>, Time), StoreError> {
    let rows = client.query(statement, &[&tenants, &now]).await?;
    let mut latest = None;
    let mut locked = Vec::with_capacity(rows.len());
    for row in &rows {
        latest = latest.max(Some(row.try_get::<_, Time>(0)?));
        let Some(tenant) = row.try_get(1)? else { continue };
        locked.push(Locked {
            tenant: id(TenantId::parse(tenant), "tenant_id")?,
            revision: row.try_get(2)?,
            channels_version: row.try_get(3)?,
        });
    }
    Ok((locked, latest.ok_or(StoreError::Impossible("lock without a row"))?))
}

/// Makes the rows of tenants that have none. In order, and never in a transaction that holds other
/// tenants' rows: such a one must not wait here.
pub(super) async fn create(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<(), StoreError> {
    let statement = client
        .prepare_cached(
            "INSERT INTO tenants (tenant_id) SELECT unnest($1::text[]) AS t ORDER BY t \
             ON CONFLICT DO NOTHING",
        )
        .await?;
    client.execute(&statement, &[&tenants]).await?;
    Ok(())
}

/// A row of `tenant_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "tenant_write_v1")]
pub(super) struct TenantWrite {
    pub(super) tenant_id: String,
    pub(super) expected_revision: i64,
    pub(super) revision: i64,
}

/// Moves the logs of `$tenants` on.
pub(super) const UPDATE: &str = "UPDATE tenants t SET revision = w.revision \
     FROM (SELECT w.revision, f.place FROM unnest($tenants::tenant_write_v1[]) w \
       CROSS JOIN LATERAL (SELECT o.ctid AS place FROM tenants o WHERE o.tenant_id = w.tenant_id \
         AND o.revision = w.expected_revision OFFSET 0) f) w \
     WHERE t.ctid = w.place RETURNING 1";
