//! conversation-state gone, frozen, or cut off while there is much to tell.

use azeer_tests::service::any_port;
use azeer_tests::{Database, Mode, Policy, Proxy, Replica, Service};
use tokio_postgres::Client;

use super::rows::{
    self, add_many, add_windows, assert_once, customers_write, events, until_told, until_tried,
};
use crate::PROGRAM;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_reported_while_nobody_served_arrives_once() {
    let database = Database::new().await;
    let first = Replica::start(PROGRAM, &database).await;
    customers_write(&first.clients).await;
    let address = first.address();
    let policy = Policy::start(address).await;
    first.kill().await;
    let client = policy.database.connect().await;
    add_many(&client, 0..1_000).await;
    add_windows(&client).await;
    let _back = Replica::start_at(PROGRAM, &database, address).await;
    until_told(&client).await;
    let conversations = database.connect().await;
    assert_once(&conversations, 1_000).await;
    assert_eq!(events(&conversations, "WINDOW_CORRECTED").await, rows::CUSTOMERS);
}

#[tokio::test]
async fn one_that_nobody_started_yet_is_told_once_it_serves() {
    let database = Database::new().await;
    let never = Proxy::start(&[any_port()]).await;
    let policy = Policy::start(never.address()).await;
    let client = policy.database.connect().await;
    add_many(&client, 0..rows::CUSTOMERS).await;
    policy.server.stop().await;
    let tried = client.query("SELECT FROM outbox WHERE tries > 0", &[]).await.unwrap();
    assert!(tried.is_empty(), "nobody touches what nobody can be told");

    let conversation = Service::start_with(database, |_| {}).await;
    customers_write(&conversation.clients).await;
    let address = conversation.server.local_addr();
    let _later = Policy::start_with(policy.database.clone(), address, |_| {}).await;
    until_told(&client).await;
    assert_once(&conversation.database.connect().await, rows::CUSTOMERS).await;
}

/// Has it tell the first message: once that is told, there is a connection. Gives its database's
/// client.
async fn connected(policy: &Policy) -> Client {
    let client = policy.database.connect().await;
    add_many(&client, 0..1).await;
    until_told(&client).await;
    client
}

/// Cut off in one way again and again, with rows on the way and rows that come meanwhile.
async fn assert_survives(mode: Mode) {
    const EACH: usize = 150;
    let conversation = Service::start().await;
    customers_write(&conversation.clients).await;
    let proxy = Proxy::start(&[conversation.server.local_addr()]).await;
    let policy = Policy::start(proxy.address()).await;
    let client = connected(&policy).await;
    for round in 0..2 {
        let begin = 1 + round * 2 * EACH;
        add_many(&client, begin..begin + EACH).await;
        proxy.set(mode);
        add_many(&client, begin + EACH..begin + 2 * EACH).await;
        until_tried(&client).await;
        proxy.set(Mode::Pass);
        until_told(&client).await;
    }
    assert_once(&conversation.database.connect().await, 1 + 4 * EACH).await;
}

#[tokio::test]
async fn what_bytes_were_held_up_of_arrives_once() {
    assert_survives(Mode::Stall).await;
}

#[tokio::test]
async fn what_bytes_were_lost_of_arrives_once() {
    assert_survives(Mode::Lose).await;
}

#[tokio::test]
async fn what_was_told_but_never_answered_arrives_once() {
    assert_survives(Mode::HalfClose).await;
}

#[tokio::test]
async fn what_was_cut_off_arrives_once() {
    assert_survives(Mode::Cut).await;
}

#[tokio::test]
async fn what_a_frozen_one_was_told_arrives_once() {
    let database = Database::new().await;
    let replica = Replica::start(PROGRAM, &database).await;
    customers_write(&replica.clients).await;
    let policy = Policy::start(replica.address()).await;
    let client = connected(&policy).await;
    for round in 0..2 {
        let begin = 1 + round * 100;
        replica.signal("STOP");
        add_many(&client, begin..begin + 100).await;
        until_tried(&client).await;
        replica.signal("CONT");
        until_told(&client).await;
    }
    assert_once(&database.connect().await, 201).await;
}

#[tokio::test]
async fn what_was_claimed_is_anybodys_once_the_service_has_stopped() {
    let conversation = Service::start().await;
    customers_write(&conversation.clients).await;
    let proxy = Proxy::start(&[conversation.server.local_addr()]).await;
    let policy = Policy::start(proxy.address()).await;
    let client = connected(&policy).await;
    proxy.set(Mode::Stall);
    add_many(&client, 1..101).await;
    until_tried(&client).await;
    policy.server.stop().await;
    assert_eq!(claimed(&client).await, 0);
    let address = conversation.server.local_addr();
    let _other = Policy::start_with(policy.database.clone(), address, |_| {}).await;
    until_told(&client).await;
    proxy.set(Mode::Pass);
    assert_once(&conversation.database.connect().await, 101).await;
}

/// How many rows some replica has for itself.
async fn claimed(client: &Client) -> i64 {
    let text = "SELECT count(*) FROM outbox WHERE due_at > now()";
    client.query_one(text, &[]).await.unwrap().get(0)
}
