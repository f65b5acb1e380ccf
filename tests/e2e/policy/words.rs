//! What a policy sets beside rules: permits, and the words by which customers opt out.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, PolicyClients, ops};
use prost_types::FieldMask;

use super::{policy, two, update_policy};
use crate::support::{Dump, noon};

fn change(permits: pb::PermitMode, words: &[&str], paths: &[&str]) -> pb::UpdatePolicyRequest {
    let policy = pb::Policy {
        permit_mode: permits.into(),
        stop_words: words.iter().map(ToString::to_string).collect(),
        ..Default::default()
    };
    pb::UpdatePolicyRequest {
        tenant_id: ops::TENANT.into(),
        policy: Some(policy),
        update_mask: Some(FieldMask { paths: paths.iter().map(ToString::to_string).collect() }),
        ..Default::default()
    }
}

#[tokio::test]
async fn a_change_is_told_by_every_replica() {
    use pb::PermitMode::{Off, On, Unspecified};
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    let by_default = policy(&pair).await;
    assert_eq!(by_default.permit_mode(), On);
    for word in ["stop", "unsubscribe", "توقف", "إلغاء الاشتراك"] {
        assert!(by_default.stop_words.iter().any(|known| known == word), "{word}");
    }
    let words = ["quit", "كفى"];
    // Each after those above it: what is changed, whether there are permits then, and the words.
    let defaults: Vec<_> = by_default.stop_words.iter().map(String::as_str).collect();
    let rows: [(_, _, &[&str]); 6] = [
        (change(Off, &[], &[]), Off, &defaults),
        (change(Unspecified, &words, &[]), Off, &words),
        (change(Unspecified, &[], &["permit_mode"]), On, &words),
        (change(Off, &[], &["permit_mode", "rules"]), Off, &words),
        (change(On, &[], &["stop_words"]), Off, &[]),
        (change(Unspecified, &["stop", "STOP!"], &["*"]), On, &["stop"]),
    ];
    for (round, (change, permits, words)) in rows.into_iter().enumerate() {
        let changed = update_policy(replicas[round % 2], change).await.unwrap();
        assert_eq!((changed.permit_mode(), &*changed.stop_words), (permits, &*owned(words)));
        for replica in replicas {
            assert_eq!(policy(replica).await, changed, "round {round}");
        }
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn what_changes_nothing_makes_no_version() {
    let pair = Pair::at(noon()).await;
    let words = ["quit", "كفى"];
    let set = update_policy(&pair, change(pb::PermitMode::Off, &words, &[])).await.unwrap();
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    for same in [
        change(pb::PermitMode::Unspecified, &[], &[]),
        change(
            pb::PermitMode::Off,
            &["quit", "Quit", "كفى", "كفي"],
            &["permit_mode", "stop_words"],
        ),
    ] {
        assert_eq!(update_policy(&pair, same).await.unwrap(), set);
    }
    assert_eq!(dump.rows().await, before);
}
