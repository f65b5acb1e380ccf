//! What becomes of each kind of webhook body.

mod bodies;
mod elsewhere;
mod table;

use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at, time, timestamp};
use azeer_tests::{Clients, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use serde_json::{Value, json};

use crate::inbox::{channel, set_up};
use bodies::{body, echo, message, messages, of, text, value, with};

/// When the bodies arrive.
const NOW: &str = "2026-03-01T12:00:00Z";

async fn ingest(clients: &Clients, body: impl Into<Vec<u8>>) -> Vec<pb::IngestResult> {
    let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body: body.into() };
    clients.conversations.clone().ingest_webhook(request).await.unwrap().into_inner().results
}

async fn get(clients: &Clients, contact: &str) -> pb::Conversation {
    let got = clients.conversations.clone().get_conversation(ops::get(contact)).await.unwrap();
    got.into_inner().conversation.unwrap()
}

async fn events(clients: &Clients, conversation: &str) -> Vec<pb::ConversationEvent> {
    let request = ops::events(conversation);
    let events = clients.conversations.clone().list_conversation_events(request).await.unwrap();
    events.into_inner().events
}

/// Each result as `APPLIED`, `DUPLICATE` or the reason of a SKIPPED.
fn outcomes(results: &[pb::IngestResult]) -> Vec<&str> {
    let outcome = |result: &'_ pb::IngestResult| match result.outcome() {
        pb::IngestOutcome::Applied => "APPLIED",
        pb::IngestOutcome::Duplicate => "DUPLICATE",
        other => panic!("{other:?}"),
    };
    let skipped = |result: &pb::IngestResult| result.outcome() == pb::IngestOutcome::Skipped;
    results.iter().map(|r| if skipped(r) { r.reason.as_str() } else { outcome(r) }).collect()
}

#[tokio::test]
async fn a_first_message_makes_a_conversation_with_the_name_that_came_along() {
    let now = at(NOW);
    let service = Service::at(now).await;
    let contacts = json!({"contacts": [{"wa_id": "customer", "profile": {"name": "نورة"}}]});
    let body = body("messages", &with(&value("messages", &[text(now)]), &contacts));
    let results = ingest(&service.clients, of(&body, "noura")).await;

    let conversation = get(&service.clients, "noura").await;
    assert_eq!(results[0].path, "entry[0].changes[0].value.messages[0]");
    assert_eq!(results[0].conversation_id, conversation.conversation_id);
    assert_eq!(conversation.contact_name, "نورة");
    assert_eq!(conversation.state(), pb::ConversationState::Open);
    assert_eq!(conversation.window_expires_at, timestamp(now + TimeDelta::hours(24)));
    let events = events(&service.clients, &conversation.conversation_id).await;
    let types: Vec<_> = events.iter().map(pb::ConversationEvent::r#type).collect();
    assert_eq!(types, [pb::ConversationEventType::Created]);
    assert_eq!(events[0].reason, "MESSAGE");
}

#[tokio::test]
async fn an_echo_of_the_phone_app_takes_the_conversation_from_the_bot() {
    let now = at(NOW);
    let service = Service::at(now).await;
    let bots = pb::Channel { bot_enabled: Some(true), ..channel(ops::CHANNEL) };
    set_up(&service.clients, bots).await;
    ingest(&service.clients, of(&messages(&[text(now)]), "ali")).await;
    assert_eq!(get(&service.clients, "ali").await.state(), pb::ConversationState::Bot);

    let reply = with(&echo("text", &json!({"body": "on its way"}), now), &json!({"id": "item-2"}));
    let reply = body("smb_message_echoes", &value("message_echoes", &[reply]));
    assert_eq!(outcomes(&ingest(&service.clients, of(&reply, "ali")).await), ["APPLIED"]);

    let after = get(&service.clients, "ali").await;
    let handler = after.handler.clone().unwrap();
    assert_eq!((handler.kind(), handler.epoch), (pb::HandlerKind::Human, 2));
    assert_eq!((after.state(), after.awaiting_reply), (pb::ConversationState::Open, false));
    let events = events(&service.clients, &after.conversation_id).await;
    let told = events.last().unwrap();
    assert_eq!(told.r#type(), pb::ConversationEventType::OutboundRecorded);
    assert_eq!(told.actor.as_ref().unwrap().kind(), common::ActorKind::Agent);
}

#[tokio::test]
async fn one_bad_item_never_fails_the_body() {
    let now = at(NOW);
    let service = Service::at(now).await;
    let numbered = |n: u8, item: Value| with(&item, &json!({"id": format!("item-{n}")}));
    let good = |n| numbered(n, text(now));
    let items = [
        good(1),
        json!("not an object"),
        numbered(2, with(&text(now), &json!({"timestamp": "soon"}))),
        numbered(3, with(&text(now), &json!({"from": null}))),
        with(&text(now), &json!({"id": "m ".repeat(200)})),
        numbered(4, with(&text(now), &json!({"from": "x".repeat(129)}))),
        good(5),
    ];
    let mut body = messages(&items);
    let other = json!({"field": "messages", "value": value("messages", &[good(6)])});
    let elsewhere = json!({"field": "messages", "value": {"messages": [good(7)]}});
    let changes = body["entry"][0]["changes"].as_array_mut().unwrap();
    changes.extend([json!({"value": {}}), elsewhere, other]);
    body["entry"].as_array_mut().unwrap().push(json!({"id": "2"}));

    let results = ingest(&service.clients, of(&body, "ali")).await;
    let bad = "MALFORMED";
    let expected = ["APPLIED", bad, bad, bad, bad, bad, "APPLIED", bad, bad, "APPLIED", bad];
    assert_eq!(outcomes(&results), expected);
    for result in &results {
        assert_eq!(result.detail.is_empty(), result.reason.is_empty(), "{result:?}");
    }
    let paths = [&results[2].path, &results[9].path, &results[10].path];
    assert_eq!(
        paths,
        [
            "entry[0].changes[0].value.messages[2]",
            "entry[0].changes[3].value.messages[0]",
            "entry[1]"
        ]
    );
    assert_eq!(get(&service.clients, "ali").await.version, 3);
}

#[tokio::test]
async fn a_time_that_cannot_be_is_skipped() {
    let now = at(NOW);
    let service = Service::at(now).await;
    let ahead = |seconds| now + TimeDelta::seconds(seconds);
    let cases: [(&str, Time, &str, Time); 6] = [
        ("a-minute-ahead", ahead(60), "APPLIED", now),
        ("five-minutes-ahead", ahead(300), "APPLIED", now),
        ("further-ahead", ahead(301), "INVALID_TIME", now),
        ("the-first-second", at("2009-01-01T00:00:00Z"), "APPLIED", at("2009-01-01T00:00:00Z")),
        ("before-2009", at("2008-12-31T23:59:59Z"), "INVALID_TIME", now),
        ("the-epoch", at("1970-01-01T00:00:00Z"), "INVALID_TIME", now),
    ];
    for (customer, told, expected, taken_as) in cases {
        let results = ingest(&service.clients, of(&messages(&[text(told)]), customer)).await;
        assert_eq!(outcomes(&results), [expected], "{customer}");
        if expected == "APPLIED" {
            let last = get(&service.clients, customer).await.last_inbound_at.unwrap();
            assert_eq!(time(last), taken_as, "{customer}");
        } else {
            let mut client = service.clients.conversations.clone();
            let got = client.get_conversation(ops::get(customer)).await;
            assert_eq!(got.unwrap_err().code(), tonic::Code::NotFound, "{customer}");
        }
    }
}

#[tokio::test]
async fn a_number_beyond_all_times_is_skipped() {
    let service = Service::at(at(NOW)).await;
    for timestamp in [json!(i64::MAX), json!(i64::MIN), json!("9223372036854775807"), json!(-1)] {
        let item = with(&text(at(NOW)), &json!({"timestamp": timestamp}));
        let results = ingest(&service.clients, of(&messages(&[item]), "ali")).await;
        let outcomes = outcomes(&results);
        assert!(
            matches!(outcomes[..], ["INVALID_TIME" | "MALFORMED"]),
            "{timestamp}: {outcomes:?}"
        );
    }
}

#[tokio::test]
async fn the_same_body_twice_changes_nothing_the_second_time() {
    let now = at(NOW);
    let service = Service::at(now).await;
    let second = with(&text(now), &json!({"id": "item-2"}));
    let reaction = message("reaction", &json!({"message_id": "m", "emoji": "👍"}), now);
    let reaction = with(&reaction, &json!({"id": "item-3"}));
    let calls = value("calls", &[bodies::call("USER_INITIATED", "connect", now)]);
    let bodies = [messages(&[text(now), second, reaction]), body("calls", &calls)];

    let first = ingest(&service.clients, of(&bodies[0], "ali")).await;
    assert_eq!(outcomes(&first), ["APPLIED"; 3]);
    let call = String::from_utf8(of(&bodies[1], "ali")).unwrap().replace("ali-item", "wacid.1");
    assert_eq!(outcomes(&ingest(&service.clients, call.clone()).await), ["APPLIED"]);
    let before = get(&service.clients, "ali").await;

    // Also when it comes again days later.
    service.clock.set(now + TimeDelta::days(7));
    let again = ingest(&service.clients, of(&bodies[0], "ali")).await;
    assert_eq!(outcomes(&again), ["DUPLICATE"; 3]);
    assert!(again.iter().all(|result| result.conversation_id == before.conversation_id));
    assert_eq!(outcomes(&ingest(&service.clients, call).await), ["DUPLICATE"]);
    service.clock.set(now);
    assert_eq!(get(&service.clients, "ali").await, before);
    assert_eq!(events(&service.clients, &before.conversation_id).await.len(), 4);
}

#[tokio::test]
async fn what_is_no_webhook_body_is_refused() {
    let service = Service::at(at(NOW)).await;
    let large = format!("{{\"entry\": [], \"x\": \"{}\"}}", "x".repeat(3 * 1024 * 1024));
    for body in ["", "[]", "7", "{}", "{\"entry\": {}}", "{\"entry\": [", &large] {
        let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body: body.into() };
        let refused = service.clients.conversations.clone().ingest_webhook(request).await;
        let code = refused.unwrap_err().code();
        assert_eq!(code, tonic::Code::InvalidArgument, "{}", &body[..body.len().min(20)]);
    }
    assert!(ingest(&service.clients, "{\"entry\": []}").await.is_empty());
}
