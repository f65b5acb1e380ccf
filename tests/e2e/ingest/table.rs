//! One row for each kind of item. Each comes to a customer who last wrote three days ago: what is
//! recorded is told by its event, and by the state before and after.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at};
use azeer_tests::{Clients, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use serde_json::{Value, json};

use super::bodies::{body, call, choice, echo, message, messages, of, text, value, with};
use super::{NOW, events, get, ingest, outcomes};
use crate::inbox::{channel, set_up};

const MESSAGE: &str = "APPLIED: INBOUND_RECORDED MESSAGE by CUSTOMER, EXPIRED to OPEN";
const CALL: &str = "APPLIED: INBOUND_RECORDED CALL by CUSTOMER, EXPIRED to OPEN";
const REACTION: &str = "APPLIED: INBOUND_RECORDED REACTION by CUSTOMER, EXPIRED to EXPIRED";
const ECHO: &str = "APPLIED: OUTBOUND_RECORDED FREE_FORM by AGENT, EXPIRED to EXPIRED";

type Rows = Vec<(&'static str, Value, &'static str)>;

#[tokio::test]
async fn every_kind_of_item_becomes_what_the_table_says() {
    let now = at(NOW);
    let long_ago = now - TimeDelta::days(3);
    let service = Service::at(now).await;
    let mut client = service.clients.conversations.clone();
    let rows = [said(now), called(now), echoed(now), not_for_conversations()].concat();
    for (number, (what, body, expected)) in rows.iter().enumerate() {
        let customer = format!("customer-{number}");
        let first = ops::inbound(&customer, &format!("first-{number}"), long_ago);
        client.record_inbound_message(first).await.unwrap();
        let found = outcome(&service.clients, body, &customer).await;
        assert_eq!(found, *expected, "{what}");
    }
}

#[tokio::test]
async fn where_the_channel_says_so_a_reaction_is_a_message() {
    let now = at(NOW);
    let service = Service::at(now).await;
    let first = ops::inbound("ali", "first", now - TimeDelta::days(3));
    service.clients.conversations.clone().record_inbound_message(first).await.unwrap();
    let opening = pb::Channel { reactions_open_window: Some(true), ..channel(ops::CHANNEL) };
    set_up(&service.clients, opening).await;
    let reaction = messages(&[message("reaction", &json!({"message_id": "m"}), now)]);
    let expected = "APPLIED: INBOUND_RECORDED REACTION by CUSTOMER, EXPIRED to OPEN";
    assert_eq!(outcome(&service.clients, &reaction, "ali").await, expected);
}

#[rustfmt::skip] // a line for each row
fn said(at: Time) -> Rows {
    let one = |item: Value| messages(&[item]);
    let of = |kind, content: Value| messages(&[message(kind, &content, at)]);
    vec![
        ("text", one(text(at)), MESSAGE),
        ("image", of("image", json!({"id": "1", "caption": "this one"})), MESSAGE),
        ("video", of("video", json!({"id": "1"})), MESSAGE),
        ("document", of("document", json!({"id": "1", "filename": "bill.pdf"})), MESSAGE),
        ("voice", of("audio", json!({"id": "1", "voice": true})), MESSAGE),
        ("sticker", of("sticker", json!({"id": "1", "animated": false})), MESSAGE),
        ("order", of("order", json!({"catalog_id": "7", "product_items": []})), MESSAGE),
        ("template button", of("button", json!({"payload": "p", "text": "Sales"})), MESSAGE),
        ("button reply", one(choice("button_reply", at)), MESSAGE),
        ("list reply", one(choice("list_reply", at)), MESSAGE),
        ("flow answer", one(choice("nfm_reply", at)), MESSAGE),
        ("a reply", one(with(&text(at), &json!({"context": {"id": "wamid.out"}}))), MESSAGE),
        ("from an advert", one(with(&text(at), &json!({"referral": {"source_type": "ad"}}))), MESSAGE),
        ("contact cards", of("contacts", json!([{"name": {"first_name": "Huda"}}])), MESSAGE),
        ("location", of("location", json!({"latitude": 24.7, "longitude": 46.7})), MESSAGE),
        ("can't be shown", of("unsupported", json!({"type": "poll_creation"})), MESSAGE),
        ("a type to come", of("hologram", json!({"depth": 3})), MESSAGE),
        ("reaction", of("reaction", json!({"message_id": "wamid.out", "emoji": "👍"})), REACTION),
        ("reaction removed", of("reaction", json!({"message_id": "wamid.out", "emoji": ""})), REACTION),
        ("edit", of("edit", json!({"original_message_id": "wamid.0"})), "EDIT"),
        ("deletion", of("revoke", json!({"original_message_id": "wamid.0"})), "DELETION"),
        ("in a group", one(with(&text(at), &json!({"group_id": "Z3JvdXA="}))), "GROUP_MESSAGE"),
        ("new phone keys", of("system", json!({"type": "customer_identity_changed"})), "SYSTEM_NOTICE"),
    ]
}

#[rustfmt::skip] // a line for each row
fn called(at: Time) -> Rows {
    let of = |direction, event| body("calls", &value("calls", &[call(direction, event, at)]));
    vec![
        ("a customer calls", of("USER_INITIATED", "connect"), CALL),
        ("the end of a call not heard of before", of("USER_INITIATED", "terminate"), CALL),
        ("the business calls", of("BUSINESS_INITIATED", "connect"), "BUSINESS_CALL"),
        ("a status of a call", body("calls", &value("statuses", &[json!({"status": "RINGING"})])), "STATUS"),
    ]
}

#[rustfmt::skip] // a line for each row
fn echoed(at: Time) -> Rows {
    let of = |kind, content: Value| {
        body("smb_message_echoes", &value("message_echoes", &[echo(kind, &content, at)]))
    };
    vec![
        ("reply by phone", of("text", json!({"body": "on its way"})), ECHO),
        ("photo by phone", of("image", json!({"id": "1"})), ECHO),
        ("reaction by phone", of("reaction", json!({"emoji": "👍"})), "REACTION_ECHO"),
        ("edit by phone", of("edit", json!({"original_message_id": "wamid.0"})), "EDIT"),
        ("deletion by phone", of("revoke", json!({"original_message_id": "wamid.0"})), "DELETION"),
    ]
}

#[rustfmt::skip] // a line for each row
fn not_for_conversations() -> Rows {
    let status = |status: &str| json!({"id": "wamid.out", "status": status, "recipient_id": "customer"});
    vec![
        ("sent", body("messages", &value("statuses", &[status("sent")])), "STATUS"),
        ("failed", body("messages", &value("statuses", &[status("failed")])), "STATUS"),
        ("errors", body("messages", &value("errors", &[json!({"code": 131_000})])), "ERRORS"),
        ("nothing", body("messages", &value("messages", &[])), "EMPTY"),
        ("template status", body("message_template_status_update", &json!({"event": "APPROVED"})), "NOT_MINE"),
        ("template quality", body("message_template_quality_update", &json!({"new_quality_score": "RED"})), "NOT_MINE"),
        ("template category", body("template_category_update", &json!({"new_category": "MARKETING"})), "NOT_MINE"),
        ("number quality", body("phone_number_quality_update", &json!({"event": "FLAGGED"})), "NOT_MINE"),
        ("capability", body("business_capability_update", &json!({"max_daily_conversations_per_business": "TIER_2K"})), "NOT_MINE"),
        ("account", body("account_update", &json!({"event": "DISABLED_UPDATE"})), "NOT_MINE"),
        ("consent", body("user_preferences", &value("user_preferences", &[json!({"value": "stop"})])), "NOT_MINE"),
        ("history", body("history", &value("history", &[json!({"threads": []})])), "HISTORY"),
        ("a field to come", body("holograms", &json!({"anything": 1})), "UNKNOWN_FIELD"),
    ]
}

/// What became of a body's one item: the reason, or the event and its states.
async fn outcome(clients: &Clients, body: &Value, customer: &str) -> String {
    let before = get(clients, customer).await;
    let results = ingest(clients, of(body, customer)).await;
    let [outcome] = outcomes(&results)[..] else { panic!("one item: {results:?}") };
    let after = get(clients, customer).await;
    if outcome != "APPLIED" {
        assert_eq!(after, before, "nothing was changed");
        assert_eq!(results[0].conversation_id, "");
        return outcome.to_owned();
    }
    assert_eq!(results[0].conversation_id, after.conversation_id);
    assert_eq!(after.version, before.version + 1);
    let events = events(clients, &after.conversation_id).await;
    let told = events.last().unwrap();
    let actor = told.actor.as_ref().unwrap().kind().as_str_name().to_owned();
    let (from, to) = (told.from_state().as_str_name(), told.to_state().as_str_name());
    let words = [told.r#type().as_str_name(), &told.reason, "by", &actor].join(" ");
    let words = format!("APPLIED: {words}, {from} to {to}");
    let prefixes = ["CONVERSATION_EVENT_TYPE_", "CONVERSATION_STATE_", "ACTOR_KIND_"];
    prefixes.iter().fold(words, |words, prefix| words.replace(prefix, ""))
}
