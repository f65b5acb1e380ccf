//! One row for each kind of body: what the platform sends, and what it is taken for.

use azeer_cloud_api::{Call, Channel, ContactIds, Content, Echo, Inbound, InboundKind};
use serde_json::{Value, json};

use crate::bodies::*;

/// Checks rows of (what it is, an item, what becomes of it), each in a body made by `wrap`.
fn check(wrap: fn(&Value) -> Value, rows: &[(&str, Value, &str)]) {
    for (what, item, expected) in rows {
        let found = outcomes(&wrap(&json!([item])));
        assert_eq!(found, [*expected], "{what}");
    }
}

#[test]
#[rustfmt::skip] // a line for each row
fn messages_from_customers() {
    let reply = |kind: &str| {
        let content = json!({"type": kind, kind: {"id": "opt-1", "title": "Delivery", "body": "Sent"}});
        message("interactive", &content)
    };
    let text = || message("text", &json!({"body": "hello"}));
    check(messages, &[
        ("text", text(), "message text: hello"),
        ("blank text", message("text", &json!({"body": "  "})), "message text"),
        ("image", message("image", &json!({"id": "1"})), "message image"),
        ("image with words", message("image", &json!({"id": "1", "caption": "this one"})), "message image: this one"),
        ("video", message("video", &json!({"id": "1", "caption": "look"})), "message video: look"),
        ("document", message("document", &json!({"id": "1", "caption": "bill"})), "message document: bill"),
        ("voice", message("audio", &json!({"id": "1", "voice": true})), "message audio"),
        ("sticker", message("sticker", &json!({"id": "1", "animated": false})), "message sticker"),
        ("location", message("location", &json!({"latitude": 24.7, "longitude": 46.7})), "message location"),
        ("contact cards", message("contacts", &json!([{"name": {"first_name": "Huda"}}])), "message contacts"),
        ("order", message("order", &json!({"catalog_id": "7", "text": "no onions"})), "message order: no onions"),
        ("order, no note", message("order", &json!({"catalog_id": "7", "text": ""})), "message order"),
        ("template button", message("button", &json!({"payload": "p", "text": "Sales"})), "message button: Sales"),
        ("button reply", reply("button_reply"), "message interactive: Delivery"),
        ("list reply", reply("list_reply"), "message interactive: Delivery"),
        ("flow answer", reply("nfm_reply"), "message interactive"),
        ("a reply", with(text(), &json!({"context": {"id": "wamid.out"}})), "message text: hello"),
        ("from an advert", with(text(), &json!({"referral": {"source_type": "ad"}})), "message text: hello"),
        ("first contact", message("request_welcome", &json!(null)), "message request_welcome"),
        ("can't be shown", message("unsupported", &json!(null)), "message unsupported"),
        ("a poll", message("unsupported", &json!({"type": "poll_creation"})), "message unsupported"),
        ("a type to come", message("hologram", &json!({"depth": 3})), "message hologram"),
        ("type left out", with(text(), &json!({"type": null})), "message text: hello"),
        ("reaction", message("reaction", &json!({"message_id": "wamid.out", "emoji": "👍"})), "reaction reaction"),
        ("reaction removed", message("reaction", &json!({"message_id": "wamid.out", "emoji": ""})), "reaction reaction"),
        ("reaction unshown", message("unsupported", &json!({"type": "reaction"})), "reaction unsupported"),
        ("edit", message("edit", &json!({"original_message_id": "wamid.0", "message": {"type": "text"}})), "EDIT"),
        ("edit unshown", message("unsupported", &json!({"type": "edit"})), "EDIT"),
        ("deletion", message("revoke", &json!({"original_message_id": "wamid.0"})), "DELETION"),
        ("in a group", with(text(), &json!({"group_id": "Z3JvdXA="})), "GROUP_MESSAGE"),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn notices_of_the_platform() {
    let moved = json!({"type": "user_changed_number", "wa_id": "966500000002", "body": "…"});
    let moved_to = |value: Value| with(moved.clone(), &value);
    check(messages, &[
        ("new number", system(&moved), "966500000001 is now 966500000002"),
        (
            "new number, older shape",
            system(&moved_to(json!({"wa_id": null, "new_wa_id": 966_500_000_002_u64}))),
            "966500000001 is now 966500000002",
        ),
        (
            "new number and user id",
            system(&moved_to(json!({"user_id": "SA.2", "previous_user_id": "SA.1"}))),
            "SA.1+966500000001 is now SA.2+966500000002",
        ),
        (
            "the sender's user id is the new one",
            with(system(&moved_to(json!({"user_id": "SA.2"}))), &json!({"from_user_id": "SA.2"})),
            "966500000001 is now SA.2+966500000002",
        ),
        (
            "new user id, number withheld",
            with(
                system(&json!({"type": "user_changed_user_id", "user_id": "SA.2", "previous_user_id": "SA.1"})),
                &json!({"from": null}),
            ),
            "SA.1 is now SA.2",
        ),
        ("new ids under a new name", system(&moved_to(json!({"type": "user_moved"}))), "966500000001 is now 966500000002"),
        ("the same number", system(&moved_to(json!({"wa_id": CUSTOMER}))), "SYSTEM_NOTICE"),
        ("new phone keys", system(&json!({"type": "customer_identity_changed"})), "SYSTEM_NOTICE"),
        ("nothing told", system(&json!(null)), "SYSTEM_NOTICE"),
        ("new number missing", system(&moved_to(json!({"wa_id": null}))), "MALFORMED entry[0].changes[0].value.messages[0].system.wa_id"),
        ("old number missing", with(system(&moved), &json!({"from": null})), "MALFORMED entry[0].changes[0].value.messages[0].from"),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn calls_of_customers_and_of_the_business() {
    let undirected = |from: &str| with(call("", "connect"), &json!({"from": from, "direction": null}));
    check(calls, &[
        ("a customer calls", call("USER_INITIATED", "connect"), "call wacid.1"),
        ("the end of that call", call("USER_INITIATED", "terminate"), "call wacid.1"),
        ("the business calls", call("BUSINESS_INITIATED", "connect"), "BUSINESS_CALL"),
        ("no direction, a customer's number", undirected(CUSTOMER), "call wacid.1"),
        ("no direction, the business's number", undirected("966115550100"), "BUSINESS_CALL"),
        ("no direction, the business's id", undirected(CHANNEL), "BUSINESS_CALL"),
    ]);
    let ringing = body("calls", &value("statuses", &json!([{"id": "wacid.1", "status": "RINGING"}])));
    assert_eq!(outcomes(&ringing), ["STATUS"]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn echoes_of_the_phone_app() {
    check(echoes, &[
        ("reply", echo("text", &json!({"body": "on its way"})), "echo text"),
        ("photo", echo("image", &json!({"id": "1"})), "echo image"),
        ("reaction", echo("reaction", &json!({"emoji": "👍"})), "REACTION_ECHO"),
        ("edit", echo("edit", &json!({"original_message_id": "wamid.0"})), "EDIT"),
        ("deletion", echo("revoke", &json!({"original_message_id": "wamid.0"})), "DELETION"),
        ("notice", echo("system", &json!({"body": "…"})), "SYSTEM_NOTICE"),
        ("to a group", with(echo("text", &json!({"body": "all"})), &json!({"group_id": "Z3JvdXA="})), "GROUP_MESSAGE"),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn changes_of_which_nothing_is_read() {
    let rows = [
        ("messages", value("errors", &json!([{"code": 131_000}])), vec!["ERRORS"]),
        ("messages", value("messages", &json!([])), vec!["EMPTY"]),
        ("messages", json!({}), vec!["EMPTY"]),
        ("calls", json!({}), vec!["EMPTY"]),
        ("smb_message_echoes", json!({}), vec!["EMPTY"]),
        ("account_alerts", json!({"entity_type": "BUSINESS"}), vec!["NOT_MINE"]),
        ("account_review_update", json!(null), vec!["NOT_MINE"]),
        ("message_template_components_update", json!({}), vec!["NOT_MINE"]),
        ("phone_number_name_update", json!({"decision": "APPROVED"}), vec!["NOT_MINE"]),
        ("template_correct_category_detection", json!({"category": "UTILITY"}), vec!["NOT_MINE"]),
        ("history", value("history", &json!([{"threads": []}])), vec!["HISTORY"]),
        ("smb_app_state_sync", value("state_sync", &json!([{}])), vec!["HISTORY"]),
        ("a_field_to_come", json!({"anything": 1}), vec!["UNKNOWN_FIELD"]),
    ];
    for (field, value, expected) in rows {
        assert_eq!(outcomes(&body(field, &value)), expected, "{field}");
    }
}

#[test]
fn a_message_in_full() {
    let expected = Content::Inbound(Inbound {
        channel: channel(),
        contact: customer(),
        contact_name: Some("Noura".to_owned()),
        message_id: "wamid.in".to_owned(),
        timestamp: AT,
        kind: InboundKind::Message,
        text: Some("hello".to_owned()),
        type_name: "text".to_owned(),
    });
    let body = messages(&json!([message("text", &json!({"body": "hello"}))]));
    let [item] = &parse(&body)[..] else {
        panic!("one item");
    };
    assert_eq!(item.path, "entry[0].changes[0].value.messages[0]");
    assert_eq!(item.waba_id.as_deref(), Some(WABA));
    assert_eq!(item.field, "messages");
    assert_eq!(item.content, expected);
}

#[test]
fn a_call_in_full() {
    let expected = Content::Call(Call {
        channel: channel(),
        contact: customer(),
        contact_name: Some("Noura".to_owned()),
        call_id: "wacid.1".to_owned(),
        timestamp: AT,
    });
    let body = calls(&json!([call("USER_INITIATED", "connect")]));
    assert_eq!(single(&body), expected);
}

#[test]
fn an_echo_in_full() {
    let expected = Content::Echo(Echo {
        channel: channel(),
        contact: customer(),
        message_id: "wamid.echo".to_owned(),
        timestamp: AT,
        type_name: "text".to_owned(),
    });
    let body = echoes(&json!([echo("text", &json!({"body": "on its way"}))]));
    assert_eq!(single(&body), expected);
}

fn channel() -> Channel {
    Channel { phone_number_id: CHANNEL.to_owned(), display_phone_number: Some(DISPLAY.to_owned()) }
}

fn customer() -> ContactIds {
    ContactIds::new(Some(CUSTOMER.to_owned()), Some(USER.to_owned())).expect("ids")
}
