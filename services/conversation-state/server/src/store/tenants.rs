//! The rows of `tenants`: the lock that orders a tenant's writes, and its revision.

use conversation_state_core::{TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Statement;

use super::conversations::id;
use super::error::StoreError;

/// A tenant whose row is locked.
#[derive(Debug, Clone)]
pub(super) struct Locked {
    pub(super) tenant: TenantId,
    pub(super) revision: i64,
    pub(super) channels_version: i64,
}

/// Locks the tenants' rows in order, so that no two batches wait for each other, and takes the
/// time after the last one is held: the times of a tenant's batches follow their commits.
pub(super) const LOCK: &str = "WITH locked AS MATERIALIZED ( \
       SELECT tenant_id, revision, channels_version FROM tenants \
       WHERE tenant_id = ANY($1::text[]) ORDER BY tenant_id FOR UPDATE) \
     SELECT tenant_id, revision, channels_version, coalesce($2, clock_timestamp()) FROM locked";

/// Runs [`LOCK`]. The time is none if no tenant has a row.
pub(super) async fn lock(
    client: &impl GenericClient,
    statement: &Statement,
    tenants: &[&str],
    now: Option<Time>,
) -> Result<(Vec<Locked>, Option<Time>), StoreError> {
    let rows = client.query(statement, &[&tenants, &now]).await?;
    let mut latest = None;
    let mut locked = Vec::with_capacity(rows.len());
    for row in &rows {
        latest = latest.max(Some(row.try_get::<_, Time>(3)?));
        locked.push(Locked {
            tenant: id(TenantId::parse(row.try_get(0)?), "tenant_id")?,
            revision: row.try_get(1)?,
            channels_version: row.try_get(2)?,
        });
    }
    Ok((locked, latest))
}

/// Makes the rows of tenants that have none. In a transaction of its own, and in order: a batch
/// that holds other tenants' rows must not wait here.
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
     FROM unnest($tenants::tenant_write_v1[]) w WHERE t.tenant_id = w.tenant_id \
     AND t.revision = w.expected_revision RETURNING 1";
