//! Tells conversation-state what was reported: each row of the outbox at least once. What it has
//! been told before it takes for a repetition.
//!
//! - `courier`: takes what is due, tells it, and pauses while nobody can be told
//! - `telling`: a row as conversation-state is told it
//! - `pauses`: how long it waits while nobody can be told
//! - `again`: when a row that was not told is due again

mod again;
mod courier;
mod pauses;
mod telling;

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tracing::warn;

use crate::conversation::Conversations;
use crate::store::outbox::Outbox;
use courier::Courier;

/// The task that tells.
pub(crate) struct Delivery {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

// === impl Delivery ===

impl Delivery {
    /// Starts it.
    pub(crate) fn start(outbox: Outbox, conversations: &Conversations) -> Self {
        let (stop, stopped) = watch::channel(false);
        let replicas = conversations.replicas();
        let task = tokio::spawn(Courier { outbox, replicas, stopped }.run());
        Self { stop, task }
    }

    /// Ends it: what it is telling is told, what it only claimed is anybody's again.
    pub(crate) async fn stop(mut self, within: Duration) {
        self.stop.send_replace(true);
        if timeout(within, &mut self.task).await.is_err() {
            warn!("what was being told is told again by another replica, or after the next start");
            self.task.abort();
        }
    }
}
