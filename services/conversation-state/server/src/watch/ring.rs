//! What a feed keeps: entries that some watcher has not been told of yet, and not more than
//! [`MOST_KEPT`]. Who is further behind is overrun.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::entry::Batch;

/// How many entries are kept at the most: at a thousand a second, those of some four seconds.
pub(super) const MOST_KEPT: usize = 4_096;

pub(super) struct Ring {
    batches: VecDeque<Arc<Batch>>,
    /// How many entries they have together.
    kept: usize,
    /// The last revision that was published.
    position: i64,
    /// How many watchers are at each place. None is below the floor.
    places: BTreeMap<i64, usize>,
}

impl Ring {
    pub(super) fn new(position: i64) -> Self {
        Self { batches: VecDeque::new(), kept: 0, position, places: BTreeMap::new() }
    }

    pub(super) fn position(&self) -> i64 {
        self.position
    }

    /// The place after which everything up to the position is kept.
    fn floor(&self) -> i64 {
        self.batches.front().map_or(self.position, |oldest| oldest.before)
    }

    /// Adds what comes right after the position.
    pub(super) fn push(&mut self, batch: Batch) {
        self.position = batch.last();
        self.kept += batch.entries.len();
        self.batches.push_back(Arc::new(batch));
        while self.kept > MOST_KEPT && self.batches.len() > 1 {
            self.pop();
        }
        // Nothing is kept any more for those who are overrun.
        let floor = self.floor();
        if self.places.first_key_value().is_some_and(|(place, _)| *place < floor) {
            self.places = self.places.split_off(&floor);
        }
        self.forget();
    }

    /// What comes after a place, if there is anything yet. An error: it is not kept.
    pub(super) fn after(&self, place: i64) -> Result<Option<&Arc<Batch>>, Overrun> {
        if place < self.floor() {
            return Err(Overrun);
        }
        let next = self.batches.partition_point(|batch| batch.last() <= place);
        Ok(self.batches.get(next))
    }

    /// A watcher takes a place at the end.
    pub(super) fn take_place(&mut self) -> i64 {
        *self.places.entry(self.position).or_default() += 1;
        self.position
    }

    /// A watcher moves on.
    pub(super) fn move_on(&mut self, from: i64, to: i64) {
        *self.places.entry(to).or_default() += 1;
        self.give_up(from);
    }

    /// A watcher leaves its place, if it has not been overrun there.
    pub(super) fn give_up(&mut self, place: i64) {
        let Some(count) = self.places.get_mut(&place) else { return };
        *count -= 1;
        if *count == 0 {
            self.places.remove(&place);
            self.forget();
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

/// What comes after the place has been dropped.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overrun;

#[cfg(test)]
mod tests {
    use super::super::entry::tests::entries;
    use super::*;

    fn batch(first: i64, last: i64) -> Batch {
        Batch::of(entries(first, last))
    }

    fn last_after(ring: &Ring, place: i64) -> Result<Option<i64>, Overrun> {
        ring.after(place).map(|batch| batch.map(|batch| batch.last()))
    }

    #[test]
    fn keeps_what_someone_needs_and_no_more() {
        let mut ring = Ring::new(10);
        let mut slow = ring.take_place();
        let mut fast = ring.take_place();
        assert_eq!((slow, fast), (10, 10));
        assert_eq!(last_after(&ring, 10), Ok(None));
        ring.push(batch(11, 13));
        ring.push(batch(14, 20));
        ring.move_on(fast, 20);
        fast = 20;
        assert_eq!(ring.kept, 10, "the slow one needs all of it");
        assert_eq!(last_after(&ring, slow), Ok(Some(13)));
        assert_eq!(last_after(&ring, 13), Ok(Some(20)));
        ring.move_on(slow, 13);
        slow = 13;
        assert_eq!(ring.kept, 7);
        ring.give_up(slow);
        assert_eq!(ring.kept, 0);
        assert_eq!(last_after(&ring, fast), Ok(None));
        assert_eq!(last_after(&ring, 19), Err(Overrun));
        ring.give_up(fast);
        ring.push(batch(21, 30));
        assert_eq!((ring.kept, ring.position()), (0, 30), "nobody needs it");
    }

    #[test]
    fn a_place_between_or_beyond_batches_is_one_too() {
        let mut ring = Ring::new(0);
        let place = ring.take_place();
        ring.push(batch(1, 10));
        ring.move_on(place, 4);
        assert_eq!(last_after(&ring, 4), Ok(Some(10)));
        // It was further in the log than the feed is.
        ring.move_on(4, 15);
        assert_eq!((ring.kept, last_after(&ring, 15)), (0, Ok(None)));
        ring.push(batch(11, 20));
        assert_eq!(last_after(&ring, 15), Ok(Some(20)));
    }

    #[test]
    fn drops_what_only_slow_ones_need_when_it_is_too_much() {
        let most = i64::try_from(MOST_KEPT).unwrap();
        let mut ring = Ring::new(0);
        let slow = ring.take_place();
        let other = ring.take_place();
        for first in 0..most {
            ring.push(batch(first + 1, first + 1));
        }
        assert_eq!(last_after(&ring, slow), Ok(Some(1)), "it is all there still");
        ring.push(batch(most + 1, most + 1));
        assert_eq!(last_after(&ring, slow), Err(Overrun));
        assert_eq!(ring.kept, 0, "nobody else needs it");
        // Whoever was overrun may leave, and another one has its place.
        let next = ring.take_place();
        ring.push(batch(most + 2, most + 2));
        ring.give_up(slow);
        ring.give_up(other);
        assert_eq!(last_after(&ring, next), Ok(Some(most + 2)));
    }
}
