//! Pages of recorded decisions, oldest first, with what they are judged again by. Whom they are
//! about is not read.

use std::ops::Range;

use azeer_domain::{TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::replay::Past;
use messaging_policy_core::{Facts, Send};
use postgres_types::{Json, ToSql};
use serde::Deserialize;
use tokio_postgres::Row;
use uuid::Uuid;

use super::Store;
use super::history::first_id_of;

/// How many decisions a page has: a megabyte, and a few hundredths of a second.
const DECISIONS: i64 = 500;

/// Ids are in the order of time: a run of the primary key. What of the bounds' milliseconds does not
/// belong to it is left out by the time itself.
const PAGE: &str = "SELECT d.decision_id, d.decided_at, d.verdict, d.violation_codes, d.record \
     FROM decisions d WHERE d.tenant_id = $1 AND d.decision_id > $2 AND d.decision_id < $3 \
     AND d.decided_at >= $4 AND d.decided_at < $5 ORDER BY d.decision_id LIMIT $6";

/// A page. Its decisions are read as they are asked for: as rows they take a part of the memory.
#[derive(Debug)]
pub(crate) struct PastPage {
    rows: Vec<Row>,
}

/// What a record holds that a decision is judged by.
#[derive(Deserialize)]
struct Judged {
    send: Send,
    facts: Facts,
}

// === impl PastPage ===

impl PastPage {
    /// The decisions.
    pub(crate) fn decisions(&self) -> impl Iterator<Item = Result<Past, StoreError>> {
        self.rows.iter().map(read)
    }

    /// Whether there are none behind it.
    pub(crate) fn is_last(&self) -> bool {
        i64::try_from(self.rows.len()).is_ok_and(|rows| rows < DECISIONS)
    }
}

impl Store {
    /// The decisions of these instants that follow one, or the first of them. A connection is held
    /// while they are read, and not while they are judged.
    pub(crate) async fn past(
        &self,
        tenant: &TenantId,
        decided: &Range<Time>,
        after: Option<Uuid>,
    ) -> Result<PastPage, StoreError> {
        let (pool, tenant, decided) = (self.pool.clone(), tenant.clone(), decided.clone());
        // In a task of its own, since readers leave: a connection that is given back before its
        // statement has ended keeps whoever takes it next.
        let reading =
            tokio::spawn(async move { page(&pool.get().await?, &tenant, &decided, after).await });
        reading.await.map_err(|_| StoreError::Impossible("end of a reading"))?
    }
}

async fn page(
    client: &impl GenericClient,
    tenant: &TenantId,
    decided: &Range<Time>,
    after: Option<Uuid>,
) -> Result<PastPage, StoreError> {
    let Range { start, end } = decided;
    // No decision has the least id of an instant itself: it is of no version.
    let after = after.unwrap_or_else(|| first_id_of(*start, 0));
    let below = first_id_of(*end, 1);
    let statement = client.prepare_cached(PAGE).await?;
    let values: [&(dyn ToSql + Sync); 6] =
        [&tenant.as_str(), &after, &below, start, end, &DECISIONS];
    Ok(PastPage { rows: client.query(&statement, &values).await? })
}

fn read(row: &Row) -> Result<Past, StoreError> {
    let (Stored(verdict), Json(Judged { send, facts })) = (row.try_get(2)?, row.try_get(4)?);
    Ok(Past {
        id: row.try_get(0)?,
        decided_at: row.try_get(1)?,
        verdict,
        codes: row.try_get(3)?,
        send,
        facts,
    })
}
