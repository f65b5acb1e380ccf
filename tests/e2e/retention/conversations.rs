//! The log, its notes, messages and requests of conversation-state.

use std::sync::Arc;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::clock::Clock;
use azeer_runtime::retention::Keep;
use azeer_runtime::upkeep::{Chore as _, Step};
use azeer_tests::service::Service;
use azeer_tests::{Database, Watch, ops};
use chrono::TimeDelta;
use conversation_state::Retention;
use conversation_state::store::{Kept, Removal};
use conversation_state_core::Time;
use futures::future::join_all;
use tonic::Code;
use uuid::Uuid;

use super::remove_all;
use crate::identity::said;
use crate::support::{noon, told, write};

const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);
const HALF_A_SECOND: TimeDelta = TimeDelta::milliseconds(500);

/// A service whose time stands, and that removes nothing by itself.
async fn at(now: Time) -> Service {
    over(Database::new().await, &Clock::standing_at(now)).await
}

async fn over(database: Database, clock: &Clock) -> Service {
    Service::start_with(database, |config| {
        (config.clock, config.announce_expiries) = (clock.clone(), false);
        config.retention = Retention::FOREVER;
    })
    .await
}

fn removal(service: &Service, what: Kept, days: i64) -> Removal {
    Removal::new(Arc::clone(service.server.store()), what, Keep::days(days))
}

/// Customers of two tenants write, and agents note something, at two times; gives the watch that was
/// told of it, and the places before each event of the first tenant.
async fn history(service: &Service) -> Vec<String> {
    let channel = &service.clients.channel;
    let mut watch = Watch::open(&service.clients, ops::watch("")).await.unwrap();
    let mut places = vec![watch.token.clone()];
    // The third message meets the end of a window.
    for (day, round, events) in [(0, "a", 2), (0, "b", 2), (100, "c", 3)] {
        service.clock.set(noon() + TimeDelta::days(day));
        for tenant in ["other", ops::TENANT] {
            let said = said("ali", &format!("m-{round}"), noon());
            let said = pb::RecordInboundMessageRequest { tenant_id: tenant.into(), ..said };
            let (of, _) = write(channel, said).await.unwrap();
            let noted = pb::HandOffConversationRequest {
                tenant_id: tenant.into(),
                note: format!("note-{round}"),
                request_id: Uuid::new_v4().into(),
                ..ops::hand_off(&of.conversation_id, "sales")
            };
            write(channel, noted).await.unwrap();
        }
        for _ in 0..events {
            watch.event().await;
            places.push(watch.token.clone());
        }
    }
    places
}

/// What is left of a table, by what tells its rows apart, each with a count.
async fn left(service: &Service, text: &str) -> Vec<(String, i64)> {
    let client = service.database.connect().await;
    let rows = client.query(text, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[tokio::test]
async fn the_log_goes_from_its_beginning_and_watchers_are_told() {
    let service = at(noon()).await;
    let places = history(&service).await;
    let id = {
        let mut client = service.clients.conversations.clone();
        let got = client.get_conversation(ops::get("ali")).await.unwrap().into_inner();
        got.conversation.unwrap().conversation_id
    };
    let each = "SELECT tenant_id, count(*) FROM events GROUP BY 1 ORDER BY 1";
    let of_both = |count| vec![(ops::TENANT.to_owned(), count), ("other".to_owned(), count)];
    // At exactly so many days it is kept still.
    service.clock.set(noon() + TimeDelta::days(400));
    assert_eq!(remove_all(removal(&service, Kept::Events, 400)).await, [0]);
    assert_eq!(left(&service, each).await, of_both(7));
    service.clock.set(noon() + TimeDelta::days(400) + MICROSECOND);
    assert_eq!(remove_all(removal(&service, Kept::Events, 400)).await, [8]);
    assert_eq!(left(&service, each).await, of_both(3));

    for (after, place) in places.iter().enumerate() {
        match Watch::open(&service.clients, ops::watch(place)).await {
            Ok(mut watch) => {
                assert!(after >= 4, "{after}");
                let rest = watch.revisions(7 - after).await;
                assert!(rest.into_iter().eq(i64::try_from(after).unwrap() + 1..=7));
            }
            Err(status) => {
                assert!(after < 4, "{after}: {status:?}");
                assert_eq!(told(&status), (Code::OutOfRange, "RESUME_TOKEN_EXPIRED".into()));
            }
        }
    }
    let mut client = service.clients.conversations.clone();
    let events = client.list_conversation_events(ops::events(&id)).await.unwrap().into_inner();
    let revisions: Vec<_> = events.events.iter().map(|event| event.revision).collect();
    assert_eq!(revisions, [5, 6, 7]);
    service.clock.set(noon() + TimeDelta::days(600));
    assert_eq!(remove_all(removal(&service, Kept::Events, 400)).await, [6]);
    let events = client.list_conversation_events(ops::events(&id)).await.unwrap().into_inner();
    assert_eq!(events.events, [], "the conversation is there");
    client.get_conversation(ops::get("ali")).await.unwrap();
}

#[tokio::test]
async fn notes_go_with_their_events_or_before_them() {
    let service = at(noon()).await;
    history(&service).await;
    let notes = "SELECT note, count(*) FROM event_notes GROUP BY 1 ORDER BY 1";
    service.clock.set(noon() + TimeDelta::days(101));
    assert_eq!(remove_all(removal(&service, Kept::Notes, 50)).await, [4]);
    assert_eq!(left(&service, notes).await, [("note-c".to_owned(), 2)]);
    // Without its event nobody would see it.
    service.clock.set(noon() + TimeDelta::days(151));
    assert_eq!(remove_all(removal(&service, Kept::Events, 50)).await, [14]);
    assert_eq!(remove_all(removal(&service, Kept::Notes, 500)).await, [2]);
}

#[tokio::test]
async fn a_message_is_known_for_as_long_as_it_is_kept() {
    let service = at(noon()).await;
    let channel = &service.clients.channel;
    // However old it was when it came.
    let old = said("ali", "m1", noon() - TimeDelta::days(100));
    write(channel, old.clone()).await.unwrap();
    service.clock.set(noon() + TimeDelta::days(40));
    assert_eq!(remove_all(removal(&service, Kept::Messages, 40)).await, [0]);
    assert!(write(channel, old.clone()).await.unwrap().1, "it is known");
    service.clock.set(noon() + TimeDelta::days(40) + MICROSECOND);
    assert_eq!(remove_all(removal(&service, Kept::Messages, 40)).await, [1]);
    assert!(!write(channel, old).await.unwrap().1, "it was forgotten");
}

#[tokio::test]
async fn a_request_is_known_for_as_long_as_it_is_kept() {
    let service = at(noon()).await;
    history(&service).await;
    let requests = "SELECT rpc, count(*) FROM requests GROUP BY 1";
    service.clock.set(noon() + TimeDelta::days(100));
    assert_eq!(remove_all(removal(&service, Kept::Requests, 9)).await, [4]);
    assert_eq!(left(&service, requests).await, [("HandOffConversation".to_owned(), 2)]);
}

/// Messages `m-1` to `m-{count}`, each recorded a minute after the one before.
async fn many_messages(service: &Service, count: i64) {
    let text = format!(
        "INSERT INTO messages (tenant_id, message_id, conversation_id, occurred_at, inbound,
           recorded_at)
         SELECT 'acme', 'm-' || i, gen_random_uuid(), '2026-03-01T12:00:00Z', true,
           '2026-03-01T12:00:00Z'::timestamptz + i * interval '1 minute'
         FROM generate_series({count}, 1, -1) i"
    );
    service.database.connect().await.batch_execute(&text).await.unwrap();
}

const OLDEST_MESSAGE: &str =
    "SELECT (min(recorded_at) AT TIME ZONE 'UTC')::text, count(*) FROM messages";

#[tokio::test]
async fn the_oldest_go_first_a_thousand_at_a_time() {
    let service = at(noon()).await;
    many_messages(&service, 2_600).await;
    service.clock.set(noon() + TimeDelta::days(40) + TimeDelta::minutes(2_500));
    let mut chore = removal(&service, Kept::Messages, 40);
    for left_then in [1_600, 600] {
        assert_eq!(chore.step().await.unwrap(), Step::More(1_000));
        let (oldest, count) = left(&service, OLDEST_MESSAGE).await.remove(0);
        let first = noon() - HALF_A_SECOND + TimeDelta::minutes(2_601 - left_then);
        assert_eq!((oldest, count), (first.format("%F %T").to_string(), left_then));
    }
    assert_eq!(chore.step().await.unwrap(), Step::Done(500), "what is not due stays");
    assert_eq!(left(&service, OLDEST_MESSAGE).await[0].1, 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_are_not_in_each_others_way_nor_in_anybodys() {
    let clock = Clock::standing_at(noon());
    let database = Database::new().await;
    let services = [over(database.clone(), &clock).await, over(database, &clock).await];
    many_messages(&services[0], 10_000).await;
    let holder = services[0].database.connect().await;
    // Somebody holds the oldest one.
    holder
        .batch_execute("BEGIN; SELECT FROM messages WHERE message_id = 'm-1' FOR UPDATE")
        .await
        .unwrap();
    clock.set(noon() + TimeDelta::days(100));
    let removals = services.iter().map(|service| remove_all(removal(service, Kept::Messages, 40)));
    let removed: u64 = join_all(removals).await.into_iter().flatten().sum();
    let rest: u64 = remove_all(removal(&services[1], Kept::Messages, 40)).await.into_iter().sum();
    assert_eq!(removed + rest, 9_999, "each once, and what is held is left for the next time");
    holder.batch_execute("COMMIT").await.unwrap();
    assert_eq!(remove_all(removal(&services[0], Kept::Messages, 40)).await, [1]);
}
