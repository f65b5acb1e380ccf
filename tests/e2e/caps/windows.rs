//! When a place is free again: at the very instant that the refusal tells, and not a microsecond
//! before it.

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::time;
use chrono::TimeDelta;
use conversation_state_core::Time;

use super::stand::{Settings, noted};
use crate::support::noon;
use azeer_tests::Pair;

/// A cap as it fills up: the only rule that holds, with numbers of its own; what is sent, each
/// `every` after the one before, until nothing more goes; how many that are; and how long each of
/// them counts.
struct Cap {
    rule: &'static str,
    numbers: &'static [(&'static str, i64)],
    send: fn(usize) -> pb::Send,
    every: TimeDelta,
    places: usize,
    counts_for: TimeDelta,
}

const DAY: TimeDelta = TimeDelta::days(1);
const WEEK: TimeDelta = TimeDelta::days(7);
const SECOND: TimeDelta = TimeDelta::seconds(1);
const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);

const CAPS: [Cap; 9] = [
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        numbers: &[],
        send: |_| ops::template("ali", "sale"),
        every: SECOND,
        places: 3,
        counts_for: DAY,
    },
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        numbers: &[("CONTACT_FREQUENCY_CAP marketing_per_day", 50)],
        send: |_| ops::template("ali", "gift"),
        every: DAY,
        places: 6,
        counts_for: WEEK,
    },
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        numbers: &[],
        send: |_| ops::template("ali", "parcel"),
        every: SECOND,
        places: 10,
        counts_for: DAY,
    },
    Cap {
        rule: "CONTACT_COOLDOWN",
        numbers: &[],
        send: |_| ops::template("ali", "sale"),
        every: SECOND,
        places: 1,
        counts_for: TimeDelta::minutes(30),
    },
    Cap {
        rule: "CONTACT_COOLDOWN",
        numbers: &[],
        send: |_| ops::template("ali", "parcel"),
        every: SECOND,
        places: 1,
        counts_for: TimeDelta::minutes(1),
    },
    Cap {
        rule: "DUPLICATE_SEND",
        numbers: &[],
        send: |_| noted(ops::template("ali", "parcel"), "order-7", "it leaves today"),
        every: SECOND,
        places: 1,
        counts_for: DAY,
    },
    Cap {
        rule: "JUSTIFICATION_REUSED",
        numbers: &[],
        send: |i| noted(ops::template(&format!("c{i}"), "parcel"), "", "it leaves today"),
        every: SECOND,
        places: 20,
        counts_for: DAY,
    },
    Cap {
        rule: "PAIR_RATE_LIMIT",
        numbers: &[],
        send: |_| ops::free_form("ali"),
        every: TimeDelta::zero(),
        places: 45,
        counts_for: TimeDelta::seconds(6),
    },
    Cap {
        rule: "PORTFOLIO_LIMIT_REACHED",
        numbers: &[],
        send: |i| ops::template(&format!("c{i}"), "parcel"),
        every: SECOND,
        places: 5,
        counts_for: DAY,
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_free_at_the_instant_that_is_told_and_not_before() {
    for cap in CAPS {
        let pair = Pair::at(noon()).await;
        let settings = Settings::through(&pair).await;
        settings.limit(5).await;
        settings.only(&[cap.rule], cap.numbers).await;
        cap.fill_and_wait(&pair).await;
    }
}

impl Cap {
    async fn fill_and_wait(&self, pair: &Pair) {
        let mut sent = 0;
        let mut now = noon();
        for _ in 0..self.places {
            self.passes(pair, sent, now).await;
            (sent, now) = (sent + 1, now + self.every);
        }
        // Each becomes free in its turn, and is taken again.
        for place in 0..2 {
            let free = self.free_again(place);
            for then in [now, free - MICROSECOND] {
                self.is_refused(pair, sent, then, free).await;
            }
            self.passes(pair, sent, free).await;
            (sent, now) = (sent + 1, free);
        }
    }

    /// When a place that was taken first, or second, is free.
    fn free_again(&self, place: i32) -> Time {
        // Of one place, and of a rate, each waits for the one before it.
        let in_turn = self.places == 1 || self.every.is_zero();
        let wait = if in_turn { self.counts_for } else { self.every };
        noon() + self.counts_for + wait * place
    }

    async fn passes(&self, pair: &Pair, sent: usize, now: Time) {
        pair.set(now);
        let decision = pair.authorize((self.send)(sent)).await.unwrap();
        assert_eq!(decision.verdict(), pb::Verdict::Allow, "{} at {now}: {decision:?}", self.rule);
    }

    async fn is_refused(&self, pair: &Pair, sent: usize, now: Time, free: Time) {
        pair.set(now);
        let decision = pair.authorize((self.send)(sent)).await.unwrap();
        assert_eq!(ops::codes(&decision), [self.rule], "at {now}");
        let told = decision.earliest_allowed_at.map(time);
        assert_eq!(told, Some(free), "{} with {:?} at {now}", self.rule, self.numbers);
        assert_eq!(decision.violations[0].earliest_allowed_at, decision.earliest_allowed_at);
    }
}

/// After three that nobody answered, a week's pause, counted from the last; then one more, and the
/// next pause. What the customer writes ends it.
#[tokio::test]
async fn marketing_pauses_until_it_is_answered() {
    let pair = Pair::at(noon()).await;
    let settings = Settings::through(&pair).await;
    settings.only(&["UNANSWERED_TEMPLATE_LIMIT"], &[]).await;
    let cap = Cap {
        rule: "UNANSWERED_TEMPLATE_LIMIT",
        numbers: &[],
        send: |_| ops::template("ali", "sale"),
        every: SECOND,
        places: 3,
        counts_for: WEEK,
    };
    let [second, third] = [noon() + SECOND, noon() + SECOND * 2];
    for now in [noon(), second, third] {
        cap.passes(&pair, 0, now).await;
    }
    let free = third + WEEK;
    for now in [third, free - MICROSECOND] {
        cap.is_refused(&pair, 0, now, free).await;
    }
    cap.passes(&pair, 0, free).await;
    cap.is_refused(&pair, 0, free, free + WEEK).await;
    pair.set(free + SECOND);
    pair.customer_writes("ali", "m1").await;
    cap.passes(&pair, 0, free + SECOND).await;
}
