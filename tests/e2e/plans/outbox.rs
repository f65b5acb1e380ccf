//! The same for messaging-policy's outbox: what is due is found at once, however much waits.

use azeer_tests::service::{at, now};
use azeer_tests::{Database, Policy, Service, Watch, ops};
use tokio_postgres::Client;

use super::sends::start;
use super::{ROUNDS, assert_few_read, rows_read};
use crate::outbox::Row;

/// Rows that wait.
const MANY: i64 = 100_000;
/// Rows that are due in each round.
const DUE: usize = 5;
/// Rows that one round may read: each row is found to be claimed and again to be removed or put back;
/// and now and then somebody looks in vain.
const ROWS_PER_ROUND: i64 = 100;

const PROGRAM: &str = "messaging-policy";

#[tokio::test]
async fn statements_planned_over_an_outbox_as_good_as_empty_read_no_more_later() {
    let (conversation, database) = (Service::start().await, Database::policy().await);
    let client = database.connect().await;
    // Of one without any row the planner takes it that there will be some.
    fill(&client, 1).await;
    client.batch_execute("VACUUM ANALYZE outbox").await.unwrap();
    let mut watch = Watch::open(&conversation.clients, ops::watch("")).await.unwrap();
    let policy = start(&database, &conversation).await;
    tell(&client, &mut watch, 0).await;
    fill(&client, MANY).await;
    assert_each_round_reads_little(&client, &mut watch, policy).await;
}

#[tokio::test]
async fn statements_planned_while_much_waits_read_no_more_either() {
    let (conversation, database) = (Service::start().await, Database::policy().await);
    let client = database.connect().await;
    fill(&client, MANY).await;
    client.batch_execute("VACUUM ANALYZE outbox").await.unwrap();
    let mut watch = Watch::open(&conversation.clients, ops::watch("")).await.unwrap();
    let policy = start(&database, &conversation).await;
    assert_each_round_reads_little(&client, &mut watch, policy).await;
}

async fn assert_each_round_reads_little(client: &Client, watch: &mut Watch, policy: Policy) {
    let before = rows_read(client).await;
    for round in 1..=ROUNDS {
        tell(client, watch, round).await;
    }
    policy.server.stop().await;
    assert_few_read(client, PROGRAM, &before, ROWS_PER_ROUND).await;
}

/// Adds rows that are due, one of which is refused, and waits until the others are told.
async fn tell(client: &Client, watch: &mut Watch, round: i64) {
    let contact = format!("contact-{round}");
    Row::free_form(&contact, &format!("early-{round}"), at("2001-01-01T00:00:00Z"))
        .add(client)
        .await;
    for i in 1..DUE {
        Row::free_form(&contact, &format!("{round}-{i}"), now()).add(client).await;
    }
    for _ in 1..DUE {
        watch.event().await;
    }
}

/// Rows of many tenants that are due tomorrow.
async fn fill(client: &Client, rows: i64) {
    let text = format!(
        "INSERT INTO outbox (tenant_id, decision_id, kind, due_at, tries, channel_id, contact_id,
             message_id, occurred_at, sender_kind, sender_id, template_name, handler_epoch)
           SELECT CASE WHEN i % 2 = 0 THEN '{}' ELSE 'tenant-' || i END, gen_random_uuid(),
             'OUTBOUND', now() + interval '1 day' + i * interval '1 ms', 0, 'main', 'c-' || i,
             'm-' || i, now(), 'AGENT', 'sara', '', 0
           FROM generate_series(1, {rows}) i",
        ops::TENANT
    );
    client.batch_execute(&text).await.unwrap();
}
