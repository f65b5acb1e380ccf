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

use super::entry::{Batch, Entry, leading_on};
use super::feed::{End, Feed, Next};
use super::matching::Matching;
use super::{Hub, WatchError};
use crate::store::Filter;

/// How many entries are read in one go to catch up.
const PAGE: i64 = 128;

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
    /// A page of the log, the watcher's own.
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
    /// Where the feed keeps what comes next.
    place: i64,
    /// What it goes through, and where it is there.
    reading: Option<(Reading, usize)>,
    /// It has caught up: from now on it must keep up.
    live: bool,
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
        let (cursor, head, page) = if let Some(after) = after {
            self.page(tenant, after).await?
        } else {
            let head = self.head(tenant).await?;
            (head, head, None)
        };
        let feed = self.join(tenant, head).ok_or(WatchError::Stopping { after })?;
        let (now, moved) = (Instant::now(), feed.moved());
        Ok(Watcher {
            place: feed.take_place(),
            hub: Arc::clone(self),
            feed,
            matching: Matching::new(filter),
            cursor,
            reading: page.map(|page| (Reading::Page(Arc::new(page)), 0)),
            live: false,
            established: false,
            over: false,
            moved,
            told_at: now,
            heartbeat: Box::pin(sleep_until(now + self.options.heartbeat)),
            _permit: permit,
        })
    }

    async fn head(&self, tenant: &TenantId) -> Result<i64, WatchError> {
        // It is never closed.
        let _turn = self.catching_up.acquire().await;
        self.log.head(tenant).await.map_err(|error| WatchError::Store { error, after: None })
    }

    /// The place, the end of the log and what comes after the place; nothing: it is the end.
    async fn page(
        &self,
        tenant: &TenantId,
        after: i64,
    ) -> Result<(i64, i64, Option<Batch>), WatchError> {
        let failed = |error| WatchError::Store { error, after: Some(after) };
        let turn = self.catching_up.acquire().await;
        let pages = self.log.after(&[(tenant.clone(), after)], PAGE).await.map_err(failed)?;
        drop(turn);
        let Some(page) = pages.into_iter().next() else { return Ok((after, after, None)) };
        let head = page.head;
        let entries = leading_on(after, page).map_err(|end| ended(end, after))?;
        Ok((after, head, Some(Batch::new(after, entries))))
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
        self.told_at = Instant::now();
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
            // Also when much was passed over.
            if self.told_at.elapsed() >= self.hub.options.heartbeat {
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
        let (.., page) = self.hub.page(self.feed.tenant(), self.cursor).await?;
        // The feed has been further.
        let page = page.ok_or(WatchError::Ahead)?;
        self.reading = Some((Reading::Page(Arc::new(page)), 0));
        Ok(())
    }

    /// Goes on in the feed. False: it has nothing yet.
    fn read_feed(&mut self) -> Result<bool, WatchError> {
        self.moved.mark_unchanged();
        match self.feed.next(&mut self.place, self.cursor) {
            Next::Batch(batch) => {
                self.live = true;
                self.reading = Some((Reading::Shared(Arc::downgrade(&batch)), 0));
                Ok(true)
            }
            Next::Nothing => {
                self.live = true;
                Ok(false)
            }
            Next::Overrun if self.live => Err(WatchError::TooSlow { after: self.cursor }),
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
        End::Stopping => WatchError::Stopping { after: Some(after) },
    }
}
