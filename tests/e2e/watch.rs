//! What watchers are promised, by the names of the guarantees: ordered, unique, gapless,
//! resumable, bookmarkable; over reconnects, replicas and restarts.

mod begin;
mod ends;
mod filters;
mod heartbeats;
mod load;
mod replicas;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, now};
use azeer_tests::{Clients, Database, Watch, ops};
use futures::future::join_all;

/// The place where the tenant's log is now.
async fn here(clients: &Clients) -> String {
    let counts = clients.conversations.clone().get_tab_counts(ops::counts()).await.unwrap();
    counts.into_inner().resume_token
}

/// A customer's message.
async fn say(clients: &Clients, contact: &str, message: &str) -> pb::Conversation {
    let said = ops::inbound(contact, message, now());
    let said = clients.conversations.clone().record_inbound_message(said).await.unwrap();
    said.into_inner().conversation.unwrap()
}

/// Several messages, one after the other.
async fn say_many(clients: &Clients, contact: &str, count: usize) {
    for i in 0..count {
        say(clients, contact, &format!("{contact}-{i}")).await;
    }
}

/// A webhook body of so many messages, each of another contact of its channel: the number says
/// which body.
async fn ingest(clients: &Clients, number: usize, messages: usize) {
    let messages = (0..messages).map(|i| (format!("contact-{i}"), format!("{number}-{i}")));
    let request = ops::webhook(ops::CHANNEL, messages, now());
    let results = clients.conversations.clone().ingest_webhook(request).await.unwrap();
    let results = results.into_inner().results;
    assert!(results.iter().all(|result| result.outcome() == pb::IngestOutcome::Applied));
}

/// Two services on one database.
async fn pair() -> [Service; 2] {
    let database = Database::new().await;
    let start = || Service::start_with(database.clone(), |_| {});
    [start().await, start().await]
}

#[tokio::test]
async fn ordered_unique_gapless() {
    let services = pair().await;
    let from = here(&services[0].clients).await;
    let mut watches = Vec::new();
    for service in &services {
        for request in [ops::watch(""), ops::watch(&from)] {
            watches.push(Watch::open(&service.clients, request).await.unwrap());
        }
    }
    let writes = (0..8).map(async |writer: usize| {
        let clients = &services[writer % 2].clients;
        say_many(clients, &format!("contact-{writer}"), 25).await;
    });
    let read = watches.iter_mut().map(|watch| watch.revisions(200));
    let (_, told) = futures::join!(join_all(writes), join_all(read));
    for revisions in told {
        assert!(revisions.into_iter().eq(1..=200));
    }
}

#[tokio::test]
async fn resumable_at_any_revision() {
    let [one, other] = pair().await;
    let mut watch = Watch::open(&one.clients, ops::watch("")).await.unwrap();
    let mut places = vec![watch.token.clone()];
    say_many(&one.clients, "ali", 30).await;
    for revision in 1..=30 {
        assert_eq!(watch.event().await.0.revision, revision);
        places.push(watch.token.clone());
    }
    for (after, place) in (0..).zip(&places) {
        let clients = if after % 2 == 0 { &one.clients } else { &other.clients };
        let mut watch = Watch::open(clients, ops::watch(place)).await.unwrap();
        assert_eq!(&watch.token, place, "the first heartbeat is the place that was asked for");
        let rest = watch.revisions(30 - after).await;
        assert!(rest.into_iter().eq(i64::try_from(after).unwrap() + 1..=30));
        assert_eq!(watch.token, places[30]);
    }
}
