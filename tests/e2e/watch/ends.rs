//! How a watch ends, and that its token goes on from there, or why it does not.

use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, endpoint, now};
use azeer_tests::{Clients, Database, Watch, database, ops};
use tonic::{Code, Status};

use super::{here, ingest, say, say_many};
use crate::support::{metadata, told};

/// More than a feed and a connection keep for a reader.
const MANY: usize = 8_000;

/// Whether an end tells where to go on, and that it is told with the reason.
#[track_caller]
fn assert_goes_on(status: &Status, code: Code, reason: &str, token: &str) {
    assert_eq!(told(status), (code, reason.to_owned()));
    assert_eq!(metadata(status, "resume_token"), token, "the last place that was told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_reader_is_cut_off_and_holds_nobody_back() {
    let service = Service::start().await;
    let clients = &service.clients;
    // It has a connection of its own, and little room there.
    let its_own = endpoint(service.server.local_addr()).initial_stream_window_size(65_535);
    let its_own = Clients::over(its_own.connect_lazy());
    let mut slow = Watch::open(&its_own, ops::watch("")).await.unwrap();
    let mut fast = Watch::open(clients, ops::watch("")).await.unwrap();
    for body in 0..MANY / 1_000 {
        ingest(clients, body, 1_000).await;
        let first = i64::try_from(body * 1_000).unwrap();
        let revisions = fast.revisions(1_000).await;
        assert!(revisions.into_iter().eq(first + 1..=first + 1_000));
    }
    let mut last = 0;
    let status = loop {
        match slow.next().await {
            Ok(message) => {
                let Some(event) = message.event else { continue };
                assert_eq!(event.revision, last + 1);
                last = event.revision;
                assert!(last < i64::try_from(MANY).unwrap(), "it is cut off");
            }
            Err(status) => break status,
        }
    };
    assert_goes_on(&status, Code::Aborted, "WATCHER_TOO_SLOW", &slow.token);
    let mut again = Watch::open(clients, ops::watch(&slow.token)).await.unwrap();
    let rest = again.revisions(MANY - usize::try_from(last).unwrap()).await;
    assert!(rest.into_iter().eq(last + 1..=i64::try_from(MANY).unwrap()));
}

#[tokio::test]
async fn a_token_past_retention_has_expired() {
    let service = Service::start().await;
    let clients = &service.clients;
    let mut watch = Watch::open(clients, ops::watch("")).await.unwrap();
    let mut places = vec![watch.token.clone()];
    say_many(clients, "ali", 10).await;
    for _ in 0..10 {
        watch.event().await;
        places.push(watch.token.clone());
    }
    let client = service.database.connect().await;
    client.execute("DELETE FROM events WHERE revision <= 6", &[]).await.unwrap();
    for (after, place) in places.iter().enumerate() {
        let opened = Watch::open(clients, ops::watch(place)).await;
        match opened {
            Ok(mut watch) => {
                assert!(after >= 6, "{after}");
                let rest = watch.revisions(10 - after).await;
                assert!(rest.into_iter().eq(i64::try_from(after).unwrap() + 1..=10));
            }
            Err(status) => {
                assert!(after < 6, "{after}: {status:?}");
                assert_eq!(told(&status), (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".into()));
            }
        }
    }
    // All of it: the log's end is a place still, any other is not.
    client.execute("DELETE FROM events", &[]).await.unwrap();
    let status = Watch::open(clients, ops::watch(&places[9])).await.err().unwrap();
    assert_eq!(told(&status), (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".into()));
    let mut end = Watch::open(clients, ops::watch(&places[10])).await.unwrap();
    say(clients, "ali", "last").await;
    assert_eq!(end.revisions(1).await, [11]);
}

#[tokio::test]
async fn a_token_ahead_of_the_log_has_expired() {
    let service = Service::start().await;
    let clients = &service.clients;
    say_many(clients, "ali", 10).await;
    let token = here(clients).await;
    let mut watch = Watch::open(clients, ops::watch(&token)).await.unwrap();
    // The database is put back to where it was.
    let back = "DELETE FROM events WHERE revision > 4; UPDATE tenants SET revision = 4";
    service.database.connect().await.batch_execute(back).await.unwrap();
    let expired = (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".to_owned());
    assert_eq!(told(&watch.end().await), expired, "who watches is told");
    let status = Watch::open(clients, ops::watch(&token)).await.err().unwrap();
    assert_eq!(told(&status), expired);
    assert!(status.message().contains("list again"), "{status:?}");
    let mut watch = Watch::open(clients, ops::watch(&here(clients).await)).await.unwrap();
    say(clients, "noor", "first").await;
    assert_eq!(watch.revisions(1).await, [5]);
}

#[tokio::test]
async fn stopping_ends_every_stream_with_its_place() {
    let Service { database, clients, server, .. } = Service::start().await;
    say_many(&clients, "ali", 3).await;
    let mut live = Watch::open(&clients, ops::watch("")).await.unwrap();
    say(&clients, "ali", "told").await;
    assert_eq!(live.revisions(1).await, [4]);
    let elsewhere = pb::WatchConversationsRequest { tenant_id: "other".into(), ..ops::watch("") };
    let mut idle = Watch::open(&clients, elsewhere).await.unwrap();
    let ((), live_end, idle_end) = futures::join!(server.stop(), live.end(), idle.end());
    assert_goes_on(&live_end, Code::Unavailable, "STOPPING", &live.token);
    assert_goes_on(&idle_end, Code::Unavailable, "STOPPING", &idle.token);

    let other = Service::start_with(database, |_| {}).await;
    let mut again = Watch::open(&other.clients, ops::watch(&live.token)).await.unwrap();
    say(&other.clients, "ali", "next").await;
    assert_eq!(again.revisions(1).await, [5]);
}

#[tokio::test]
async fn a_replica_takes_only_so_many_watchers() {
    let service =
        Service::start_with(Database::new().await, |config| config.most_watchers = 2).await;
    let clients = &service.clients;
    let first = Watch::open(clients, ops::watch("")).await.unwrap();
    let mut second = Watch::open(clients, ops::watch("")).await.unwrap();
    let status = Watch::open(clients, ops::watch("")).await.err().unwrap();
    assert_eq!(told(&status), (Code::ResourceExhausted, "TOO_MANY_WATCHERS".into()));
    say(clients, "ali", "first").await;
    assert_eq!(second.revisions(1).await, [1], "the others notice nothing");
    drop(first);
    // Until the server has noticed.
    let third = loop {
        if let Ok(watch) = Watch::open(clients, ops::watch("")).await {
            break watch;
        }
    };
    drop(third);
}

/// Through a short absence of the database a stream stays. When it is long, the stream ends, since
/// another replica may reach it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_absence_of_the_database_loses_nothing() {
    let directory = database::directory("watch-away");
    let postgres = database::cluster(&directory).await;
    let database = Database::in_cluster(&postgres).await;
    let patient = Service::start_with(database.clone(), |_| {}).await;
    let hasty = Service::start_with(database.clone(), |config| {
        config.watch_heartbeat = Duration::from_millis(300);
    })
    .await;
    let mut stays = Watch::open(&patient.clients, ops::watch("")).await.unwrap();
    let mut ends = Watch::open(&hasty.clients, ops::watch("")).await.unwrap();
    say_many(&patient.clients, "ali", 3).await;
    assert_eq!(ends.revisions(3).await, [1, 2, 3]);
    postgres.kill().await.unwrap();
    let status = ends.end().await;
    assert_goes_on(&status, Code::Unavailable, "DATABASE_UNAVAILABLE", &ends.token);
    let status = Watch::open(&hasty.clients, ops::watch(&ends.token)).await.err().unwrap();
    assert_goes_on(&status, Code::Unavailable, "DATABASE_UNAVAILABLE", &ends.token);

    let _postgres = database::cluster(&directory).await;
    let mut again = loop {
        if let Ok(watch) = Watch::open(&hasty.clients, ops::watch(&ends.token)).await {
            break watch;
        }
    };
    // Connections broke: the first writes may fail, and are repeated.
    for message in ["4", "5"] {
        let said = ops::inbound("ali", message, now());
        let mut client = patient.clients.conversations.clone();
        while client.record_inbound_message(said.clone()).await.is_err() {}
    }
    assert_eq!(again.revisions(2).await, [4, 5]);
    assert_eq!(stays.revisions(5).await, [1, 2, 3, 4, 5]);
}

/// An event of another program's making, or a broken one: it ends who comes to it, and nobody else.
#[tokio::test]
async fn what_cannot_be_read_is_the_matter_of_its_tenant() {
    let database = Database::new().await;
    let start = || Service::start_with(database.clone(), |_| {});
    let (reads, writes) = (start().await, start().await);
    let of = |tenant_id: &str| pb::WatchConversationsRequest {
        tenant_id: tenant_id.into(),
        ..ops::watch("")
    };
    let mut broken = Watch::open(&reads.clients, of(ops::TENANT)).await.unwrap();
    let mut other = Watch::open(&reads.clients, of("other")).await.unwrap();
    // The second event names an agent that cannot be one.
    let breaks = "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN NEW.agent_id = 'not an id'; RETURN NEW; END$$;
         CREATE TRIGGER broken BEFORE INSERT ON events FOR EACH ROW
           WHEN (NEW.tenant_id = 'acme' AND NEW.revision = 2) EXECUTE FUNCTION broken()";
    database.connect().await.batch_execute(breaks).await.unwrap();
    for message in ["1", "2", "3"] {
        say(&writes.clients, "ali", message).await;
    }
    assert_eq!(broken.revisions(1).await, [1]);
    let place = broken.token.clone();
    let status = broken.end().await;
    assert_eq!(told(&status), (Code::Internal, "INTERNAL".into()));
    assert_eq!(metadata(&status, "resume_token"), place);
    let said = pb::RecordInboundMessageRequest {
        tenant_id: "other".into(),
        ..ops::inbound("ali", "1", now())
    };
    writes.clients.conversations.clone().record_inbound_message(said).await.unwrap();
    assert_eq!(other.revisions(1).await, [1]);
}
