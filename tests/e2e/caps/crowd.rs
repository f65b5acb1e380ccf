//! Hundreds of sends at once for the last free places: exactly as many pass as there are places.

use std::collections::BTreeSet;

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::timestamp;
use chrono::TimeDelta;

use super::recount;
use super::stand::{Stand, allowed, noted};
use crate::support::noon;

/// How many send at once.
const CROWD: usize = 500;

/// A cap: the only rule that holds, its numbers, what everybody sends, and how many may.
struct Cap {
    rule: &'static str,
    numbers: &'static [(&'static str, i64)],
    send: fn(usize) -> pb::Send,
    places: usize,
}

const CAPS: [Cap; 8] = [
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        numbers: &[],
        send: |_| ops::template("marketing-by-day", "sale"),
        places: 3,
    },
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        numbers: &[("CONTACT_FREQUENCY_CAP marketing_per_day", 50)],
        send: |_| ops::template("marketing-by-week", "sale"),
        places: 6,
    },
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        numbers: &[],
        send: |_| ops::template("utility-by-day", "parcel"),
        places: 10,
    },
    Cap {
        rule: "CONTACT_COOLDOWN",
        numbers: &[],
        send: |i| ops::template("cooldown", if i % 2 == 0 { "sale" } else { "parcel" }),
        places: 1,
    },
    Cap {
        rule: "DUPLICATE_SEND",
        numbers: &[],
        send: |i| noted(ops::template("duplicate", "parcel"), "order-7", &format!("for {i}")),
        places: 1,
    },
    Cap {
        rule: "UNANSWERED_TEMPLATE_LIMIT",
        numbers: &[],
        send: |_| ops::template("unanswered", "gift"),
        places: 3,
    },
    Cap { rule: "PAIR_RATE_LIMIT", numbers: &[], send: |_| ops::free_form("rate"), places: 45 },
    Cap {
        rule: "JUSTIFICATION_REUSED",
        numbers: &[],
        send: |i| noted(ops::template(&format!("note-{i}"), "parcel"), "", "it leaves today"),
        places: 20,
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_five_hundred_at_once_as_many_pass_as_there_are_places() {
    let stand = Stand::at(noon()).await;
    for Cap { rule, numbers, send, places } in CAPS {
        stand.settings.only(&[rule], numbers).await;

        let decisions = stand.all_at_once((0..CROWD).map(send)).await;

        assert_eq!(allowed(&decisions, rule), places, "{rule} with {numbers:?}");
        let ids: BTreeSet<_> = decisions.iter().map(|decision| &decision.decision_id).collect();
        assert_eq!(ids.len(), CROWD, "each has a decision of its own");
    }
    recount::of_all(&stand.pair.policy.database.connect().await).await;
}

/// At a limit of 250: fifty were reached before, twenty of a thousand others are people with two ids.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portfolio_reaches_exactly_as_many_people_as_it_may() {
    let stand = Stand::at(noon()).await;
    stand.settings.only(&["PORTFOLIO_LIMIT_REACHED"], &[]).await;
    stand.settings.limit(250).await;
    let old = || (0..50).map(|i| ops::template(&format!("old-{i}"), "sale"));
    let reached = stand.all_at_once(old()).await;
    assert_eq!(allowed(&reached, "PORTFOLIO_LIMIT_REACHED"), 50);
    for person in 0..20 {
        know(&stand, &format!("id-{person}"), &format!("alias-{person}")).await;
    }

    let with_two_ids = ["id", "alias"].into_iter().flat_map(|of| {
        (0..20).map(move |person| ops::template(&format!("{of}-{person}"), "parcel"))
    });
    let strangers = (0..980).map(|i| ops::template(&format!("new-{i}"), "sale"));
    let decisions = stand.all_at_once(with_two_ids.chain(old()).chain(strangers)).await;

    let (people, rest) = decisions.split_at(40);
    let (old, strangers) = rest.split_at(50);
    assert_eq!(allowed(old, "PORTFOLIO_LIMIT_REACHED"), 50, "who was reached passes");
    let verdicts = |of: &[pb::Decision]| of.iter().map(pb::Decision::verdict).collect::<Vec<_>>();
    let (by_id, by_alias) = people.split_at(20);
    assert_eq!(verdicts(by_id), verdicts(by_alias), "both ids are one person");
    let people = allowed(by_id, "PORTFOLIO_LIMIT_REACHED");
    assert_eq!(50 + people + allowed(strangers, "PORTFOLIO_LIMIT_REACHED"), 250);
    assert_eq!(stand.settings.reached().await, 250);
    recount::of_all(&stand.pair.policy.database.connect().await).await;
}

/// Somebody with two ids, whose window has ended.
async fn know(stand: &Stand, contact: &str, alias: &str) {
    let said = azeer_proto::conversation::v1::RecordInboundMessageRequest {
        contact_aliases: vec![alias.into()],
        occurred_at: timestamp(noon() - TimeDelta::days(2)),
        ..ops::inbound(contact, contact, noon())
    };
    let mut conversations = stand.pair.conversation.clients.conversations.clone();
    conversations.record_inbound_message(said).await.unwrap();
}
