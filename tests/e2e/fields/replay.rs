//! The fields of `ReplayDecisions`.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, ops};
use prost_types::Timestamp;

use super::rows::{Rows, Table};
use super::values::{self, Values};
use crate::support::{Dump, noon};

/// Its table.
pub(super) fn tables() -> Vec<Table> {
    let began = values::times().good[0];
    let replay = pb::ReplayDecisionsRequest {
        tenant_id: ops::TENANT.into(),
        decided_from: began,
        decided_before: timestamp(noon()),
        policy: Some(pb::Policy::default()),
        update_mask: None,
    };
    vec![
        Rows::of(replay)
            .name("tenant_id", |r, v| r.tenant_id = v)
            .values("decided_from", from(), |r, v| r.decided_from = v)
            .values("decided_before", before(began), |r, v| r.decided_before = v)
            .policy_change(|r| (&mut r.policy, &mut r.update_mask))
            .table(),
    ]
}

/// Bad ones are missing, or no times at all.
fn from() -> Values<Option<Timestamp>> {
    let Values { bad, good } = values::times();
    Values { bad: bad[2..].to_vec(), good: good[..2].to_vec() }
}

/// The same, and the other end of the range; what lies ahead is taken.
fn before(from: Option<Timestamp>) -> Values<Option<Timestamp>> {
    let Values { bad, good } = values::times();
    let (ahead, bad) = bad.split_at(2);
    let good = [ahead, &good[1..]].concat();
    Values { bad: [&[from], bad].concat(), good }
}

#[tokio::test]
async fn wrong_values_are_named_and_change_nothing() {
    let pair = Pair::at(noon()).await;
    pair.authorize(ops::free_form("ali")).await.unwrap();
    let dump = Dump::of(&pair.policy.database).await;
    super::check(tables(), &pair.channel, &dump, "policy.azeer").await;
}
