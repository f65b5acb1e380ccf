//! The rate of a channel and a contact against a bucket of tokens, taken one by one.

use azeer_domain::Time;
use chrono::TimeDelta;
use messaging_policy_core::rate;
use messaging_policy_core::{Content, Facts, Outcome, Policy, Send, evaluate};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::offset::now;

/// How many tokens there are, in shares of a microsecond's worth.
struct Bucket {
    interval: i64,
    most: i64,
    filled: i64,
    at: Time,
}

impl Bucket {
    fn new(interval: i64, burst: i64, at: Time) -> Self {
        let interval = interval * 1_000_000;
        let most = interval * burst;
        Self { interval, most, filled: most, at }
    }

    /// Takes a token, if there is one.
    fn take(&mut self, at: Time) -> bool {
        let passed = (at - self.at).num_microseconds().unwrap();
        self.filled = (self.filled + passed).min(self.most);
        self.at = at;
        let is_there = self.filled >= self.interval;
        self.filled -= if is_there { self.interval } else { 0 };
        is_there
    }
}

/// Whether a message may go when so much of the rate is taken.
fn may_go(free_at: Option<Time>, policy: &Policy, at: Time) -> bool {
    let mut facts: Facts = serde_json::from_value(serde_json::json!({ "as_of": at })).unwrap();
    facts.contact.rate_free_at = free_at;
    let send = Send {
        sender: azeer_domain::ActorKind::Agent,
        handler_epoch: None,
        content: Content::FreeForm,
        justification: None,
    };
    let results = evaluate(&facts, &send, policy, at).results;
    let result = results.iter().find(|result| result.code == "PAIR_RATE_LIMIT");
    result.unwrap().outcome == Outcome::Passed
}

/// Times between messages: often none, the interval itself, or a microsecond beside it.
fn gaps(interval: i64) -> impl Strategy<Value = Vec<TimeDelta>> {
    let beside = (-1..=1_i64).prop_map(move |by| interval * 1_000_000 + by);
    let gap = prop_oneof![
        4 => Just(0),
        2 => beside,
        2 => 0..interval * 1_000_000,
        1 => 0..interval * 20_000_000,
    ];
    vec(gap.prop_map(TimeDelta::microseconds), 1..80)
}

fn numbers() -> impl Strategy<Value = (i64, i64)> {
    (prop_oneof![Just(6), 1..30_i64], prop_oneof![Just(45), 1..8_i64])
}

proptest! {
    #[test]
    fn it_is_a_bucket_of_tokens(
        ((interval, burst), gaps) in numbers().prop_flat_map(|it| (Just(it), gaps(it.0))),
        // Which of the person's ids each message goes to.
        ids in vec(0..3_usize, 80),
    ) {
        let mut policy = Policy::default();
        policy.set_value("PAIR_RATE_LIMIT", "interval", interval).unwrap();
        policy.set_value("PAIR_RATE_LIMIT", "burst", burst).unwrap();
        let mut at = now();
        let mut bucket = Bucket::new(interval, burst, at);
        let mut kept = [at; 3];
        for (gap, id) in gaps.into_iter().zip(ids) {
            at += gap;
            let free_at = rate::free_at(kept, at);
            let goes = bucket.take(at);
            prop_assert_eq!(may_go(free_at, &policy, at), goes, "at {}", at);
            if goes {
                kept = [at; 3];
                kept[id] = rate::after(free_at, &policy, at);
            }
        }
    }
}

#[test]
fn what_went_to_each_of_a_persons_ids_is_added_up() {
    let ahead = |seconds| now() + TimeDelta::seconds(seconds);
    assert_eq!(rate::free_at([], now()), None);
    assert_eq!(rate::free_at([now(), ahead(-60)], now()), None);
    assert_eq!(rate::free_at([ahead(6), ahead(-60), ahead(30)], now()), Some(ahead(36)));
    assert_eq!(rate::free_at([Time::MAX_UTC, Time::MAX_UTC], now()), Some(Time::MAX_UTC));
}
