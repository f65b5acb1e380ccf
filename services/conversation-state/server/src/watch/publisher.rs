//! Publishes what the write path hands over, in its order. A task of its own: no write waits until
//! a hundred watchers are woken.

use std::collections::BTreeMap;
use std::sync::Weak;
use std::time::Duration;

use conversation_state_core::TenantId;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::Hub;
use crate::store::LogEntry;

/// How many batches may wait. What is too much is left to the poller.
pub(super) const QUEUE: usize = 1_024;
/// How long to gather before the next round, for each watcher that was woken: so that waking takes
/// some hundredths of a processor's time, and not more with many watchers and batches.
const PER_WATCHER: Duration = Duration::from_micros(100);
/// The longest time to gather.
const LONGEST: Duration = Duration::from_millis(50);

/// What a batch wrote to a tenant.
pub(super) type Written = (TenantId, Vec<LogEntry>);

/// Publishes until the hub is gone.
pub(super) async fn run(hub: Weak<Hub>, mut queue: mpsc::Receiver<Written>) {
    let mut round = Vec::new();
    while queue.recv_many(&mut round, QUEUE).await > 0 {
        let Some(hub) = hub.upgrade() else { return };
        let woken = publish(&hub, round.drain(..));
        drop(hub);
        let pause = LONGEST.min(PER_WATCHER.saturating_mul(woken));
        // A timer knows no less.
        if pause >= Duration::from_millis(1) {
            sleep(pause).await;
        }
    }
}

/// Publishes a round, and gives how many watchers it woke.
fn publish(hub: &Hub, round: impl Iterator<Item = Written>) -> u32 {
    let mut moved = BTreeMap::new();
    for (tenant, entries) in round {
        if let Some(feed) = hub.feed(&tenant)
            && feed.take(entries)
        {
            moved.insert(tenant, feed);
        }
    }
    moved.values().map(|feed| feed.wake()).sum()
}
