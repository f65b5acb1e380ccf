//! Rows that cannot be told are kept, and keep nobody waiting.

use azeer_tests::service::{at, now};
use azeer_tests::{Pair, Policy};

use super::fake::Fake;
use super::rows::{self, Row, until, until_told};

/// Waits until nothing is left but so many rows that were tried and pause.
async fn until_only_left(client: &tokio_postgres::Client, rows: usize) {
    let query = format!(
        "SELECT count(*) = {rows} AND count(*) FILTER (WHERE tries > 0) = {rows} FROM outbox"
    );
    until(client, &query, "the others are told").await;
}

#[tokio::test]
async fn what_is_refused_waits_until_somebody_mends_it() {
    let pair = Pair::start().await;
    let client = pair.policy.database.connect().await;
    pair.customer_writes("ali", "m1").await;
    let refused = Row::free_form("ali", "early", at("2001-01-01T00:00:00Z"));
    refused.add(&client).await;
    // What the service itself cannot read.
    Row { tenant: "no tenant".into(), ..refused.clone() }.add(&client).await;
    Row { message: String::new(), ..Row::window_closed("ali", "", now()) }.add(&client).await;
    for i in 0..100 {
        Row::free_form("ali", &format!("s{i}"), now()).add(&client).await;
    }
    until_only_left(&client, 3).await;

    let mend = "UPDATE outbox SET due_at = now(), occurred_at = now(), message_id = 'mended', \
         tenant_id = 'acme'";
    let one = format!("{mend} WHERE kind = 'OUTBOUND' AND tenant_id = 'acme'");
    assert_eq!(client.execute(&one, &[]).await.unwrap(), 1);
    until_only_left(&client, 2).await;
    client.execute("DELETE FROM outbox WHERE tenant_id <> 'acme'", &[]).await.unwrap();
    client.execute(mend, &[]).await.unwrap();
    until_told(&client).await;
    let told = rows::conversation(&pair.conversation.clients, "ali").await;
    assert!(told.last_outbound_at.is_some());
}

/// Each row goes to one replica at a time, and to no other when that has told it.
#[tokio::test]
async fn while_all_goes_well_nothing_is_told_twice() {
    let fake = Fake::start().await;
    let policy = Policy::start(fake.address).await;
    let _other = Policy::start_with(policy.database.clone(), fake.address, |_| {}).await;
    let client = policy.database.connect().await;
    for i in 0..500 {
        Row::free_form("ali", &format!("s{i}"), now()).add(&client).await;
    }
    until_told(&client).await;
    let told = fake.told();
    assert_eq!(told.len(), 500);
    assert!(told.values().all(|times| *times == 1), "{told:?}");
}

#[tokio::test]
async fn what_makes_replicas_fail_keeps_nobody_waiting() {
    let fake = Fake::start().await;
    let policy = Policy::start(fake.address).await;
    let client = policy.database.connect().await;
    for poison in [Fake::FAILS, Fake::NEVER, Fake::FULL] {
        Row::free_form("ali", poison, now()).add(&client).await;
    }
    for i in 0..500 {
        Row::free_form("ali", &format!("s{i}"), now()).add(&client).await;
    }
    until_only_left(&client, 3).await;
    let told = fake.told();
    assert!((0..500).all(|i| told.contains_key(&format!("s{i}"))), "{told:?}");
    // They are still tried.
    let again = "SELECT bool_and(tries > 1) FROM outbox";
    until(&client, again, "they are tried again").await;
}
