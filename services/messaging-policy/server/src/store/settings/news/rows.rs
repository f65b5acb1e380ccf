//! The rows of `learned`: what was last told of each subject.

use std::collections::{BTreeSet, HashMap};

use azeer_domain::{TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use postgres_types::{Json, ToSql};

use super::Fact;
use super::plan::LIMITS;

/// What was last told of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Told {
    /// When.
    pub(super) at: Time,
    /// Digests of all that was told at that instant, the last one last.
    pub(super) digests: Vec<Vec<u8>>,
    /// What.
    pub(super) fact: Fact,
}

/// What was last told, by subject.
pub(super) type AllTold = HashMap<String, Told>;

/// Reads what was last told of subjects. Which accounts share a limit is not known yet: so all limits
/// are read for one.
pub(super) async fn read(
    client: &impl GenericClient,
    tenant: &TenantId,
    subjects: BTreeSet<String>,
) -> Result<AllTold, StoreError> {
    let is_limit = |subject: &String| subject.starts_with(LIMITS);
    let mut told = AllTold::new();
    if subjects.iter().any(is_limit) {
        told.extend(read_limits(client, tenant).await?);
    }
    told.extend(read_subjects(client, tenant, subjects.into_iter().collect()).await?);
    Ok(told)
}

/// Reads what was last told of subjects.
pub(super) async fn read_subjects(
    client: &impl GenericClient,
    tenant: &TenantId,
    subjects: Vec<String>,
) -> Result<AllTold, StoreError> {
    let text = "SELECT l.subject, l.told_at, l.digests, l.fact FROM unnest($2::text[]) k \
         CROSS JOIN LATERAL (SELECT * FROM learned f WHERE f.tenant_id = $1 AND f.subject = k \
           OFFSET 0) l";
    let statement = client.prepare_cached(text).await?;
    collect(&client.query(&statement, &[&tenant.as_str(), &subjects]).await?)
}

async fn read_limits(
    client: &impl GenericClient,
    tenant: &TenantId,
) -> Result<AllTold, StoreError> {
    // As the index is written, so that it is used.
    let text = "SELECT subject, told_at, digests, fact FROM learned \
         WHERE tenant_id = $1 AND starts_with(subject, 'limit/')";
    let statement = client.prepare_cached(text).await?;
    collect(&client.query(&statement, &[&tenant.as_str()]).await?)
}

fn collect(rows: &[tokio_postgres::Row]) -> Result<AllTold, StoreError> {
    rows.iter()
        .map(|row| {
            let Json(fact) = row.try_get(3)?;
            let told = Told { at: row.try_get(1)?, digests: row.try_get(2)?, fact };
            Ok((row.try_get(0)?, told))
        })
        .collect()
}

/// A row of `learned_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "learned_write_v1")]
struct LearnedWrite<'a> {
    subject: &'a str,
    told_at: Time,
    digests: &'a [Vec<u8>],
    fact: Json<&'a Fact>,
}

const PUT: &str = "INSERT INTO learned (tenant_id, subject, told_at, digests, fact) \
     SELECT $1, subject, told_at, digests, fact FROM unnest($2::learned_write_v1[]) \
     ON CONFLICT (tenant_id, subject) DO UPDATE \
     SET told_at = excluded.told_at, digests = excluded.digests, fact = excluded.fact";

/// Writes what was last told of subjects.
pub(super) async fn put(
    client: &impl GenericClient,
    tenant: &TenantId,
    told: &AllTold,
) -> Result<(), StoreError> {
    let rows: Vec<LearnedWrite<'_>> = told
        .iter()
        .map(|(subject, told)| LearnedWrite {
            subject,
            told_at: told.at,
            digests: &told.digests,
            fact: Json(&told.fact),
        })
        .collect();
    client.execute(&client.prepare_cached(PUT).await?, &[&tenant.as_str(), &rows]).await?;
    Ok(())
}
