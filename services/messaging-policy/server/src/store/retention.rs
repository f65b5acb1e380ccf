//! Removing what is no longer kept. Nothing that goes holds others up: rows that somebody holds are
//! left for the next time. What must not go while it counts is in [`portfolios`] and [`ledgers`].

mod ledgers;
mod portfolios;

use std::sync::Arc;

use azeer_domain::Time;
use azeer_runtime::retention::{ByTenant, ByTime, Keep, turn};
use azeer_runtime::store_error::StoreError;
use azeer_runtime::upkeep::{Chore, Step};
use deadpool_postgres::Transaction;

use super::Store;
use super::history::first_id_of;

/// The advisory locks of those who remove: one for each kind, which is added to this.
const LOCKS: i64 = 0x617a_6565_7300;

/// With whom a decision is about goes what the platform called and said of the message: an id of the
/// platform's can hold the number that it was for. What became of it stays.
const EMPTY_OUTCOMES: &str = ", emptied AS (UPDATE outcomes o \
     SET message_id = '', error_message = '' FROM ( \
       SELECT f.place FROM gone g CROSS JOIN LATERAL (SELECT t.ctid AS place FROM outcomes t \
         WHERE t.tenant_id = $2 AND t.decision_id = g.decision_id OFFSET 0) f) w \
     WHERE o.ctid = w.place)";

/// What is kept for a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// What was decided.
    Decisions,
    /// What became of it.
    Outcomes,
    /// Whom decisions are about.
    People,
    /// What was sent to each contact.
    Ledgers,
    /// Whom portfolios reached.
    Reached,
    /// For whom notes were used.
    NoteUses,
    /// What contacts said of marketing before; what holds stays.
    ConsentChanges,
    /// Failures of messages that nobody reported.
    WaitingFailures,
    /// Which requests erased somebody.
    Erasures,
}

/// Removes what is no longer kept, of one kind.
pub struct Removal {
    store: Arc<Store>,
    what: Kept,
    keep: Keep,
    /// What was looked at last.
    after: Place,
}

/// A place in a table, by what its key begins with.
#[derive(Debug, Clone, Default)]
struct Place {
    tenant: String,
    rest: [String; 2],
}

impl Removal {
    /// Begins at the beginning.
    #[must_use]
    pub fn new(store: Arc<Store>, what: Kept, keep: Keep) -> Self {
        Self { store, what, keep, after: Place::default() }
    }

    async fn remove(
        &mut self,
        client: &Transaction<'_>,
        now: Time,
        since: Time,
    ) -> Result<Step, StoreError> {
        let by_time = |table, time| ByTime { table, time, before: "$1" };
        match self.what {
            Kept::Decisions => self.by_id(client, "decisions", "", since).await,
            Kept::Outcomes => self.by_id(client, "outcomes", "", since).await,
            Kept::People => self.by_id(client, "decision_people", EMPTY_OUTCOMES, since).await,
            Kept::Ledgers => ledgers::remove(client, since, &mut self.after).await,
            Kept::Reached => portfolios::remove(client, now, since, &mut self.after).await,
            Kept::NoteUses => by_time("note_uses", "used_at").remove(client, since).await,
            Kept::ConsentChanges => {
                by_time("consent_changes", "record_time").remove(client, since).await
            }
            Kept::WaitingFailures => {
                by_time("waiting_failures", "record_time").remove(client, since).await
            }
            Kept::Erasures => by_time("erasures", "erase_time").remove(client, since).await,
        }
    }

    /// Of what lies under the ids of decisions, which tell when each was made.
    async fn by_id(
        &mut self,
        client: &Transaction<'_>,
        table: &'static str,
        also: &'static str,
        since: Time,
    ) -> Result<Step, StoreError> {
        let rows = ByTenant { table, key: "decision_id", due: "r.decision_id < $1", also };
        rows.remove(client, &first_id_of(since, 0), &mut self.after.tenant).await
    }
}

impl Chore for Removal {
    fn name(&self) -> &'static str {
        match self.what {
            Kept::Decisions => "remove decisions",
            Kept::Outcomes => "remove outcomes",
            Kept::People => "remove people of decisions",
            Kept::Ledgers => "remove ledgers of contacts",
            Kept::Reached => "remove reached contacts",
            Kept::NoteUses => "remove uses of notes",
            Kept::ConsentChanges => "remove changes of consents",
            Kept::WaitingFailures => "remove failures that nobody reported",
            Kept::Erasures => "remove requests of erasures",
        }
    }

    async fn step(&mut self) -> Result<Step, StoreError> {
        let store = Arc::clone(&self.store);
        let mut client = store.pool.get().await?;
        let client = client.transaction().await?;
        let Some(now) = turn(&client, LOCKS + self.what as i64, &store.clock).await? else {
            return Ok(Step::Done(0));
        };
        let Some(since) = self.keep.since(now) else { return Ok(Step::Done(0)) };
        let step = self.remove(&client, now, since).await?;
        client.commit().await?;
        Ok(step)
    }
}
