//! What a conversation adds to the counters of its channel.
//!
//! A write changes the counters by what the conversation adds after it, less what it added
//! before. Which conversations are live at an instant is then the total less the buckets before it
//! and the rows of the one minute that the instant cuts; no reading ever scans a tab.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use azeer_domain::{ChannelId, Time};
use chrono::{DurationRound as _, TimeDelta};

use crate::conversation::Conversation;
use crate::state::State;

/// Names one counter row of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CounterKey {
    /// The channel.
    pub channel_id: ChannelId,
    /// What it counts.
    pub bucket: Bucket,
}

/// What a counter row counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bucket {
    /// All conversations of the channel, by the state last announced.
    Total,
    /// The live ones whose window ends in the hour that begins here.
    Hour(Time),
    /// The live ones whose window ends in the minute that begins here.
    Minute(Time),
}

/// How many conversations there are of each kind; also a difference of such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counter {
    /// Announced as open.
    pub open: i64,
    /// Announced as the bot's.
    pub bot: i64,
    /// Announced as expired.
    pub expired: i64,
    /// Closed.
    pub closed: i64,
    /// Awaiting a reply.
    pub awaiting_reply: i64,
}

/// Differences of a tenant's counters.
pub type CounterDelta = BTreeMap<CounterKey, Counter>;

/// Adds to `delta` what a write from `before` to `after` changes; none is no conversation. Rows
/// that cancel out stay with zeros; see [`Counter::is_zero`].
pub fn add_change(
    delta: &mut CounterDelta,
    before: Option<&Conversation>,
    after: Option<&Conversation>,
) {
    if let Some(before) = before {
        add(delta, before, -1);
    }
    if let Some(after) = after {
        add(delta, after, 1);
    }
}

fn add(delta: &mut CounterDelta, conversation: &Conversation, sign: i64) {
    let mut row = |bucket, awaiting_reply: i64| {
        let key = CounterKey { channel_id: conversation.channel_id.clone(), bucket };
        let counter = delta.entry(key).or_default();
        *counter.of(conversation.announced_state) += sign;
        counter.awaiting_reply += sign * awaiting_reply;
    };
    row(Bucket::Total, i64::from(conversation.awaiting_reply()));
    if conversation.announced_state.is_live()
        && let Some(end) = conversation.window_expires_at
    {
        row(Bucket::Hour(floor(end, TimeDelta::hours(1))), 0);
        row(Bucket::Minute(floor(end, TimeDelta::minutes(1))), 0);
    }
}

fn floor(instant: Time, unit: TimeDelta) -> Time {
    // Fails only for instants centuries away, which no window can reach.
    instant.duration_trunc(unit).unwrap_or(instant)
}

// === impl Counter ===

impl Counter {
    /// Whether there is nothing to add.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::default()
    }

    fn of(&mut self, state: State) -> &mut i64 {
        match state {
            State::Open => &mut self.open,
            State::Expired => &mut self.expired,
            State::Closed => &mut self.closed,
            State::Bot => &mut self.bot,
        }
    }
}
