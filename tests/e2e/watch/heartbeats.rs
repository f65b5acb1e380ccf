//! Bookmarkable: heartbeats are places to go on from, and lead past what a filter did not pass.

use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::Service;
use azeer_tests::{Database, Watch, ops};

use super::{here, ingest, say};

async fn with_short_heartbeats() -> Service {
    let change = |config: &mut conversation_state::Config| {
        config.watch_heartbeat = Duration::from_millis(100);
    };
    Service::start_with(Database::new().await, change).await
}

#[tokio::test]
async fn a_heartbeat_comes_at_once_and_whenever_nothing_else_does() {
    let service = with_short_heartbeats().await;
    let clients = &service.clients;
    let mut watch = Watch::open(clients, ops::watch("")).await.unwrap();
    let place = watch.token.clone();
    assert_eq!(place, here(clients).await);
    for _ in 0..3 {
        assert_eq!(watch.heartbeat().await, place);
    }
    say(clients, "ali", "first").await;
    assert_eq!(watch.revisions(1).await, [1]);
    let place = here(clients).await;
    assert_eq!(watch.token, place);
    assert_eq!(watch.heartbeat().await, place);
}

#[tokio::test]
async fn heartbeats_lead_past_what_the_filter_did_not_pass() {
    let service = with_short_heartbeats().await;
    let clients = &service.clients;
    let nobodys = pb::ConversationFilter { team_id: "nobodys".into(), ..Default::default() };
    let filtered = |token: &str| pb::WatchConversationsRequest {
        filter: Some(nobodys.clone()),
        ..ops::watch(token)
    };
    let mut watch = Watch::open(clients, filtered("")).await.unwrap();
    let begin = watch.token.clone();
    let mut places = Vec::new();
    for revision in 1..=10 {
        say(clients, "ali", &format!("{revision}")).await;
        let place = here(clients).await;
        while watch.heartbeat().await != place {}
        places.push(place);
    }
    // Also one that catches up.
    let mut late = Watch::open(clients, filtered(&begin)).await.unwrap();
    while late.heartbeat().await != places[9] {}

    say(clients, "ali", "11").await;
    for (passed, place) in (1..).zip(&places) {
        let mut watch = Watch::open(clients, ops::watch(place)).await.unwrap();
        let rest = watch.revisions(11 - passed).await;
        assert!(rest.into_iter().eq(i64::try_from(passed).unwrap() + 1..=11));
    }
}

#[tokio::test]
async fn a_filter_that_passes_nothing_over_and_over_is_told_where_it_is() {
    let service = Service::start().await;
    let clients = &service.clients;
    let nobodys = pb::ConversationFilter { team_id: "nobodys".into(), ..Default::default() };
    let request = pb::WatchConversationsRequest { filter: Some(nobodys), ..ops::watch("") };
    let mut watch = Watch::open(clients, request).await.unwrap();
    let mut place = watch.token.clone();
    for body in 0..3 {
        ingest(clients, body, 1_000).await;
    }
    // Long before a heartbeat is due for silence.
    for _ in 0..2 {
        let next = watch.heartbeat().await;
        assert_ne!(next, place);
        place = next;
    }
    let mut all = Watch::open(clients, ops::watch(&place)).await.unwrap();
    let first = all.event().await.0.revision;
    assert!((2_049..=3_000).contains(&first), "{first}");
}
