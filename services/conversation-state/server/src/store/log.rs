//! A tenant's log by revision, for those who follow it: what comes after a place, each event with
//! its conversation as it is, and what was committed just now.

use std::sync::Arc;

use azeer_runtime::clock::Clock;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{Conversation, TenantId, Time};
use deadpool_postgres::Pool;
use postgres_types::ToSql;
use tokio_postgres::Row;

use super::conversations::{COLUMN_COUNT, columns};
use super::events::{self, LoggedEvent, event_columns};
use super::lookup::lookup_by_id;
use super::read::optional;

/// An event and its conversation.
#[derive(Debug, Clone)]
pub struct LogEntry {
    /// The event.
    pub logged: LoggedEvent,
    /// Its conversation, as it was at `as_of`: its version is the event's or a greater one. None:
    /// the contact was erased by then.
    pub conversation: Option<Arc<Conversation>>,
    /// When that was.
    pub as_of: Time,
}

/// What a tenant's log holds after a place.
#[derive(Debug)]
pub struct LogPage {
    /// The place, as it was asked for: an index.
    pub place: usize,
    /// The log's last revision.
    pub head: i64,
    /// The first entries after the place.
    pub entries: Vec<LogEntry>,
    /// Why what comes then cannot be read. It is this log's matter alone: the others' pages are
    /// whole.
    pub unreadable: Option<StoreError>,
}

impl LogPage {
    fn push(&mut self, row: &Row) {
        if self.unreadable.is_none() {
            match read(row) {
                Ok(entry) => self.entries.extend(entry),
                Err(error) => self.unreadable = Some(error),
            }
        }
    }
}

/// Those who hear of what was committed, right after.
pub trait Followers: Send + Sync + 'static {
    /// Whether there are any of the tenant. Asked for every batch, so it must be cheap.
    fn follow(&self, tenant: &TenantId) -> bool;

    /// Entries of consecutive revisions, the next ones of the tenant's log when they were written.
    fn committed(&self, tenant: &TenantId, entries: Vec<LogEntry>);
}

/// Reads the tenants' logs.
#[derive(Clone)]
pub struct Log {
    pool: Pool,
    clock: Clock,
}

/// The logs of `$1` that hold more than is known of them (or less: `$2` is not one of their
/// places), each with up to `$3` entries after that. All of it is one snapshot: a log's head and
/// its entries agree. `$4` now or null.
///
/// Each key is looked up: the tenant's row, then a range of the events' primary key, then one row
/// for each event: which conversation it is that the event's id leads to is said there.
const AFTER: &str = concat!(
    "SELECT ",
    columns!(),
    ", at.as_of, k.place, t.head, ",
    event_columns!(),
    " FROM (SELECT coalesce($4::timestamptz, clock_timestamp()) AS as_of) at \
     CROSS JOIN unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS k (tenant_id, after, place) \
     CROSS JOIN LATERAL (SELECT coalesce((SELECT f.revision FROM tenants f \
       WHERE f.tenant_id = k.tenant_id), 0) AS head OFFSET 0) t \
     LEFT JOIN LATERAL (SELECT * FROM events f WHERE f.tenant_id = k.tenant_id \
       AND f.revision > k.after ORDER BY f.revision LIMIT $3) e ON true \
     LEFT JOIN LATERAL (SELECT * FROM event_notes f WHERE f.tenant_id = e.tenant_id \
       AND f.revision = e.revision OFFSET 0) n ON true \
     LEFT JOIN LATERAL ",
    lookup_by_id!("e.tenant_id", "e.conversation_id"),
    " c ON true \
     WHERE t.head <> k.after ORDER BY k.place, e.revision"
);
/// Where the events' columns begin.
const EVENT: usize = COLUMN_COUNT + 3;

impl Log {
    /// Reads from a pool.
    #[must_use]
    pub fn new(pool: Pool, clock: Clock) -> Self {
        Self { pool, clock }
    }

    /// The last revision of a tenant's log; 0 if it has none.
    pub async fn head(&self, tenant: &TenantId) -> Result<i64, StoreError> {
        let client = self.pool.get().await?;
        let text = "SELECT revision FROM tenants WHERE tenant_id = $1";
        let statement = client.prepare_cached(text).await?;
        let row = client.query_opt(&statement, &[&tenant.as_str()]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
    }

    /// Of many places in tenants' logs those that are not the log's end, in the order asked for,
    /// each with up to `limit` entries after it.
    pub async fn after(
        &self,
        places: &[(TenantId, i64)],
        limit: i64,
    ) -> Result<Vec<LogPage>, StoreError> {
        let client = self.pool.get().await?;
        let tenants: Vec<&str> = places.iter().map(|(tenant, _)| tenant.as_str()).collect();
        let after: Vec<i64> = places.iter().map(|(_, after)| *after).collect();
        let now = self.clock.instead_of_database();
        let statement = client.prepare_cached(AFTER).await?;
        let parameters: [&(dyn ToSql + Sync); 4] = [&tenants, &after, &limit, &now];
        let mut pages: Vec<LogPage> = Vec::new();
        for row in client.query(&statement, &parameters).await? {
            let place: i64 = row.try_get(COLUMN_COUNT + 1)?;
            let place = usize::try_from(place - 1).unwrap_or_default();
            if pages.last().is_none_or(|page| page.place != place) {
                let head = row.try_get(COLUMN_COUNT + 2)?;
                pages.push(LogPage { place, head, entries: Vec::new(), unreadable: None });
            }
            if let Some(page) = pages.last_mut() {
                page.push(&row);
            }
        }
        Ok(pages)
    }
}

/// The row's entry; none: the log ends at or before the place.
fn read(row: &Row) -> Result<Option<LogEntry>, StoreError> {
    let Some(_) = row.try_get::<_, Option<i64>>(EVENT)? else { return Ok(None) };
    Ok(Some(LogEntry {
        logged: events::read(row, EVENT)?,
        conversation: optional(row)?.map(Arc::new),
        as_of: row.try_get(COLUMN_COUNT)?,
    }))
}
