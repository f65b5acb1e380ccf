//! When the invented conversations were recorded: one after the other, evenly over the last day.
//!
//! So a conversation that is still open was opened by a message of the last 24 hours, the ends of
//! the windows are spread over the next 24, and the log is in the order of its times.

use chrono::TimeDelta;
use conversation_state_core::Time;

/// A little less than a window: the first one doesn't end while the last are being written.
const SPAN: TimeDelta = TimeDelta::minutes(24 * 60 - 10);
/// The most that happens in a conversation, each at a moment of its own before the next begins.
const MOMENTS: i64 = 8;

/// The times of all conversations.
pub(super) struct Timeline {
    begin: Time,
    conversations: i64,
}

/// The times of one conversation, one for each thing that happens.
pub(super) struct Moments {
    next: Time,
    step: TimeDelta,
}

// === impl Timeline ===

impl Timeline {
    pub(super) fn new(now: Time, conversations: u32) -> Self {
        Self { begin: now - SPAN, conversations: conversations.into() }
    }

    pub(super) fn moments(&self, number: u32) -> Moments {
        let span = SPAN.num_microseconds().unwrap_or(i64::MAX);
        let at = |number: i64| number * (span / self.conversations);
        // A minute at most: nobody waits for hours between an answer and the next word.
        let step = (at(1) / MOMENTS).min(TimeDelta::minutes(1).num_microseconds().unwrap_or(1));
        Moments {
            next: self.begin + TimeDelta::microseconds(at(number.into())),
            step: TimeDelta::microseconds(step),
        }
    }
}

// === impl Moments ===

impl Moments {
    pub(super) fn next(&mut self) -> Time {
        let now = self.next;
        self.next += self.step;
        now
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use conversation_state_core::Channel;

    use super::*;

    #[test]
    fn conversations_follow_each_other_and_end_before_now() {
        let now: Time = "2026-03-01T12:00:00.123456Z".parse().unwrap();
        for conversations in [1, 2, 7, 1_000, 100_000_000] {
            let timeline = Timeline::new(now, conversations);
            let mut last = now - Channel::FULL_WINDOW;
            let some = [0, 1, conversations / 2, conversations - 1].into_iter();
            for number in some.filter(|&n| n < conversations).collect::<BTreeSet<_>>() {
                let mut moments = timeline.moments(number);
                let first = moments.next();
                assert!(last < first, "{number} of {conversations}");
                last = (1..MOMENTS).fold(first, |before, _| moments.next().max(before));
                assert!(last <= now, "{number} of {conversations}");
            }
        }
    }
}
