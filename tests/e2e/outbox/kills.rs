//! A messaging-policy killed with rows in its hands: others tell them when its lease is over.

use azeer_runtime::clock::Clock;
use azeer_tests::{Database, Mode, Policy, PolicyClients, Proxy, Replica, Service, service};
use chrono::TimeDelta;

use super::rows::{
    CUSTOMERS, add_many, assert_once, customers_write, until, until_told, until_tried,
};
use crate::PROGRAM;

/// A conversation-state behind a proxy that holds everything up, and a messaging-policy in a process
/// of its own that has claimed rows.
async fn claimed() -> (Service, Proxy, Replica<PolicyClients>, Database) {
    let conversation = Service::start().await;
    customers_write(&conversation.clients).await;
    let proxy = Proxy::start(&[conversation.server.local_addr()]).await;
    let database = Database::policy().await;
    let replica = Replica::policy(PROGRAM, &database, proxy.address()).await;
    let client = database.connect().await;
    // Once one is told, there is a connection.
    add_many(&client, 0..1).await;
    until_told(&client).await;
    proxy.set(Mode::Stall);
    add_many(&client, 1..CUSTOMERS).await;
    until_tried(&client).await;
    (conversation, proxy, replica, database)
}

/// Another one, whose clock is past the lease, tells what is left.
async fn take_over(conversation: &Service, database: &Database) -> Policy {
    let address = conversation.server.local_addr();
    let clock = Clock::standing_at(service::now() + TimeDelta::minutes(1));
    Policy::start_with(database.clone(), address, |config| config.clock = clock).await
}

#[tokio::test]
async fn between_claiming_and_telling() {
    let (conversation, _proxy, replica, database) = claimed().await;
    replica.kill().await;
    let _other = take_over(&conversation, &database).await;
    until_told(&database.connect().await).await;
    assert_once(&conversation.database.connect().await, CUSTOMERS).await;
}

#[tokio::test]
async fn between_telling_and_removing() {
    let (conversation, proxy, replica, database) = claimed().await;
    let (client, mut holder) = (database.connect().await, database.connect().await);
    let conversations = conversation.database.connect().await;
    // Whoever removes a row waits for the holder.
    let held = holder.transaction().await.unwrap();
    let rows = held.query("SELECT FROM outbox WHERE tries > 0 FOR UPDATE", &[]).await.unwrap();
    assert!(!rows.is_empty());
    proxy.set(Mode::Pass);
    let told = "SELECT count(*) > 1 FROM messages WHERE NOT inbound";
    until(&conversations, told, "something is told").await;
    until(&client, &sessions("wait_event_type = 'Lock'", "> 0"), "it is about to go").await;
    replica.kill().await;
    until(&client, &sessions("true", "= 0"), "the database has noticed").await;
    held.rollback().await.unwrap();
    let _other = take_over(&conversation, &database).await;
    until_told(&client).await;
    assert_once(&conversations, CUSTOMERS).await;
}

/// Asks whether so many of the service's sessions are such.
fn sessions(such: &str, so_many: &str) -> String {
    format!(
        "SELECT count(*) {so_many} FROM pg_stat_activity WHERE {such} \
         AND datname = current_database() AND application_name = 'messaging-policy'"
    )
}
