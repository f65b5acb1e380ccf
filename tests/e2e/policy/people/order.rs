//! The order of arrival does not matter: whatever people say, under whichever ids.

use std::sync::atomic::{AtomicUsize, Ordering};

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, Policy, PolicyClients};
use chrono::TimeDelta;
use pb::ConsentState::{OptedIn, OptedOut};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::{are_one, get, said, set, two};
use crate::support::noon;

const CASES: u32 = 40;
/// Ids that a person has.
const IDS: usize = 3;

/// Something that a person says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Statement {
    id: usize,
    second: i64,
    opts_out: bool,
    source: &'static str,
}

/// What a person says, and an order in which it arrives. What is said again under an id is left
/// out: of that the first arrival is kept.
fn statements() -> impl Strategy<Value = (Vec<Statement>, Vec<Statement>)> {
    let source = prop_oneof![Just("form"), Just("stop-word")];
    let statement = (0..IDS, 0..4_i64, any::<bool>(), source);
    let statement = statement.prop_map(|(id, second, opts_out, source)| Statement {
        id,
        second,
        opts_out,
        source,
    });
    proptest::collection::vec(statement, 1..12).prop_flat_map(|mut all| {
        all.sort_unstable();
        all.dedup_by_key(|one| (one.id, one.second, one.opts_out));
        (Just(all.clone()), Just(all).prop_shuffle())
    })
}

/// A person's ids, those of different people in the same order.
fn ids(person: usize) -> [String; IDS] {
    std::array::from_fn(|id| format!("{person}-{id}"))
}

/// What is told of a person who said these, without what tells people and arrivals apart.
async fn told(
    pair: &Pair,
    replicas: [&PolicyClients; 2],
    person: usize,
    arriving: &[Statement],
) -> (pb::Consent, Vec<pb::ConsentChange>) {
    let ids = ids(person);
    are_one(pair, &ids.each_ref().map(String::as_str)).await;
    let mut answer = None;
    for (n, statement) in (1..).zip(arriving) {
        pair.set(noon() + TimeDelta::minutes(n));
        let Statement { id, second, opts_out, source } = *statement;
        let state = if opts_out { OptedOut } else { OptedIn };
        let clients = replicas[usize::try_from(n % 2).unwrap()];
        answer = Some(set(clients, said(&ids[id], state, second, source)).await);
    }
    let mut seen = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let (consent, history) = get(replicas[n % 2], id).await;
        let consent = pb::Consent { contact_id: String::new(), ..consent };
        seen.push((consent, history));
    }
    assert!(seen.iter().all(|one| *one == seen[0]), "every id tells the same: {seen:#?}");
    let (mut consent, mut history) = seen.remove(0);
    let answer = answer.map(|answer| pb::Consent { contact_id: String::new(), ..answer });
    assert_eq!(answer.as_ref(), Some(&consent), "what the last one was told holds");
    consent.update_time = None;
    for change in &mut history {
        change.record_time = None;
        change.contact_id = change.contact_id.split_off(person.to_string().len());
    }
    (consent, history)
}

/// What holds and what was said, by the plainest of means.
fn naive(said: &[Statement]) -> (bool, usize) {
    let last = said.iter().map(|one| (one.second, one.opts_out)).max().unwrap();
    let mut different: Vec<_> =
        said.iter().map(|one| (one.second, one.opts_out, one.source)).collect();
    different.sort_unstable();
    different.dedup();
    (last.1, different.len())
}

#[test]
fn any_order_of_arrival_comes_to_the_same() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (pair, other): (Pair, Policy) = runtime.block_on(two());
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    let people = AtomicUsize::new(10_000);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&statements(), |(said, arriving)| {
            let [one, two] = [(); 2].map(|()| people.fetch_add(1, Ordering::Relaxed));
            let (expected, told) = runtime.block_on(async {
                pair.set(noon());
                let expected = told(&pair, replicas, one, &said).await;
                pair.set(noon());
                (expected, told(&pair, replicas, two, &arriving).await)
            });
            prop_assert_eq!(&told, &expected);
            let (consent, history) = told;
            let (opted_out, different) = naive(&said);
            prop_assert_eq!(consent.state() == OptedOut, opted_out);
            prop_assert_eq!(history.len(), different);
            prop_assert_eq!(history[0].state(), consent.state());
            prop_assert_eq!(history[0].occurred_at, consent.occurred_at);
            prop_assert_eq!(&history[0].source, &consent.source);
            Ok(())
        })
        .unwrap();
}
