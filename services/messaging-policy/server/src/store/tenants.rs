//! The rows of `tenants`: the lock that orders a tenant's decisions, and the version of its settings.

use azeer_domain::{TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use tokio_postgres::Statement;

use super::id;

/// Locks the tenants' rows in order, so that no two batches wait for each other, and takes the time
/// after the last one is held. There is a time also if no tenant has a row.
pub(super) const LOCK: &str = "WITH locked AS MATERIALIZED ( \
       SELECT tenant_id, settings_version FROM tenants \
       WHERE tenant_id = ANY($1::text[]) ORDER BY tenant_id FOR UPDATE) \
     SELECT coalesce($2, clock_timestamp()), l.tenant_id, l.settings_version \
     FROM (VALUES (1)) one LEFT JOIN locked l ON true";

/// The same for those who only look.
pub(super) const READ: &str = "SELECT coalesce($2, clock_timestamp()), k, t.settings_version \
     FROM unnest($1::text[]) k LEFT JOIN LATERAL (SELECT * FROM tenants f WHERE f.tenant_id = k \
       OFFSET 0) t ON true";

/// A tenant that a batch is about.
pub(super) struct Tenant {
    pub(super) id: TenantId,
    /// None: it has no row yet.
    pub(super) settings_version: Option<i64>,
}

/// Runs [`LOCK`] or [`READ`].
pub(super) async fn read(
    client: &impl GenericClient,
    statement: &Statement,
    tenants: &[&str],
    now: Option<Time>,
) -> Result<(Vec<Tenant>, Time), StoreError> {
    let rows = client.query(statement, &[&tenants, &now]).await?;
    let mut latest = None;
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        latest = latest.max(Some(row.try_get::<_, Time>(0)?));
        let Some(tenant) = row.try_get(1)? else { continue };
        let settings_version = row.try_get(2)?;
        found.push(Tenant { id: id(TenantId::parse(tenant), "tenant_id")?, settings_version });
    }
    Ok((found, latest.ok_or(StoreError::Impossible("time without a row"))?))
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

/// Has every replica read a tenant's settings anew. The tenant's row is locked.
pub(super) async fn settings_changed(
    client: &impl GenericClient,
    tenant: &TenantId,
) -> Result<(), StoreError> {
    let text = "UPDATE tenants SET settings_version = settings_version + 1 WHERE tenant_id = $1";
    client.execute(&client.prepare_cached(text).await?, &[&tenant.as_str()]).await?;
    Ok(())
}
