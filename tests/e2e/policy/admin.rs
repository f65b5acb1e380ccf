//! Policies and their versions.

use std::collections::BTreeSet;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{at, timestamp};
use azeer_tests::{Pair, PolicyClients, ops};
use futures::future::join;
use pb::rule_parameter::Value;
use prost_types::Duration;
use tonic::Code;

use super::{ROUNDS, policy, told, two, update_policy};
use crate::support::{Dump, noon};

const RULE: &str = "WINDOW_NEVER_OPENED";

/// A change of whether a rule refuses.
fn mode(rule: &str, mode: pb::RuleMode, etag: &str) -> pb::UpdatePolicyRequest {
    let setting = pb::RuleSetting { mode: mode.into(), ..Default::default() };
    let rules = [(rule.to_owned(), setting)].into();
    pb::UpdatePolicyRequest {
        tenant_id: ops::TENANT.into(),
        policy: Some(pb::Policy { rules, ..Default::default() }),
        etag: etag.into(),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_policy_that_nobody_changed_is_the_default() {
    let pair = Pair::at(noon()).await;
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    let told = policy(&pair).await;
    assert_eq!((told.tenant_id.as_str(), told.version, told.etag.as_str()), (ops::TENANT, 0, ""));
    assert_eq!(told.update_time, None);
    let free: Vec<_> = told.free_within_window().collect();
    assert_eq!(free, [pb::MessageKind::FreeForm, pb::MessageKind::Utility]);
    assert!(told.rules.len() > 20, "{told:?}");
    assert!(told.rules.values().all(|rule| rule.mode() == pb::RuleMode::Enforce));
    let of = |rule: &str, name: &str| told.rules[rule].parameters[name].value;
    let five = Duration { seconds: 5, nanos: 0 };
    assert_eq!(of("WINDOW_EXPIRED", "margin"), Some(Value::Duration(five)));
    assert_eq!(of("CONTACT_FREQUENCY_CAP", "marketing_per_day"), Some(Value::Count(3)));
    assert_eq!(dump.rows().await, before, "asking changes nothing");
}

#[tokio::test]
async fn a_change_holds_for_every_decision_after_it_on_every_replica() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    for round in 0..ROUNDS {
        let (here, there) = (replicas[round % 2], replicas[(round + 1) % 2]);
        let (wanted, refused) = if round % 2 == 0 {
            (pb::RuleMode::Off, &[][..])
        } else {
            (pb::RuleMode::Enforce, &[RULE][..])
        };
        let changed = update_policy(here, mode(RULE, wanted, "")).await.unwrap();
        for replica in [there, here] {
            let checked = replica.check(ops::free_form("stranger")).await.unwrap();
            let authorized = replica.authorize(ops::free_form("stranger")).await.unwrap();
            for decision in [checked, authorized] {
                assert_eq!(ops::codes(&decision), refused, "round {round}");
                assert_eq!(decision.policy_version, changed.version);
            }
            assert_eq!(policy(replica).await, changed);
        }
    }
}

#[tokio::test]
async fn every_version_is_kept_and_what_changes_nothing_makes_none() {
    let pair = Pair::at(noon()).await;
    let (off, warn) = (pb::RuleMode::Off, pb::RuleMode::Warn);
    let first = update_policy(&pair, mode(RULE, off, "")).await.unwrap();
    assert_eq!((first.version, first.update_time), (1, timestamp(noon())));
    pair.set(at("2026-03-01T13:00:00Z"));
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    let nothing = pb::UpdatePolicyRequest {
        policy: Some(pb::Policy::default()),
        ..mode(RULE, off, &first.etag)
    };
    for same in [mode(RULE, off, ""), mode(RULE, off, &first.etag), nothing] {
        assert_eq!(update_policy(&pair, same).await.unwrap(), first);
    }
    assert_eq!(dump.rows().await, before);

    let second = update_policy(&pair, mode(RULE, warn, &first.etag)).await.unwrap();
    assert_eq!((second.version, second.rules[RULE].mode()), (2, warn));
    assert_eq!(second.update_time, timestamp(at("2026-03-01T13:00:00Z")));
    assert_ne!(second.etag, first.etag);
    let stale = update_policy(&pair, mode(RULE, off, &first.etag)).await.unwrap_err();
    assert_eq!(told(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
    assert_eq!(policy(&pair).await, second);

    let client = pair.policy.database.connect().await;
    let versions = "SELECT version, policy->'rules'->$1->>'mode' FROM policies ORDER BY 1";
    let rows = client.query(versions, &[&RULE]).await.unwrap();
    let kept: Vec<(i64, String)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(kept, [(1, "OFF".to_owned()), (2, "WARN".to_owned())]);
}

#[tokio::test]
async fn of_all_who_know_the_same_version_one_changes_it() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    // A version that both can know.
    let mut known = update_policy(&pair, mode(RULE, pb::RuleMode::Warn, "")).await.unwrap();
    for round in 0..ROUNDS {
        let value = |n: usize| Value::Count(i64::try_from(2 + 2 * round + n).unwrap());
        let change = |n: usize| pb::UpdatePolicyRequest {
            etag: known.etag.clone(),
            ..ops::set_rule("JUSTIFICATION_REUSED", "contacts", value(n))
        };
        let (one, two) =
            join(update_policy(replicas[0], change(0)), update_policy(replicas[1], change(1)))
                .await;
        let (changed, refused) = match (one, two) {
            (Ok(changed), Err(refused)) | (Err(refused), Ok(changed)) => (changed, refused),
            both => panic!("one of both wins: {both:?}"),
        };
        assert_eq!(told(&refused), (Code::Aborted, "ETAG_MISMATCH".into()));
        assert_eq!(changed.version, known.version + 1);
        for replica in replicas {
            assert_eq!(policy(replica).await, changed);
        }
        known = changed;
    }
}

#[tokio::test]
async fn a_tenants_first_changes_get_versions_of_their_own() {
    let (pair, other) = two().await;
    let rules: Vec<_> = policy(&pair).await.rules.into_keys().take(2 * ROUNDS).collect();
    let changes = rules.iter().enumerate().map(|(n, rule)| {
        let replica: &PolicyClients = if n % 2 == 0 { &pair } else { &other.clients };
        update_policy(replica, mode(rule, pb::RuleMode::Off, ""))
    });
    let versions: BTreeSet<_> = futures::future::join_all(changes)
        .await
        .into_iter()
        .map(|changed| changed.unwrap().version)
        .collect();
    let last = i64::try_from(rules.len()).unwrap();
    assert_eq!(versions, (1..=last).collect());
    let all = policy(&other.clients).await;
    assert!(rules.iter().all(|rule| all.rules[rule].mode() == pb::RuleMode::Off), "none is lost");
}
