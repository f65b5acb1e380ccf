//! One tenant's events as they come, for all who watch it here. A watcher costs one place.

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conversation_state_core::TenantId;
use tokio::sync::watch;

use super::entry::Batch;
use super::pages::Pages;
use super::ring::{Overrun, Ring};
use crate::store::LogEntry;

/// Why a feed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The log does not lead on from its position: events are no longer kept.
    Expired,
    /// The log ends before its position.
    Ahead,
    /// The log is out of reach.
    OutOfReach,
    /// The log holds what this program cannot read.
    Unreadable,
    /// The service stops.
    Stopping,
}

/// What a feed has after a place.
pub(super) enum Next {
    Batch(Arc<Batch>),
    Nothing,
    Overrun,
    Ended(End),
}

pub(super) struct Feed {
    tenant: TenantId,
    /// How many watch; the hub's to count.
    pub(super) watchers: AtomicUsize,
    /// What those read who are not there yet.
    pub(super) pages: Pages,
    inner: Mutex<Inner>,
    /// Tells watchers to look again.
    moved: watch::Sender<()>,
}

struct Inner {
    ring: Ring,
    ended: Option<End>,
}

impl Feed {
    /// Begins after a revision.
    pub(super) fn new(tenant: TenantId, position: i64) -> Self {
        Self {
            tenant,
            watchers: AtomicUsize::new(0),
            pages: Pages::default(),
            inner: Mutex::new(Inner { ring: Ring::new(position), ended: None }),
            moved: watch::Sender::new(()),
        }
    }

    pub(super) fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub(super) fn position(&self) -> i64 {
        self.inner().ring.position()
    }

    /// Tells when to look again.
    pub(super) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Takes entries of consecutive revisions, and tells whether there were new ones: then watchers
    /// are to be woken. What is known is left out. What does not continue the position is not
    /// taken: another replica wrote before it, and the poller will read both.
    pub(super) fn take(&self, entries: Vec<LogEntry>) -> bool {
        let mut inner = self.inner();
        let position = inner.ring.position();
        if entries.first().is_none_or(|first| first.logged.revision > position + 1) {
            return false;
        }
        let batch = Batch::of(entries.into_iter().filter(|e| e.logged.revision > position));
        let is_new = !batch.entries.is_empty();
        if is_new {
            inner.ring.push(batch);
        }
        is_new
    }

    /// Has watchers look again. Gives how many.
    pub(super) fn wake(&self) -> u32 {
        self.moved.send_replace(());
        u32::try_from(self.moved.receiver_count()).unwrap_or(u32::MAX)
    }

    /// Takes a place at the end; what comes after it is kept from now on.
    pub(super) fn take_place(&self) -> i64 {
        self.inner().ring.take_place()
    }

    /// Gives a place up.
    pub(super) fn give_up(&self, place: i64) {
        self.inner().ring.give_up(place);
    }

    /// Moves a place on, and gives what comes after it.
    pub(super) fn next(&self, place: &mut i64, to: i64) -> Next {
        let mut inner = self.inner();
        if let Some(why) = inner.ended {
            return Next::Ended(why);
        }
        let next = match inner.ring.after(to) {
            Ok(next) => next.cloned(),
            Err(Overrun) => return Next::Overrun,
        };
        if *place != to {
            inner.ring.move_on(*place, to);
            *place = to;
        }
        next.map_or(Next::Nothing, Next::Batch)
    }

    /// Comes back when it has ended.
    pub(super) async fn ended(&self) -> End {
        let mut moved = self.moved();
        loop {
            if let Some(why) = self.inner().ended {
                return why;
            }
            // INVARIANT: the sender is this feed's own.
            let _ = moved.changed().await;
        }
    }

    /// Ends it; the first reason holds.
    pub(super) fn end(&self, why: End) {
        self.inner().ended.get_or_insert(why);
        self.moved.send_replace(());
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
