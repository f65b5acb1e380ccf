//! How full the rate of a channel and a contact is: a queue in which each message takes the channel's
//! interval of time, after those before it. What did not go out gives back what is left of its time.

use azeer_domain::Time;
use chrono::TimeDelta;

use crate::policy::Policy;
use crate::rules::pair_rate_limit;
use crate::time::{earlier, later};

/// With more of them on record nothing more is given back for a while: who is ahead of whom could not
/// be told.
const MOST_RETURNED: usize = 64;

/// The rate of a channel and a contact id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// When nothing of what was sent counts any more.
    pub free_at: Time,
    /// What was given back of late: whoever was behind has moved up by that much.
    pub returned: Vec<Returned>,
    /// When the platform last said that it is full; none: never. What was taken until then is among
    /// what it counts, and nobody knows how.
    pub filled_at: Option<Time>,
}

/// A part of a message's time that was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Returned {
    /// When the message's time was to begin, by what was known when it was given back.
    pub starts_at: Time,
    /// How much of it was given back.
    pub amount: TimeDelta,
    /// When.
    pub at: Time,
    /// When the time of all who were there is over: nobody has moved up from then on.
    pub until: Time,
}

/// What a message takes of the rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// When it was decided that the message may go.
    pub decided_at: Time,
    /// When its time begins.
    pub starts_at: Time,
    /// When its time ends.
    pub ends_at: Time,
}

/// When nothing of what went to a person through a channel will count any more for its rate: what is
/// left of each id's time, added up.
#[must_use]
pub fn free_at(each: impl IntoIterator<Item = Time>, now: Time) -> Option<Time> {
    let left = each.into_iter().map(|free_at| (free_at - now).max(TimeDelta::zero()));
    let sum = left.fold(TimeDelta::zero(), |sum, left| sum.checked_add(&left).unwrap_or(sum));
    (sum > TimeDelta::zero()).then(|| later(now, sum))
}

/// The same after one more message, which takes the channel's interval of time. It is kept with one
/// of the person's ids, and the others are free from then on: kept apart, each would become free in
/// the time that all of them take.
#[must_use]
pub fn after(free_at: Option<Time>, policy: &Policy, now: Time) -> Time {
    let free_at = free_at.map_or(now, |free_at| free_at.max(now));
    // A full channel does not become fuller: while the rule only warns, more may be sent.
    later(free_at, pair_rate_limit::interval(policy)).min(full_at(policy, now))
}

/// When a channel will be free that is full.
#[must_use]
pub fn full_at(policy: &Policy, now: Time) -> Time {
    later(now, pair_rate_limit::full(policy))
}

/// What a message took: when the rate was free before it, by which policy and when it was decided.
#[must_use]
pub fn slot(free_before: Option<Time>, policy: &Policy, decided_at: Time) -> Slot {
    let starts_at = free_before.map_or(decided_at, |free_at| free_at.max(decided_at));
    Slot { decided_at, starts_at, ends_at: after(free_before, policy, decided_at) }
}

impl Rate {
    /// Of a channel and a contact id to which nothing was sent.
    #[must_use]
    pub fn free(now: Time) -> Self {
        Self { free_at: now, returned: Vec::new(), filled_at: None }
    }

    /// Whether nothing more can come of what is kept: no message that was to have its time later has
    /// any of it to come.
    #[must_use]
    pub fn is_over(&self, now: Time) -> bool {
        let returned = self.returned.iter().map(|returned| returned.amount).sum();
        later(self.free_at, returned) <= now
    }

    /// Takes the time of one more message.
    pub fn take(&mut self, policy: &Policy, now: Time) {
        self.forget(now);
        self.free_at = after(Some(self.free_at), policy, now);
    }

    /// Is full until an instant: the platform says so. What was taken before gives nothing back any
    /// more.
    pub fn fill(&mut self, until: Time, now: Time) {
        self.free_at = self.free_at.max(until);
        self.returned.clear();
        self.filled_at = Some(now);
    }

    /// Gives back what is to come of a message's time: what has passed of it since it began was of
    /// use to nobody else. Gives how much that is.
    ///
    /// It never frees more than if the message had not been: the messages that stay have had no more
    /// of the time than they would have had without it.
    pub fn give_back(&mut self, slot: Slot, now: Time) -> TimeDelta {
        self.forget(now);
        if self.filled_at.is_some_and(|filled_at| slot.decided_at <= filled_at) {
            return TimeDelta::zero();
        }
        let starts_at = self.moved_up(slot).max(slot.decided_at);
        let passed = (now - starts_at).max(TimeDelta::zero());
        let to_come = (slot.ends_at - slot.starts_at - passed).min(self.free_at - now);
        if to_come <= TimeDelta::zero() || self.returned.len() >= MOST_RETURNED {
            return TimeDelta::zero();
        }
        let until = self.free_at;
        self.free_at = earlier(until, to_come);
        self.returned.push(Returned { starts_at, amount: to_come, at: now, until });
        to_come
    }

    /// Forgets what was given back of times that are over.
    fn forget(&mut self, now: Time) {
        self.returned.retain(|returned| returned.until > now);
    }

    /// When a message's time begins: what was given back of those ahead of it has moved it up.
    fn moved_up(&self, slot: Slot) -> Time {
        let since = self.returned.iter().filter(|returned| returned.at >= slot.decided_at);
        since.fold(slot.starts_at, |starts_at, returned| {
            let is_ahead = returned.starts_at < starts_at;
            if is_ahead { earlier(starts_at, returned.amount) } else { starts_at }
        })
    }
}
