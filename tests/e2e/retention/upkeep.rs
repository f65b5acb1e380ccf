//! The services remove what is no longer kept by themselves, on any number of replicas.

use azeer_runtime::retention::Keep;
use azeer_tests::service::now;
use azeer_tests::{Database, Policy, Service, ops};
use chrono::TimeDelta;
use tokio_postgres::Client;

use crate::support::write;

/// Waits until no row of a table is old any more.
async fn until_gone(client: &Client, rows: &str) {
    let text = format!("SELECT count(*) FROM {rows}");
    while client.query_one(&text, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn of_conversation_state() {
    let database = Database::new().await;
    let first = Service::start_with(database.clone(), |_| {}).await;
    write(&first.clients.channel, ops::inbound("ali", "m1", now())).await.unwrap();
    let client = database.connect().await;
    let older = "UPDATE messages SET recorded_at = now() - interval '50 days';
        UPDATE events SET recorded_at = now() - interval '500 days'";
    client.batch_execute(older).await.unwrap();
    write(&first.clients.channel, ops::inbound("ali", "m2", now())).await.unwrap();
    first.server.stop().await;
    let replicas = [
        Service::start_with(database.clone(), |_| {}).await,
        Service::start_with(database.clone(), |_| {}).await,
    ];
    until_gone(&client, "messages WHERE message_id = 'm1'").await;
    until_gone(&client, "events WHERE revision = 1").await;
    let left = "SELECT (SELECT count(*) FROM messages), (SELECT count(*) FROM events)";
    let left = client.query_one(left, &[]).await.unwrap();
    assert_eq!((left.get::<_, i64>(0), left.get::<_, i64>(1)), (1, 1));
    for replica in replicas {
        replica.server.stop().await;
    }
}

#[tokio::test]
async fn of_messaging_policy() {
    let conversation = Service::start().await;
    let database = Database::policy().await;
    let address = conversation.server.local_addr();
    let first = Policy::start_with(database.clone(), address, |_| {}).await;
    first.clients.authorize(ops::free_form("ali")).await.unwrap();
    // Nobody else is at it, by what flags of its own say.
    first.server.stop().await;
    let client = database.connect().await;
    // Forgotten at once: what was decided now is older than nothing at all.
    let at_once = |config: &mut messaging_policy::Config| {
        config.retention.keep_people = Keep::For(TimeDelta::zero());
    };
    let _replicas = [
        Policy::start_with(database.clone(), address, at_once).await,
        Policy::start_with(database.clone(), address, at_once).await,
    ];
    until_gone(&client, "decision_people").await;
    let decisions = "SELECT count(*) FROM decisions";
    assert_eq!(client.query_one(decisions, &[]).await.unwrap().get::<_, i64>(0), 1);
}
