//! One watcher: how far it has been told, and what it is told next.
//!
//! It takes a place at the end of its tenant's feed, reads the log up to that place in pages, and
//! then follows the feed. It holds a page of the log, or nothing but its place: what it has not
//! been told yet is the feed's to keep or to drop.

use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Weak};

use conversation_state_core::TenantId;
use tokio::sync::{OwnedSemaphorePermit, watch};
use tokio::time::{Instant, Sleep, sleep_until};

use super::entry::{Batch, Entry};
use super::feed::{End, Feed, Next};
use super::matching::Matching;
use super::pages::{CatchingUp, NoPage};
use super::{Hub, WatchError};
use crate::store::Filter;

/// A heartbeat is due when so many events were passed over, however fast: who comes back is never
/// much further behind, and those who come back together read the same pages.
const MOST_PASSED_OVER: i64 = 1_024;

/// What a watcher is told.
pub(crate) enum Told {
    /// An event.
    Event(EntryRef),
    /// That up to this revision there was nothing else to tell.
    Heartbeat(i64),
}

/// An entry among those that it came with.
pub(crate) struct EntryRef(Arc<Batch>, usize);

impl Deref for EntryRef {
    type Target = Entry;

    fn deref(&self) -> &Entry {
        &self.0.entries[self.1]
    }
}

/// Where the entries are that a watcher goes through.
enum Reading {
    /// A page of the log.
    Page(Arc<Batch>),
    /// In the feed, for as long as that keeps them.
    Shared(Weak<Batch>),
}

/// Watches a tenant.
pub(crate) struct Watcher {
    hub: Arc<Hub>,
    feed: Arc<Feed>,
    matching: Matching,
    /// The last revision that was told or passed over.
    cursor: i64,
    /// The one that the last message named.
    named: i64,
    /// Where the feed keeps what comes next.
    place: i64,
    /// What it goes through, and where it is there.
    reading: Option<(Reading, usize)>,
    /// Until it has caught up; from then on it must keep up.
    catching_up: Option<CatchingUp>,
    established: bool,
    over: bool,
    moved: watch::Receiver<()>,
    told_at: Instant,
    heartbeat: Pin<Box<Sleep>>,
    _permit: OwnedSemaphorePermit,
}

impl Hub {
    /// Watches a tenant: every event after a place in its log that the filter passes, or after now.
    pub(crate) async fn watch(
        self: &Arc<Self>,
        tenant: &TenantId,
        after: Option<i64>,
        filter: Filter,
    ) -> Result<Watcher, WatchError> {
        let permit = Arc::clone(&self.watchers).try_acquire_owned();
        let permit = permit.map_err(|_| WatchError::TooMany)?;
        let head = self.head(tenant, after).await?;
        let cursor = after.unwrap_or(head);
        if head < cursor {
            return Err(WatchError::Ahead);
        }
        let feed = self.join(tenant, head).ok_or(WatchError::Stopping { after })?;
        let (now, moved) = (Instant::now(), feed.moved());
        let mut watcher = Watcher {
            catching_up: Some(CatchingUp::new(&feed)),
            place: feed.take_place(),
            hub: Arc::clone(self),
            feed,
            matching: Matching::new(filter),
            cursor,
            named: cursor,
            reading: None,
            established: false,
            over: false,
            moved,
            told_at: now,
            heartbeat: Box::pin(sleep_until(now + self.options.heartbeat)),
            _permit: permit,
        };
        // Whether the log leads on from there is told at once.
        if watcher.cursor < watcher.place {
            watcher.read_log().await?;
        }
        Ok(watcher)
    }

    /// The last revision of the log as it is now.
    async fn head(&self, tenant: &TenantId, after: Option<i64>) -> Result<i64, WatchError> {
        // It is never closed.
        let _turn = self.turns.acquire().await;
        self.log.head(tenant).await.map_err(|error| WatchError::Store { error, after })
    }
}

impl Watcher {
    /// What is told next; none after an error. First of all a heartbeat, at once: the place where
    /// it begins.
    pub(crate) async fn next(&mut self) -> Option<Result<Told, WatchError>> {
        if self.over {
            return None;
        }
        let told = self.tell().await;
        self.over = told.is_err();
        (self.told_at, self.named) = (Instant::now(), self.cursor);
        Some(told)
    }

    async fn tell(&mut self) -> Result<Told, WatchError> {
        if !std::mem::replace(&mut self.established, true) {
            return Ok(Told::Heartbeat(self.cursor));
        }
        loop {
            if let Some(entry) = self.next_that_passes()? {
                return Ok(Told::Event(entry));
            }
            let silence = self.told_at.elapsed() >= self.hub.options.heartbeat;
            if silence || self.cursor - self.named >= MOST_PASSED_OVER {
                return Ok(Told::Heartbeat(self.cursor));
            }
            if self.cursor < self.place {
                self.read_log().await?;
            } else if !self.read_feed()? {
                self.wait().await;
            }
        }
    }

    /// The next entry of what it goes through that passes the filter.
    fn next_that_passes(&mut self) -> Result<Option<EntryRef>, WatchError> {
        let Some((reading, at)) = &mut self.reading else { return Ok(None) };
        let batch = match reading {
            Reading::Page(page) => Some(Arc::clone(page)),
            Reading::Shared(batch) => batch.upgrade(),
        };
        let Some(batch) = batch else { return Err(WatchError::TooSlow { after: self.cursor }) };
        for (i, entry) in batch.entries.iter().enumerate().skip(*at) {
            let revision = entry.log.logged.revision;
            // It may have been in a page of the log.
            if revision <= self.cursor {
                continue;
            }
            self.cursor = revision;
            if self.matching.passes(entry) {
                *at = i + 1;
                return Ok(Some(EntryRef(batch, i)));
            }
        }
        self.reading = None;
        Ok(None)
    }

    /// Reads on in the log.
    async fn read_log(&mut self) -> Result<(), WatchError> {
        if self.hub.is_stopping() {
            return Err(ended(End::Stopping, self.cursor));
        }
        let (hub, feed) = (&self.hub, &self.feed);
        let page = feed.pages.after(&hub.log, &hub.turns, feed.tenant(), self.cursor);
        // Also while others have the turn, or the database is away.
        let page = tokio::select! {
            page = page => page,
            end = feed.ended() => return Err(ended(end, self.cursor)),
        };
        let page = page.map_err(|why| match why {
            NoPage::End(end) => ended(end, self.cursor),
            NoPage::Store(error) => WatchError::Store { error, after: Some(self.cursor) },
        })?;
        self.reading = Some((Reading::Page(page), 0));
        Ok(())
    }

    /// Goes on in the feed. False: it has nothing yet.
    fn read_feed(&mut self) -> Result<bool, WatchError> {
        self.moved.mark_unchanged();
        match self.feed.next(&mut self.place, self.cursor) {
            Next::Batch(batch) => {
                self.catching_up = None;
                self.reading = Some((Reading::Shared(Arc::downgrade(&batch)), 0));
                Ok(true)
            }
            Next::Nothing => {
                self.catching_up = None;
                Ok(false)
            }
            Next::Overrun if self.catching_up.is_none() => {
                Err(WatchError::TooSlow { after: self.cursor })
            }
            Next::Overrun => {
                // While it caught up. What the feed has dropped is in the log.
                self.place = self.feed.take_place();
                Ok(true)
            }
            Next::Ended(end) => Err(ended(end, self.cursor)),
        }
    }

    /// Until the feed has moved or a heartbeat is due.
    async fn wait(&mut self) {
        let due = self.told_at + self.hub.options.heartbeat;
        if self.heartbeat.deadline() < due && self.heartbeat.is_elapsed() {
            self.heartbeat.as_mut().reset(due);
        }
        tokio::select! {
            _ = self.moved.changed() => {}
            () = self.heartbeat.as_mut() => {}
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.feed.give_up(self.place);
        self.hub.leave(&self.feed);
    }
}

fn ended(end: End, after: i64) -> WatchError {
    match end {
        End::Expired => WatchError::Expired,
        End::Ahead => WatchError::Ahead,
        End::OutOfReach => WatchError::OutOfReach { after },
        End::Unreadable => WatchError::Unreadable { after },
        End::Stopping => WatchError::Stopping { after: Some(after) },
    }
}
