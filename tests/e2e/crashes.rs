//! kill -9 of PostgreSQL and of the service under load: every acknowledged write is there, once.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use azeer_proto::conversation::v1 as pb;
use azeer_tests::{Clients, Database, Replica, database, ops, service};
use futures::future::join_all;
use tokio_postgres::Client;

use crate::PROGRAM;

const WRITERS: usize = 24;
const ROUNDS: usize = 4;
/// Writes that are acknowledged between two kills.
const BETWEEN: usize = 300;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_acknowledged_write_is_there_once_whatever_is_killed() {
    let directory = database::directory("crashes");
    let mut postgres = database::cluster(&directory).await;
    let database = Database::in_cluster(&postgres).await;
    let mut replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let clients: Vec<Clients> = replicas.iter().map(|replica| replica.clients.clone()).collect();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
            tokio::spawn(write(clients.clone(), writer, stop, acknowledged))
        })
        .collect();

    for round in 0..ROUNDS {
        more_acknowledged(&acknowledged).await;
        // The clients know the address: whoever serves there next has it.
        let address = replicas[round % 2].address();
        let [first, second] = replicas;
        let (killed, stays) = if round % 2 == 0 { (first, second) } else { (second, first) };
        killed.kill().await;
        more_acknowledged(&acknowledged).await;
        let again = Replica::start_at(PROGRAM, &database, address).await;
        replicas = if round % 2 == 0 { [again, stays] } else { [stays, again] };

        more_acknowledged(&acknowledged).await;
        postgres.kill().await.unwrap();
        postgres = database::cluster(&directory).await;
    }
    more_acknowledged(&acknowledged).await;
    stop.store(true, Ordering::Relaxed);
    let told: Vec<usize> = join_all(writers).await.into_iter().map(Result::unwrap).collect();

    let client = database.connect().await;
    check_log(&client, &told).await;
    check_counts(&clients[0], &client).await;
}

/// Waits until the writers have got on.
async fn more_acknowledged(acknowledged: &AtomicUsize) {
    let before = acknowledged.load(Ordering::Relaxed);
    while acknowledged.load(Ordering::Relaxed) < before + BETWEEN {
        tokio::task::yield_now().await;
    }
}

/// Tells message after message to its contact's conversation, each again until it is
/// acknowledged, to one replica or the other. Gives how many.
async fn write(
    clients: Vec<Clients>,
    writer: usize,
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
) -> usize {
    let contact = format!("contact-{writer}");
    let mut message = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut tries = writer;
        loop {
            let mut client = clients[tries % clients.len()].conversations.clone();
            let said = ops::inbound(&contact, &format!("{contact}-{message}"), service::now());
            match client.record_inbound_message(said).await {
                Ok(_) => break,
                Err(_) => tries += 1,
            }
            // Let the restart have the processor.
            tokio::task::yield_now().await;
        }
        message += 1;
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
    message
}

/// Each message has one event, no event is without a message, and no revision is missing.
async fn check_log(client: &Client, told: &[usize]) {
    for (writer, told) in told.iter().enumerate() {
        let row = client
            .query_one(
                "SELECT c.version, (SELECT count(*) FROM events e
                    WHERE e.tenant_id = c.tenant_id AND e.conversation_id = c.conversation_id),
                 (SELECT count(*) FROM messages m
                    WHERE m.tenant_id = c.tenant_id AND m.conversation_id = c.conversation_id)
                 FROM conversations c WHERE c.tenant_id = $1 AND c.contact_id = $2",
                &[&ops::TENANT, &format!("contact-{writer}")],
            )
            .await
            .unwrap();
        let told = i64::try_from(*told).unwrap();
        let found: [i64; 3] = [row.get(0), row.get(1), row.get(2)];
        assert_eq!(found, [told; 3], "version, events and messages of contact-{writer}");
    }
    let rows = client.query("SELECT revision FROM events ORDER BY revision", &[]).await.unwrap();
    let revisions: BTreeSet<i64> = rows.iter().map(|row| row.get(0)).collect();
    let last = i64::try_from(rows.len()).unwrap();
    assert!(revisions.into_iter().eq(1..=last), "revisions without a gap");
}

async fn check_counts(clients: &Clients, client: &Client) {
    let row = client.query_one("SELECT count(*) FROM conversations", &[]).await.unwrap();
    let all: i64 = row.get(0);
    let mut conversations = clients.conversations.clone();
    let counts = loop {
        // The replica may not have noticed yet that its connections broke.
        if let Ok(counts) = conversations.get_tab_counts(ops::counts()).await {
            break counts.into_inner();
        }
    };
    let pb::GetTabCountsResponse { open, expired, closed, bot, awaiting_reply, .. } = counts;
    assert_eq!([open, expired, closed, bot, awaiting_reply], [all, 0, 0, 0, all]);
}

/// Frozen in the middle of a batch, a replica holds its tenants' locks: the database takes them
/// away from it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_replica_holds_nobody_up_for_good() {
    let database = Database::new().await;
    let freezes = Replica::start(PROGRAM, &database).await;
    let other = Replica::start(PROGRAM, &database).await;
    let stop = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicUsize::new(0));
    let clients = vec![freezes.clients.clone()];
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (stop, acknowledged) = (Arc::clone(&stop), Arc::clone(&acknowledged));
            tokio::spawn(write(clients.clone(), writer, stop, acknowledged))
        })
        .collect();
    for round in 0..3 {
        more_acknowledged(&acknowledged).await;
        freezes.signal("STOP");
        let mut client = other.clients.conversations.clone();
        let said = ops::inbound("patient", &format!("patient-{round}"), service::now());
        while client.record_inbound_message(said.clone()).await.is_err() {}
        freezes.signal("CONT");
    }
    more_acknowledged(&acknowledged).await;
    stop.store(true, Ordering::Relaxed);
    let told: Vec<usize> = join_all(writers).await.into_iter().map(Result::unwrap).collect();
    check_log(&database.connect().await, &told).await;
}
