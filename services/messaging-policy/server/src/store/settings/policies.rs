//! The rows of `policies`: every version of each tenant's policy.

use azeer_domain::{TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::Policy;
use postgres_types::Json;
use tokio_postgres::Row;

use super::super::id;

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPolicy {
    /// The policy.
    pub policy: Policy,
    /// Its version; 0: the defaults.
    pub version: i64,
    /// Since when it holds; none: nobody changed it.
    pub create_time: Option<Time>,
}

/// The newest version of each tenant's policy.
const OF_TENANTS: &str = "SELECT p.policy, p.version, p.create_time, p.tenant_id \
     FROM unnest($1::text[]) k CROSS JOIN LATERAL (SELECT * FROM policies f \
       WHERE f.tenant_id = k ORDER BY f.version DESC LIMIT 1) p";

/// Reads the policies of some tenants.
pub(super) async fn of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<Vec<(TenantId, StoredPolicy)>, StoreError> {
    let statement = client.prepare_cached(OF_TENANTS).await?;
    let rows = client.query(&statement, &[&tenants]).await?;
    rows.iter()
        .map(|row| Ok((id(TenantId::parse(row.try_get(3)?), "tenant_id")?, read(row)?)))
        .collect()
}

/// The versions of a tenant's policy before another one, newest first.
const BEFORE: &str = "SELECT policy, version, create_time FROM policies \
     WHERE tenant_id = $1 AND version < $2 ORDER BY version DESC LIMIT $3";

/// Reads the versions before another one, newest first.
pub(super) async fn before(
    client: &impl GenericClient,
    tenant: &TenantId,
    version: i64,
    limit: usize,
) -> Result<Vec<StoredPolicy>, StoreError> {
    let statement = client.prepare_cached(BEFORE).await?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = client.query(&statement, &[&tenant.as_str(), &version, &limit]).await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<StoredPolicy, StoreError> {
    let Json(policy) = row.try_get(0)?;
    Ok(StoredPolicy { policy, version: row.try_get(1)?, create_time: row.try_get(2)? })
}

/// Reads policies by their versions.
pub(in crate::store) async fn policies_of(
    client: &impl GenericClient,
    versions: &[(TenantId, i64)],
) -> Result<Vec<((TenantId, i64), Policy)>, StoreError> {
    let text = "SELECT p.tenant_id, p.version, p.policy \
         FROM unnest($1::text[], $2::bigint[]) AS k (tenant_id, version) \
         CROSS JOIN LATERAL (SELECT * FROM policies f WHERE f.tenant_id = k.tenant_id \
           AND f.version = k.version OFFSET 0) p";
    let tenants: Vec<&str> = versions.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let numbers: Vec<i64> = versions.iter().map(|(_, version)| *version).collect();
    let rows = client.query(&client.prepare_cached(text).await?, &[&tenants, &numbers]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let Json(policy) = row.try_get(2)?;
            Ok(((tenant, row.try_get(1)?), policy))
        })
        .collect()
}

/// Adds a version.
pub(super) async fn add(
    client: &impl GenericClient,
    tenant: &TenantId,
    stored: &StoredPolicy,
) -> Result<(), StoreError> {
    let text = "INSERT INTO policies (tenant_id, version, policy, create_time) \
         VALUES ($1, $2, $3, $4)";
    let statement = client.prepare_cached(text).await?;
    let policy = Json(&stored.policy);
    client
        .execute(&statement, &[&tenant.as_str(), &stored.version, &policy, &stored.create_time])
        .await?;
    Ok(())
}
