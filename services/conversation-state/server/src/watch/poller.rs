//! Reads what other replicas wrote to the tenants that are watched here.
//!
//! One statement at a time asks for all of them, and for nothing while nobody watches. The write
//! path pays nothing for it, and nothing is asked of the database but plain reads.

use std::sync::Arc;
use std::time::Duration;

use azeer_runtime::store_error::StoreError;
use conversation_state_core::TenantId;
use tokio::time::{Instant, sleep};
use tracing::{error, warn};

use super::Hub;
use super::entry::leading_on;
use super::feed::{End, Feed};

/// How long an event of another replica waits at the most before it is asked for.
const PAUSE: Duration = Duration::from_millis(20);
/// Pauses are this much longer than the statement took: at most a fifth of one session's time.
const REST: u32 = 4;
/// How many entries of each tenant are read in one go.
const PAGE: i64 = 256;
/// The longest pause while the database is away.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Reads until the hub stops.
pub(super) async fn run(hub: Arc<Hub>) {
    let mut failing_since = None;
    let mut pause = PAUSE;
    while !hub.is_stopping() {
        let feeds = hub.feeds();
        if feeds.is_empty() {
            failing_since = None;
            hub.poller.notified().await;
            continue;
        }
        let began = Instant::now();
        match read(&hub, &feeds).await {
            Ok(more) => {
                failing_since = None;
                pause = if more { Duration::ZERO } else { PAUSE.max(began.elapsed() * REST) };
            }
            Err(failure) => {
                let since = *failing_since.get_or_insert(began);
                pause = (pause.max(PAUSE) * 2).min(LONGEST_PAUSE);
                tell(&failure);
                if since.elapsed() >= hub.options.heartbeat {
                    // Another replica may reach it; until then a stream would only seem well.
                    hub.end_all(End::OutOfReach);
                }
            }
        }
        sleep(pause).await;
    }
}

/// Publishes what is new in the feeds' logs. Gives whether there may be more at once.
async fn read(hub: &Hub, feeds: &[Arc<Feed>]) -> Result<bool, StoreError> {
    let places: Vec<(TenantId, i64)> =
        feeds.iter().map(|feed| (feed.tenant().clone(), feed.position())).collect();
    let mut more = false;
    for page in hub.log.after(&places, PAGE).await? {
        let (feed, after) = (&feeds[page.place], places[page.place].1);
        more |= page.entries.last().is_some_and(|last| last.logged.revision < page.head);
        match leading_on(after, page) {
            Ok(entries) => {
                if feed.take(entries) {
                    feed.wake();
                }
            }
            Err(end) => hub.end(feed, end),
        }
    }
    Ok(more)
}

fn tell(failure: &StoreError) {
    if failure.is_unavailable() {
        warn!(error = %failure, "the log cannot be read; trying again");
    } else {
        error!(error = %failure, "the log cannot be read; trying again");
    }
}
