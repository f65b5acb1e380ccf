//! Announces expiries: that is all it does. States, tabs and counts are exact without it.
//!
//! Every replica looks for windows that have ended and sends each through the write path like any
//! other write. There the tenant's lock is held and the facts are read again, so that each expiry
//! is told once, whoever finds it. One replica at a time is enough to look: the others find the
//! advisory lock taken and try again later, in case it goes away.

use std::sync::Arc;
use std::time::Duration;

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, Target, TenantId};
use deadpool_postgres::Transaction;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{debug, warn};

use super::Store;
use super::conversations::id;
use super::counts;
use super::write::{Action, Change, Write};

/// How long to wait when nothing is due.
const PAUSE: Duration = Duration::from_millis(500);
/// How many are announced in one go.
const AT_ONCE: usize = 500;
/// The advisory lock of whoever looks.
const LOCK: i64 = 0x617a_6565_7202;

/// The task that announces.
pub struct Announcer {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Announcer {
    /// Starts it.
    #[must_use]
    pub fn start(store: Arc<Store>) -> Self {
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let mut failing = false;
            while !*stopped.borrow() {
                let round = store.announcement_round().await;
                let failed_before = std::mem::replace(&mut failing, round.is_err());
                match round {
                    Ok(Round { found, .. }) if found >= AT_ONCE => continue, // there may be more
                    Ok(Round { announced: 0, .. }) => {}
                    Ok(Round { announced, .. }) => debug!(announced, "expiries announced"),
                    Err(error) if failed_before => debug!(%error, "expiries still not announced"),
                    Err(error) => warn!(%error, "expiries not announced; trying again"),
                }
                // Ends at once when the service stops.
                let _ = tokio::time::timeout(PAUSE, stopped.wait_for(|&stop| stop)).await;
            }
        });
        Self { stop, task }
    }

    /// Ends it.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let _ = self.task.await;
    }
}

/// What came of a look for windows that have ended.
#[derive(Default)]
struct Round {
    found: usize,
    announced: usize,
}

impl Store {
    /// Announces windows that have ended, the oldest first, up to a number. Gives how many are
    /// told now. Does nothing while another replica is at it.
    pub async fn announce_expiries(&self) -> Result<usize, StoreError> {
        Ok(self.announcement_round().await?.announced)
    }

    async fn announcement_round(&self) -> Result<Round, StoreError> {
        let mut client = self.pool.get().await?;
        // The lock is the transaction's: it cannot outlive this round.
        let round = client.transaction().await?;
        let lock = round.prepare_cached("SELECT pg_try_advisory_xact_lock($1)").await?;
        if !round.query_one(&lock, &[&LOCK]).await?.try_get::<_, bool>(0)? {
            return Ok(Round::default());
        }
        let outcome = self.announce_due(&round).await?;
        round.commit().await?;
        Ok(outcome)
    }

    async fn announce_due(&self, client: &Transaction<'_>) -> Result<Round, StoreError> {
        let now = self.clock.instead_of_database();
        let statement = client
            .prepare_cached(
                "SELECT tenant_id, conversation_id FROM conversations \
                 WHERE announced_state IN ('OPEN', 'BOT') \
                   AND (window_expires_at AT TIME ZONE 'UTC') \
                     < coalesce($1, now()) AT TIME ZONE 'UTC' \
                 ORDER BY window_expires_at AT TIME ZONE 'UTC' LIMIT $2",
            )
            .await?;
        let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let rows = client.query(&statement, &[&now, &most]).await?;
        let mut writes = FuturesUnordered::new();
        for row in &rows {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let conversation = ConversationId(row.try_get(1)?);
            let target = Target::Conversation(conversation);
            writes.push(self.write(Write::new(tenant, target, Action::AnnounceExpiry)));
        }
        let mut announced = 0;
        while let Some(outcome) = writes.next().await {
            match outcome {
                Ok(written) => announced += usize::from(written.change == Change::Made),
                Err(error) => debug!(%error, "an expiry was not announced; it stays due"),
            }
        }
        counts::remove_past(client, most, now).await?;
        Ok(Round { found: rows.len(), announced })
    }
}
