//! What did not go out is as if it had never been: every cap, and what counts all the same.

use azeer_proto::conversation::v1::RecordInboundMessageRequest;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;

use crate::caps::recount;
use crate::caps::stand::{Settings, decided, noted};
use crate::support::noon;

/// A cap: the only rule that holds, what everybody sends, and how many may.
struct Cap {
    rule: &'static str,
    send: fn(usize) -> pb::Send,
    places: usize,
}

const CAPS: [Cap; 8] = [
    Cap { rule: "CONTACT_FREQUENCY_CAP", send: |_| ops::template("ali", "sale"), places: 3 },
    Cap { rule: "CONTACT_FREQUENCY_CAP", send: |_| ops::template("ali", "parcel"), places: 10 },
    Cap { rule: "CONTACT_COOLDOWN", send: |_| ops::template("ali", "sale"), places: 1 },
    Cap {
        rule: "DUPLICATE_SEND",
        send: |i| noted(ops::template("ali", "parcel"), "order-7", &format!("for {i}")),
        places: 1,
    },
    Cap { rule: "UNANSWERED_TEMPLATE_LIMIT", send: |_| ops::template("ali", "gift"), places: 3 },
    Cap { rule: "PAIR_RATE_LIMIT", send: |_| ops::free_form("ali"), places: 45 },
    Cap {
        rule: "JUSTIFICATION_REUSED",
        send: |i| noted(ops::template(&format!("c{i}"), "parcel"), "", "it leaves today"),
        places: 20,
    },
    Cap {
        rule: "PORTFOLIO_LIMIT_REACHED",
        send: |i| ops::template(&format!("c{i}"), "parcel"),
        places: 5,
    },
];

impl Cap {
    async fn holds(&self) -> (Pair, Settings) {
        let pair = Pair::at(noon()).await;
        let settings = Settings::through(&pair).await;
        settings.limit(5).await;
        settings.only(&[self.rule], &[]).await;
        (pair, settings)
    }

    async fn fill(&self, pair: &Pair) -> Vec<String> {
        let mut ids = Vec::new();
        for i in 0..self.places {
            ids.push(self.passes(pair, i).await);
        }
        ids
    }

    async fn passes(&self, pair: &Pair, i: usize) -> String {
        let decision = decided(pair, ops::authorize((self.send)(i))).await;
        assert_eq!(decision.verdict(), pb::Verdict::Allow, "{}, {i}: {decision:?}", self.rule);
        decision.decision_id
    }

    async fn is_full(&self, pair: &Pair, i: usize) {
        let decision = decided(pair, ops::authorize((self.send)(i))).await;
        assert_eq!(ops::codes(&decision), [self.rule], "{i}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_sent_leaves_its_place() {
    for cap in CAPS {
        let (pair, _) = cap.holds().await;
        let mut ids = cap.fill(&pair).await;
        // Others than those before, so that each is somebody else.
        let mut next = cap.places;
        for turn in 0..6 {
            cap.is_full(&pair, next).await;
            let id = ids.remove(turn * 7 % ids.len());
            if turn % 3 == 1 {
                pair.report(ops::sent(&id, &id, noon())).await.unwrap();
                cap.is_full(&pair, next + 1).await;
            }
            let report =
                if turn % 3 == 2 { ops::abandoned(&id) } else { ops::failed(&id, 131_000) };
            for _ in 0..2 {
                pair.report(report.clone()).await.unwrap();
            }
            ids.push(cap.passes(&pair, next + 2).await);
            next += 3;
        }
        cap.is_full(&pair, next).await;
        recount::of_all(&pair.policy.database.connect().await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_platform_tried_counts() {
    for cap in CAPS {
        let (pair, _) = cap.holds().await;
        let ids = cap.fill(&pair).await;
        for (i, (code, id)) in [131_026, 130_472, 131_049].into_iter().zip(&ids).enumerate() {
            pair.report(ops::failed(id, code)).await.unwrap();
            cap.is_full(&pair, cap.places + i).await;
        }
        recount::of_all(&pair.policy.database.connect().await).await;
    }
}

/// All of it, after a while: a rate's time that has passed was not in vain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_that_was_not_sent_leaves_all_places() {
    for cap in CAPS {
        let (pair, settings) = cap.holds().await;
        let ids = cap.fill(&pair).await;
        pair.set(noon() + TimeDelta::seconds(1));
        for id in ids.iter().rev() {
            pair.report(ops::abandoned(id)).await.unwrap();
        }
        assert_eq!(settings.reached().await, 0, "{}", cap.rule);
        for i in 0..cap.places {
            cap.passes(&pair, 100 + i).await;
        }
        cap.is_full(&pair, 200).await;
    }
}

/// `ali` and `SA.1` turn out to be one person, who wrote two days ago.
async fn are_one(pair: &Pair) {
    let said = RecordInboundMessageRequest {
        contact_aliases: vec!["SA.1".into()],
        occurred_at: timestamp(noon() - TimeDelta::days(2)),
        ..ops::inbound("ali", "m1", noon())
    };
    let mut conversations = pair.conversation.clients.conversations.clone();
    conversations.record_inbound_message(said).await.unwrap();
}

/// What was taken under one id is found under the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_left_is_free_under_all_ids() {
    let rules = ["CONTACT_FREQUENCY_CAP", "PAIR_RATE_LIMIT", "PORTFOLIO_LIMIT_REACHED"];
    for rule in rules {
        let cap = Cap { rule, send: |_| ops::template("SA.1", "sale"), places: 0 };
        let (pair, settings) = cap.holds().await;
        settings.only(&[rule], &[("PAIR_RATE_LIMIT burst", 3)]).await;
        settings.limit(2).await;
        let first = decided(&pair, ops::authorize(ops::template("SA.1", "sale"))).await.decision_id;
        let second = decided(&pair, ops::authorize(ops::template("ali", "sale"))).await.decision_id;
        are_one(&pair).await;
        let third = cap.passes(&pair, 0).await;
        if rule == "PORTFOLIO_LIMIT_REACHED" {
            assert_eq!(settings.reached().await, 1);
        } else {
            cap.is_full(&pair, 0).await;
        }
        for (id, left) in [(first, 1), (third, 1), (second, 0)] {
            pair.report(ops::abandoned(&id)).await.unwrap();
            if rule == "PORTFOLIO_LIMIT_REACHED" {
                assert_eq!(settings.reached().await, left);
            }
        }
        if rule != "PORTFOLIO_LIMIT_REACHED" {
            for _ in 0..3 {
                cap.passes(&pair, 0).await;
            }
            cap.is_full(&pair, 0).await;
        }
    }
}

/// By a policy that has changed since: what was taken is given back, whatever would be taken now.
#[tokio::test]
async fn a_rate_gives_back_by_the_policy_that_took() {
    const RATE: &str = "PAIR_RATE_LIMIT";
    for interval in [1, 60] {
        let pair = Pair::at(noon()).await;
        let settings = Settings::through(&pair).await;
        settings.only(&[RATE], &[("PAIR_RATE_LIMIT burst", 2)]).await;
        let cap = Cap { rule: RATE, send: |_| ops::free_form("ali"), places: 2 };
        let ids = cap.fill(&pair).await;
        let name = "PAIR_RATE_LIMIT interval";
        settings.only(&[RATE], &[("PAIR_RATE_LIMIT burst", 2), (name, interval)]).await;
        pair.report(ops::abandoned(&ids[0])).await.unwrap();
        settings.only(&[RATE], &[("PAIR_RATE_LIMIT burst", 2)]).await;
        cap.passes(&pair, 0).await;
        cap.is_full(&pair, 0).await;
    }
}

/// Who was reached twice is reached until both are given back; the day counts from the one that stays.
#[tokio::test]
async fn a_place_that_two_sends_share_is_left_with_the_last() {
    let cap = Cap {
        rule: "PORTFOLIO_LIMIT_REACHED",
        send: |i| ops::template(if i == 0 { "ali" } else { "mona" }, "parcel"),
        places: 1,
    };
    let (pair, settings) = cap.holds().await;
    settings.limit(1).await;
    let first = cap.passes(&pair, 0).await;
    pair.set(noon() + TimeDelta::hours(12));
    let second = cap.passes(&pair, 0).await;
    cap.is_full(&pair, 1).await;
    pair.report(ops::abandoned(&second)).await.unwrap();
    cap.is_full(&pair, 1).await;
    pair.set(noon() + TimeDelta::days(1) - TimeDelta::microseconds(1));
    cap.is_full(&pair, 1).await;
    // When the day is over its place is free, and is not given back once more.
    pair.set(noon() + TimeDelta::days(1));
    let mona = cap.passes(&pair, 1).await;
    pair.report(ops::abandoned(&first)).await.unwrap();
    cap.is_full(&pair, 0).await;
    assert_eq!(settings.reached().await, 1);
    pair.report(ops::abandoned(&mona)).await.unwrap();
    assert_eq!(settings.reached().await, 0);
}
