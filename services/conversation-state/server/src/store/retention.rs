//! Removing what is no longer kept. Nothing that goes holds others up: rows that somebody holds are
//! left for the next time, and no tenant is locked.

use std::sync::Arc;

use azeer_runtime::retention::{ByTenant, ByTime, Keep, turn};
use azeer_runtime::store_error::StoreError;
use azeer_runtime::upkeep::{Chore, Step};

use super::Store;

/// The advisory locks of those who remove: one for each kind, which is added to this.
const LOCKS: i64 = 0x617a_6565_7300;

/// What is kept for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// The log. Each tenant's goes from its beginning on, so that what is left has no gap.
    Events,
    /// What actors noted with events.
    Notes,
    /// Which messages were seen.
    Messages,
    /// Which commands were done under a request id.
    Requests,
}

/// Removes what is no longer kept, of one kind.
pub struct Removal {
    store: Arc<Store>,
    what: Kept,
    keep: Keep,
    /// The tenant whose rows were looked at last.
    after: String,
}

impl Removal {
    /// Begins with the first tenant.
    #[must_use]
    pub fn new(store: Arc<Store>, what: Kept, keep: Keep) -> Self {
        Self { store, what, keep, after: String::new() }
    }
}

impl Chore for Removal {
    fn name(&self) -> &'static str {
        match self.what {
            Kept::Events => "remove events",
            Kept::Notes => "remove notes of events",
            Kept::Messages => "remove messages",
            Kept::Requests => "remove requests",
        }
    }

    async fn step(&mut self) -> Result<Step, StoreError> {
        let mut client = self.store.pool.get().await?;
        let client = client.transaction().await?;
        let now = turn(&client, LOCKS + self.what as i64, &self.store.clock).await?;
        let Some(since) = now.and_then(|now| self.keep.since(now)) else {
            return Ok(Step::Done(0));
        };
        let by_revision = |table, due| ByTenant { table, key: "revision", due, also: "" };
        let step = match self.what {
            Kept::Events => {
                let events = by_revision("events", "r.recorded_at < $1");
                events.remove(&client, &since, &mut self.after).await?
            }
            Kept::Notes => {
                let notes = by_revision("event_notes", NOTE_IS_DUE);
                notes.remove(&client, &since, &mut self.after).await?
            }
            Kept::Messages => by_time("messages").remove(&client, since).await?,
            Kept::Requests => by_time("requests").remove(&client, since).await?,
        };
        client.commit().await?;
        Ok(step)
    }
}

/// A note is as old as its event, and does not outlive it.
const NOTE_IS_DUE: &str = "NOT EXISTS (SELECT FROM events e WHERE e.tenant_id = r.tenant_id \
     AND e.revision = r.revision AND e.recorded_at >= $1)";

fn by_time(table: &'static str) -> ByTime {
    let before = "$1::timestamptz AT TIME ZONE 'UTC'";
    ByTime { table, time: "(recorded_at AT TIME ZONE 'UTC')", before }
}
