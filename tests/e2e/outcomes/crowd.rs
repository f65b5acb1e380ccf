//! Hundreds who ask at once for places that are given back meanwhile, over two replicas: whoever gets
//! one gets it after it was left, and each place goes to one of them.

use std::sync::atomic::{AtomicUsize, Ordering};

use azeer_proto::policy::v1 as pb;
use azeer_tests::ops;
use futures::future::join_all;

use crate::caps::recount;
use crate::caps::stand::{Stand, allowed, decided, noted, until_heard};
use crate::support::noon;

/// How many ask at once.
const CROWD: usize = 500;

/// A cap: the only rule that holds, what everybody sends, how many may, and how many give back.
struct Cap {
    rule: &'static str,
    send: fn(usize) -> pb::Send,
    places: usize,
    given: usize,
}

const CAPS: [Cap; 5] = [
    Cap {
        rule: "CONTACT_FREQUENCY_CAP",
        send: |_| ops::template("capped", "sale"),
        places: 3,
        given: 2,
    },
    Cap {
        rule: "CONTACT_COOLDOWN",
        send: |_| ops::template("cooling", "parcel"),
        places: 1,
        given: 1,
    },
    Cap { rule: "PAIR_RATE_LIMIT", send: |_| ops::free_form("rated"), places: 45, given: 30 },
    Cap {
        rule: "JUSTIFICATION_REUSED",
        send: |i| noted(ops::template(&format!("noted-{i}"), "parcel"), "", "it leaves today"),
        places: 20,
        given: 15,
    },
    Cap {
        rule: "PORTFOLIO_LIMIT_REACHED",
        send: |i| ops::template(&format!("reached-{i}"), "sale"),
        places: 50,
        given: 40,
    },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_that_are_given_back_are_taken_once() {
    for cap in CAPS {
        let stand = Stand::at(noon()).await;
        stand.settings.limit(50).await;
        stand.settings.only(&[cap.rule], &[]).await;
        let full = stand.all_at_once((0..cap.places).map(cap.send)).await;
        assert_eq!(allowed(&full, cap.rule), cap.places);

        let begun = AtomicUsize::new(0);
        let passed = AtomicUsize::new(cap.places);
        let replicas = [stand.pair.policy.clients.clone(), stand.other().clone()];
        let ask = |i: usize| {
            let clients = &replicas[i % 2];
            let (begun, passed) = (&begun, &passed);
            async move {
                let request = ops::authorize((cap.send)(cap.places + i));
                let decision = decided(clients, request).await;
                if decision.verdict() == pb::Verdict::Allow {
                    let so_far = passed.fetch_add(1, Ordering::SeqCst) + 1;
                    let left = begun.load(Ordering::SeqCst);
                    assert!(so_far <= cap.places + left, "{}: {so_far}, {left} left", cap.rule);
                }
                decision
            }
        };
        let leave = |i: usize| {
            let (clients, id, begun) = (&replicas[i % 2], &full[i].decision_id, &begun);
            async move {
                begun.fetch_add(1, Ordering::SeqCst);
                until_heard(|| clients.report(ops::abandoned(id))).await;
            }
        };
        let (decisions, _) =
            tokio::join!(join_all((0..CROWD).map(ask)), join_all((0..cap.given).rev().map(leave)),);

        let taken = allowed(&decisions, cap.rule);
        assert!(taken <= cap.given, "{}: {taken}", cap.rule);
        // What nobody got is still there, and no more.
        let rest = stand.all_at_once((0..100).map(|i| (cap.send)(10_000 + i))).await;
        assert_eq!(taken + allowed(&rest, cap.rule), cap.given, "{}", cap.rule);
        recount::of_all(&stand.pair.policy.database.connect().await).await;
    }
}
