//! Which decisions reserved one place together: a contact of a portfolio, or of a note, counts once
//! however often it is sent to, and as long as any of these sends counts.

use azeer_domain::Time;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::time::later;

/// Longer ago than this nothing counts.
const KEPT_FOR: TimeDelta = TimeDelta::days(1);
/// No more are told apart.
const MOST_KEPT: usize = 64;

/// The decisions by which a place is taken, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reservations(Vec<Reservation>);

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reservation {
    /// The decision; nil: several, or nobody knows: it cannot be given back.
    pub decision: Uuid,
    /// When it was made.
    pub at: Time,
}

impl Reservations {
    /// Reservations as they were kept, the last of them at an instant.
    #[must_use]
    pub fn new(mut kept: Vec<Reservation>, last: Time) -> Self {
        if kept.last().is_none_or(|reservation| reservation.at != last) {
            kept.push(Reservation { decision: Uuid::nil(), at: last });
        }
        Self(kept)
    }

    /// What is to be kept.
    #[must_use]
    pub fn kept(&self) -> &[Reservation] {
        &self.0
    }

    /// When the last one was made, if any counts.
    #[must_use]
    pub fn last(&self) -> Option<Time> {
        Some(self.0.last()?.at)
    }

    /// Adds a reservation and forgets those that count no longer.
    pub fn reserve(&mut self, decision: Uuid, now: Time) {
        self.0.retain(|reservation| later(reservation.at, KEPT_FOR) > now);
        let place = self.0.partition_point(|reservation| reservation.at <= now);
        self.0.insert(place, Reservation { decision, at: now });
        self.bound();
    }

    /// Adds the reservations of another id of the same person.
    pub fn join(&mut self, others: Self) {
        self.0.extend(others.0);
        self.0.sort_by_key(|reservation| reservation.at);
        self.bound();
    }

    /// Takes a decision's reservation back. Gives whether it was among them.
    pub fn release(&mut self, decision: Uuid) -> bool {
        let before = self.0.len();
        self.0.retain(|reservation| reservation.decision != decision || decision.is_nil());
        self.0.len() < before
    }

    /// The oldest become one that cannot be given back, and counts as long as the newest of them.
    fn bound(&mut self) {
        if self.0.len() > MOST_KEPT {
            self.0.drain(..self.0.len() - MOST_KEPT);
            self.0[0].decision = Uuid::nil();
        }
    }
}
