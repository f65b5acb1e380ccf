//! One tenant's events as they come, for all who watch it here.
//!
//! The entries are kept once, for as long as some watcher has not been told of them, and not more
//! than [`MOST_KEPT`]: who is further behind is overrun. A watcher costs one place.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use conversation_state_core::TenantId;
use tokio::sync::watch;

use super::entry::Batch;
use crate::store::LogEntry;

/// How many entries a feed keeps at the most: at a thousand a second, of some four seconds.
const MOST_KEPT: usize = 4_096;

/// Why a feed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The log does not lead on from its position: events are no longer kept.
    Expired,
    /// The log ends before its position.
    Ahead,
    /// The log is out of reach.
    OutOfReach,
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
    ring: Mutex<Ring>,
    /// Tells watchers to look again.
    moved: watch::Sender<()>,
}

struct Ring {
    batches: VecDeque<Arc<Batch>>,
    /// How many entries they have together.
    kept: usize,
    /// The last revision that was published.
    position: i64,
    /// How many watchers are at each place.
    places: BTreeMap<i64, usize>,
    ended: Option<End>,
}

impl Feed {
    pub(super) fn new(tenant: TenantId, position: i64) -> Self {
        let ring = Ring {
            batches: VecDeque::new(),
            kept: 0,
            position,
            places: BTreeMap::new(),
            ended: None,
        };
        Self {
            tenant,
            watchers: AtomicUsize::new(0),
            ring: Mutex::new(ring),
            moved: watch::Sender::new(()),
        }
    }

    pub(super) fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    pub(super) fn position(&self) -> i64 {
        self.ring().position
    }

    /// Tells when to look again.
    pub(super) fn moved(&self) -> watch::Receiver<()> {
        self.moved.subscribe()
    }

    /// Publishes entries of consecutive revisions. What is known is left out. What does not
    /// continue the position is not taken: another replica wrote before it, and the poller will
    /// read both.
    pub(super) fn publish(&self, entries: Vec<LogEntry>) {
        let mut ring = self.ring();
        let position = ring.position;
        if entries.first().is_none_or(|first| first.logged.revision > position + 1) {
            return;
        }
        let unknown = entries.into_iter().filter(|entry| entry.logged.revision > position);
        let batch = Batch::new(position, unknown);
        if !batch.entries.is_empty() {
            ring.push(batch);
            drop(ring);
            self.moved.send_replace(());
        }
    }

    /// Takes a place at the end; what comes after it is kept from now on.
    pub(super) fn take_place(&self) -> i64 {
        let mut ring = self.ring();
        let position = ring.position;
        *ring.places.entry(position).or_default() += 1;
        position
    }

    /// Gives a place up.
    pub(super) fn give_up(&self, place: i64) {
        let mut ring = self.ring();
        ring.remove(place);
        ring.forget();
    }

    /// Moves a place on, and gives what comes after it.
    pub(super) fn next(&self, place: &mut i64, to: i64) -> Next {
        let mut ring = self.ring();
        if let Some(why) = ring.ended {
            return Next::Ended(why);
        }
        if to < ring.floor() {
            return Next::Overrun;
        }
        if *place != to {
            *ring.places.entry(to).or_default() += 1;
            ring.remove(*place);
            ring.forget();
            *place = to;
        }
        let next = ring.batches.partition_point(|batch| batch.last() <= to);
        ring.batches.get(next).map_or(Next::Nothing, |batch| Next::Batch(Arc::clone(batch)))
    }

    pub(super) fn end(&self, why: End) {
        self.ring().ended.get_or_insert(why);
        self.moved.send_replace(());
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// The place after which everything up to the position is kept.
    fn floor(&self) -> i64 {
        self.batches.front().map_or(self.position, |oldest| oldest.before)
    }

    fn push(&mut self, batch: Batch) {
        self.position = batch.last();
        self.kept += batch.entries.len();
        self.batches.push_back(Arc::new(batch));
        while self.kept > MOST_KEPT && self.batches.len() > 1 {
            self.pop();
        }
        // Whoever has a place before the floor is overrun: nothing is kept for them.
        let floor = self.floor();
        if self.places.first_key_value().is_some_and(|(place, _)| *place < floor) {
            self.places = self.places.split_off(&floor);
        }
        self.forget();
    }

    /// Takes a watcher from its place. One that was overrun has none: no place is below the floor.
    fn remove(&mut self, place: i64) {
        let Some(count) = self.places.get_mut(&place) else { return };
        *count -= 1;
        if *count == 0 {
            self.places.remove(&place);
        }
    }

    /// Forgets what everybody has been told of.
    fn forget(&mut self) {
        let needed = self.places.first_key_value().map_or(self.position, |(place, _)| *place);
        while self.batches.front().is_some_and(|oldest| oldest.last() <= needed) {
            self.pop();
        }
    }

    fn pop(&mut self) {
        if let Some(batch) = self.batches.pop_front() {
            self.kept -= batch.entries.len();
        }
    }
}
