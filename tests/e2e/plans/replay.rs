//! The same for replays: each reads the decisions of its range once, and no others.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, Policy, Service, ops, service};
use chrono::TimeDelta;

use super::sends::{MANY, PROGRAM, fill, forget_filling, start};
use super::{ROUNDS, assert_few_read, rows_read};
use crate::replay;

/// Decisions within the range of one round. There is one in 0.8 seconds.
const IN_RANGE: i64 = 1_000;
/// Rows of tables and indexes that one round may read: each decision by one entry of an index.
const ROWS_PER_ROUND: i64 = IN_RANGE * 11 / 10;

#[tokio::test]
async fn a_replay_planned_over_an_empty_database_reads_its_range() {
    let database = Database::policy().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let conversation = Service::start().await;
    let policy = start(&database, &conversation).await;
    assert_eq!(round(&policy, 1).await, 0);
    fill(&client, 0).await;
    check(policy, &database).await;
    forget_filling(&client).await;
}

#[tokio::test]
async fn a_replay_planned_among_many_small_tenants_reads_its_range_of_a_big_one() {
    let database = Database::policy().await;
    let client = database.connect().await;
    fill(&client, 10_000).await;
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    let conversation = Service::start().await;
    let policy = start(&database, &conversation).await;
    check(policy, &database).await;
    forget_filling(&client).await;
}

async fn check(policy: Policy, database: &Database) {
    let client = database.connect().await;
    let before = rows_read(&client).await;
    for place in 1..=ROUNDS {
        let examined = round(&policy, place).await;
        assert!((examined - IN_RANGE).abs() <= 2, "{examined}");
    }
    policy.server.stop().await;
    assert_few_read(&client, PROGRAM, &before, ROWS_PER_ROUND).await;
}

/// Replays a range somewhere among the decisions. Gives how many it has.
async fn round(policy: &Policy, place: i64) -> i64 {
    let decisions_ago = |many: i64| TimeDelta::milliseconds(800 * many);
    let end = service::now() - decisions_ago(place * (MANY - 2 * IN_RANGE) / ROUNDS + IN_RANGE / 2);
    let request = pb::ReplayDecisionsRequest {
        decided_from: service::timestamp(end - decisions_ago(IN_RANGE)),
        decided_before: service::timestamp(end),
        ..replay::of_all(pb::Policy::default())
    };
    assert_eq!(request.tenant_id, ops::TENANT);
    replay::replay(&policy.clients, request).await.unwrap().1.examined
}
