//! The counters, against a count of the conversations themselves.

use std::collections::BTreeMap;

use super::*;
use crate::counts::{Bucket, Counter, CounterDelta, CounterKey};

fn floor(instant: Time, seconds: i64) -> Time {
    Time::from_timestamp(instant.timestamp().div_euclid(seconds) * seconds, 0).unwrap()
}

/// The counters, summed up write by write, are what a recount finds.
pub(super) fn check_sums(counters: &CounterDelta, conversations: &[&Conversation]) {
    let mut recount: BTreeMap<CounterKey, Counter> = BTreeMap::new();
    for conversation in conversations {
        let state = conversation.announced_state;
        let mut buckets = vec![Bucket::Total];
        if let (true, Some(end)) = (state.is_live(), conversation.window_expires_at) {
            buckets.extend([Bucket::Hour(floor(end, 3600)), Bucket::Minute(floor(end, 60))]);
        }
        for bucket in buckets {
            let key = CounterKey { channel_id: conversation.channel_id.clone(), bucket };
            let counter = recount.entry(key).or_default();
            match state {
                State::Open => counter.open += 1,
                State::Bot => counter.bot += 1,
                State::Expired => counter.expired += 1,
                State::Closed => counter.closed += 1,
            }
            let awaiting = bucket == Bucket::Total && conversation.awaiting_reply();
            counter.awaiting_reply += i64::from(awaiting);
        }
    }
    let mut counters = counters.clone();
    counters.retain(|_, counter| !counter.is_zero());
    assert_eq!(counters, recount);
}

/// How many are open and how many the bot's at an instant, read as the counters are meant to be
/// read: the buckets after it, and the rows of the one minute that it cuts.
pub(super) fn live_at(
    counters: &CounterDelta,
    conversations: &[&Conversation],
    at: Time,
) -> (i64, i64) {
    let (this_hour, this_minute) = (floor(at, 3600), floor(at, 60));
    let ahead = |bucket: Bucket| match bucket {
        Bucket::Total => false,
        Bucket::Hour(hour) => hour > this_hour,
        Bucket::Minute(minute) => minute > this_minute && floor(minute, 3600) == this_hour,
    };
    let (mut open, mut bot) = (0, 0);
    for (_, counter) in counters.iter().filter(|(key, _)| ahead(key.bucket)) {
        open += counter.open;
        bot += counter.bot;
    }
    for conversation in conversations {
        let cut = |end: Time| end >= at && floor(end, 60) == this_minute;
        if conversation.window_expires_at.is_some_and(cut) {
            open += i64::from(conversation.announced_state == State::Open);
            bot += i64::from(conversation.announced_state == State::Bot);
        }
    }
    (open, bot)
}
