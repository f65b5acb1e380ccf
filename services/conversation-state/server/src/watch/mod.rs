//! Watching: whoever wants to hear of a tenant's events as they happen.
//!
//! A [`Hub`] has a [`feed`] for each tenant that is watched here. What this replica writes comes
//! from the write path by the [`publisher`], what others write by the [`poller`]; a [`watcher`] is a
//! place in the feed. Nothing here knows requests; the one thing of the answers is that they are
//! kept with their entry, to be made once for all watchers.

mod entry;
mod feed;
mod matching;
mod pages;
mod poller;
mod publisher;
mod ring;
mod watcher;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use azeer_runtime::store_error::StoreError;
use conversation_state_core::TenantId;
use thiserror::Error;
use tokio::sync::{Notify, Semaphore, mpsc};

use crate::store::{Followers, Log, LogEntry};
use feed::Feed;
pub(crate) use watcher::{Told, Watcher};

/// How watching is bounded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    /// How long a watcher hears nothing at the most. Also for how long the log may be out of reach
    /// before watchers are sent to look elsewhere.
    pub(crate) heartbeat: Duration,
    /// How many watchers there may be.
    pub(crate) most_watchers: usize,
    /// How many of them may read the log to catch up at the same time.
    pub(crate) readers: usize,
}

/// Why watching ended or did not begin. What carries a place can go on from there.
#[derive(Debug, Error)]
pub(crate) enum WatchError {
    /// There are as many watchers as there may be.
    #[error("this replica has as many watchers as it takes")]
    TooMany,
    /// Events after the place are no longer kept.
    #[error("the events after this resume_token are no longer kept; list again")]
    Expired,
    /// The log ends before the place: it was restored from a backup.
    #[error("the log ends before this resume_token; list again")]
    Ahead,
    /// The watcher did not read as fast as events came.
    #[error("the events were not read as fast as they came; watch again from resume_token")]
    TooSlow {
        /// Where it can go on.
        after: i64,
    },
    /// The service is stopping.
    #[error("the service is stopping; watch again from resume_token")]
    Stopping {
        /// Where it can go on; none: where it was to begin.
        after: Option<i64>,
    },
    /// The log is out of reach for too long.
    #[error("the database is not available")]
    OutOfReach {
        /// Where it can go on.
        after: i64,
    },
    /// The log holds what this program cannot read.
    #[error("the event after revision {after} cannot be read")]
    Unreadable {
        /// Where it ended.
        after: i64,
    },
    /// The log could not be asked.
    #[error("{error}")]
    Store {
        /// Why.
        error: StoreError,
        /// Where it can go on; none: where it was to begin.
        after: Option<i64>,
    },
}

/// All that is watched at this replica.
pub(crate) struct Hub {
    log: Log,
    options: Options,
    feeds: RwLock<HashMap<TenantId, Arc<Feed>>>,
    /// How many there are: saves the write path the lock when there are none.
    feed_count: AtomicUsize,
    watchers: Arc<Semaphore>,
    /// Those who catch up take turns: they must not take all connections from other reads.
    turns: Semaphore,
    /// What this replica wrote, on its way to the feeds.
    written: mpsc::Sender<publisher::Written>,
    /// Wakes the poller, which sleeps while there are no feeds.
    poller: Notify,
    stopping: AtomicBool,
}

impl Hub {
    /// Starts to follow what is watched.
    #[must_use]
    pub(crate) fn start(log: Log, options: Options) -> Arc<Self> {
        let (written, queue) = mpsc::channel(publisher::QUEUE);
        let hub = Arc::new(Self {
            log,
            options,
            feeds: RwLock::default(),
            feed_count: AtomicUsize::new(0),
            watchers: Arc::new(Semaphore::new(options.most_watchers.min(Semaphore::MAX_PERMITS))),
            turns: Semaphore::new(options.readers),
            written,
            poller: Notify::new(),
            stopping: AtomicBool::new(false),
        });
        tokio::spawn(publisher::run(Arc::downgrade(&hub), queue));
        tokio::spawn(poller::run(Arc::clone(&hub)));
        hub
    }

    /// Ends all watching.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.end_all(feed::End::Stopping);
        self.poller.notify_one();
    }

    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// The tenant's feed, with one watcher more. A new one begins at `head`, the end of the log
    /// as it was lately.
    fn join(&self, tenant: &TenantId, head: i64) -> Option<Arc<Feed>> {
        let mut feeds = self.feeds.write().unwrap_or_else(PoisonError::into_inner);
        // Looked at under the lock: whoever stops ends all feeds afterwards.
        if self.is_stopping() {
            return None;
        }
        let feed = feeds.entry(tenant.clone()).or_insert_with(|| {
            self.poller.notify_one();
            Arc::new(Feed::new(tenant.clone(), head))
        });
        feed.watchers.fetch_add(1, Ordering::Relaxed);
        let feed = Arc::clone(feed);
        self.feed_count.store(feeds.len(), Ordering::SeqCst);
        Some(feed)
    }

    /// A watcher less; the last one ends the feed.
    fn leave(&self, feed: &Arc<Feed>) {
        let mut feeds = self.feeds.write().unwrap_or_else(PoisonError::into_inner);
        if feed.watchers.fetch_sub(1, Ordering::Relaxed) == 1
            && feeds.get(feed.tenant()).is_some_and(|current| Arc::ptr_eq(current, feed))
        {
            feeds.remove(feed.tenant());
            self.feed_count.store(feeds.len(), Ordering::SeqCst);
        }
    }

    /// Ends a feed. Who watches the tenant next gets a new one.
    fn end(&self, feed: &Arc<Feed>, why: feed::End) {
        let mut feeds = self.feeds.write().unwrap_or_else(PoisonError::into_inner);
        if feeds.get(feed.tenant()).is_some_and(|current| Arc::ptr_eq(current, feed)) {
            feeds.remove(feed.tenant());
            self.feed_count.store(feeds.len(), Ordering::SeqCst);
        }
        feed.end(why);
    }

    fn end_all(&self, why: feed::End) {
        for feed in self.feeds() {
            self.end(&feed, why);
        }
    }

    fn feeds(&self) -> Vec<Arc<Feed>> {
        let feeds = self.feeds.read().unwrap_or_else(PoisonError::into_inner);
        feeds.values().cloned().collect()
    }

    fn feed(&self, tenant: &TenantId) -> Option<Arc<Feed>> {
        self.feeds.read().unwrap_or_else(PoisonError::into_inner).get(tenant).cloned()
    }
}

impl Followers for Hub {
    fn follow(&self, tenant: &TenantId) -> bool {
        self.feed_count.load(Ordering::SeqCst) > 0 && self.feed(tenant).is_some()
    }

    fn committed(&self, tenant: &TenantId, entries: Vec<LogEntry>) {
        // What finds no room is read by the poller.
        let _ = self.written.try_send((tenant.clone(), entries));
    }
}
