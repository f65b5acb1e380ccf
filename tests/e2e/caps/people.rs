//! Several ids of one person: what was sent to any of them counts for all, also where nobody knew
//! that they are one when it was sent.

use azeer_proto::conversation::v1::RecordInboundMessageRequest;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{time, timestamp};
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;

use super::stand::{Settings, noted};
use crate::support::noon;

async fn judged_by(rule: &str) -> (Pair, Settings) {
    let pair = Pair::at(noon()).await;
    let settings = Settings::through(&pair).await;
    settings.only(&[rule], &[]).await;
    (pair, settings)
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

async fn verdict(pair: &Pair, send: pb::Send) -> pb::Verdict {
    pair.authorize(send).await.unwrap().verdict()
}

/// A cap, what fills it, and how many that takes.
type Cap = (&'static str, fn(&str) -> pb::Send, usize);
const CAPS: [Cap; 6] = [
    ("CONTACT_FREQUENCY_CAP", |id| ops::template(id, "sale"), 3),
    ("CONTACT_FREQUENCY_CAP", |id| ops::template(id, "parcel"), 10),
    ("CONTACT_COOLDOWN", |id| ops::template(id, "sale"), 1),
    ("DUPLICATE_SEND", |id| noted(ops::template(id, "parcel"), "order-7", "it leaves today"), 1),
    ("UNANSWERED_TEMPLATE_LIMIT", |id| ops::template(id, "sale"), 3),
    ("PAIR_RATE_LIMIT", |id| ops::free_form(id), 45),
];

#[tokio::test]
async fn what_is_sent_to_any_id_counts_for_all() {
    for (rule, send, places) in CAPS {
        let (pair, _) = judged_by(rule).await;
        are_one(&pair).await;
        let ids = ["ali", "SA.1"].into_iter().cycle();
        for id in ids.clone().take(places) {
            assert_eq!(verdict(&pair, send(id)).await, pb::Verdict::Allow, "{rule} for {id}");
        }
        for id in ids.take(2) {
            let refused = pair.authorize(send(id)).await.unwrap();
            assert_eq!(ops::codes(&refused), [rule], "for {id}");
        }
    }
}

#[tokio::test]
async fn what_was_sent_before_they_were_one_counts_for_all() {
    for (rule, send, places) in CAPS {
        let (pair, _) = judged_by(rule).await;
        for place in 0..places {
            let id = if place % 2 == 0 { "SA.1" } else { "ali" };
            assert_eq!(verdict(&pair, send(id)).await, pb::Verdict::Allow, "{rule} for {id}");
        }
        are_one(&pair).await;
        for id in ["ali", "SA.1"] {
            let refused = pair.authorize(send(id)).await.unwrap();
            assert_eq!(ops::codes(&refused), [rule], "for {id}");
        }
    }
}

/// Two ids of one person have one rate, from the first send on that knows it: what is left of both
/// does not pass at the same time.
#[tokio::test]
async fn rates_that_became_one_pass_one_after_the_other() {
    let (pair, _) = judged_by("PAIR_RATE_LIMIT").await;
    for place in 0..44 {
        let id = if place % 2 == 0 { "SA.1" } else { "ali" };
        assert_eq!(verdict(&pair, ops::free_form(id)).await, pb::Verdict::Allow);
    }
    are_one(&pair).await;
    assert_eq!(verdict(&pair, ops::free_form("ali")).await, pb::Verdict::Allow, "the last place");

    for turn in 1..=3 {
        let free = noon() + TimeDelta::seconds(6) * turn;
        pair.set(free - TimeDelta::microseconds(1));
        let refused = pair.authorize(ops::free_form("SA.1")).await.unwrap();
        assert_eq!(ops::codes(&refused), ["PAIR_RATE_LIMIT"], "turn {turn}");
        assert_eq!(refused.earliest_allowed_at.map(time), Some(free));
        pair.set(free);
        assert_eq!(verdict(&pair, ops::free_form("SA.1")).await, pb::Verdict::Allow);
    }
}

#[tokio::test]
async fn a_portfolio_counts_a_person_once() {
    let (pair, settings) = judged_by("PORTFOLIO_LIMIT_REACHED").await;
    settings.limit(2).await;
    for id in ["ali", "SA.1"] {
        assert_eq!(verdict(&pair, ops::template(id, "parcel")).await, pb::Verdict::Allow);
    }
    let mona = || ops::template("mona", "parcel");
    assert_eq!(verdict(&pair, mona()).await, pb::Verdict::Deny, "two are reached");
    are_one(&pair).await;

    assert_eq!(verdict(&pair, ops::template("SA.1", "parcel")).await, pb::Verdict::Allow);
    assert_eq!(verdict(&pair, mona()).await, pb::Verdict::Allow, "they were one");
    assert_eq!(verdict(&pair, ops::template("omar", "parcel")).await, pb::Verdict::Deny);
    assert_eq!(verdict(&pair, ops::template("ali", "parcel")).await, pb::Verdict::Allow);
}

/// One person is one of those whom a note was for, whatever the id.
#[tokio::test]
async fn a_note_counts_a_person_once() {
    let (pair, _) = judged_by("JUSTIFICATION_REUSED").await;
    let note = |id: &str| noted(ops::template(id, "parcel"), "", "it leaves today");
    for other in 0..18 {
        assert_eq!(verdict(&pair, note(&format!("c{other}"))).await, pb::Verdict::Allow);
    }
    for id in ["ali", "SA.1"] {
        assert_eq!(verdict(&pair, note(id)).await, pb::Verdict::Allow);
    }
    assert_eq!(verdict(&pair, note("mona")).await, pb::Verdict::Deny, "twenty had it");
    are_one(&pair).await;

    assert_eq!(verdict(&pair, note("SA.1")).await, pb::Verdict::Allow);
    assert_eq!(verdict(&pair, note("mona")).await, pb::Verdict::Allow, "they were one");
    assert_eq!(verdict(&pair, note("omar")).await, pb::Verdict::Deny);
}
