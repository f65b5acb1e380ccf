//! What is told of people beside what they write: statuses of what was sent to them, and what they
//! wish of marketing.

use azeer_cloud_api::{Channel, ContactIds, Content, Preference, Status, StatusError};
use serde_json::{Value, json};

use crate::bodies::*;

const PERSON: &str = "SA.70010002000300040005+966500000001";

fn status(changes: &Value) -> Value {
    let sent = json!({
        "id": "wamid.out", "status": "failed", "timestamp": AT.to_string(), "recipient_id": CUSTOMER,
    });
    with(sent, changes)
}

#[test]
#[rustfmt::skip] // a line for each row
fn statuses() {
    let bad = |key| format!("MALFORMED entry[0].changes[0].value.statuses[0].{key}");
    let errors = |errors: Value| status(&json!({"errors": errors}));
    let rows = [
        ("a failure without a reason", status(&json!({})), format!("failed to {PERSON}:")),
        ("sent", status(&json!({"status": "sent"})), format!("sent to {PERSON}:")),
        ("of a kind to come", status(&json!({"status": "hovering"})), format!("hovering to {PERSON}:")),
        ("the time in milliseconds", status(&json!({"timestamp": AT * 1_000})), format!("failed to {PERSON}:")),
        ("by user id", status(&json!({"recipient_id": null, "recipient_user_id": USER})), format!("failed to {PERSON}:")),
        ("to nobody told", status(&json!({"recipient_id": null})), format!("failed to {PERSON}:")),
        ("to another", status(&json!({"recipient_id": "966500000009"})), "failed to 966500000009:".to_owned()),
        ("to a group", status(&json!({"recipient_id": "Z3JvdXA", "recipient_type": "group"})), "failed to nobody:".to_owned()),
        (
            "details before message before title",
            errors(json!([
                {"code": 131_026, "title": "t", "message": "m", "error_data": {"details": "d"}},
                {"code": "131047", "title": "t", "message": "m"},
                {"code": 1, "title": "t"},
                {"code": 2},
                {"title": "no code"},
                7,
            ])),
            format!("failed to {PERSON}: 131026 (d) 131047 (m) 1 (t) 2 (-)"),
        ),
        ("errors of another shape", errors(json!({"code": 1})), format!("failed to {PERSON}:")),
        ("no id", status(&json!({"id": ""})), bad("id")),
        ("no status", status(&json!({"status": 5})), bad("status")),
        ("no time", status(&json!({"timestamp": "soon"})), bad("timestamp")),
    ];
    for (what, item, expected) in rows {
        let found = outcomes(&body("messages", &value("statuses", &json!([item]))));
        assert_eq!(found, [expected], "{what}");
    }
}

#[test]
fn a_status_in_full() {
    let error = json!([{"code": "131026", "error_data": {"details": "no such number"}}]);
    let failed = status(&json!({"errors": error}));
    let expected = Content::Status(Status {
        channel: channel(),
        contact: person(),
        message_id: "wamid.out".to_owned(),
        status: "failed".to_owned(),
        timestamp: AT,
        errors: vec![StatusError { code: 131_026, message: Some("no such number".to_owned()) }],
    });
    assert_eq!(single(&body("messages", &value("statuses", &json!([failed])))), expected);
}

fn wish(changes: &Value) -> Value {
    let stop = json!({
        "wa_id": CUSTOMER, "category": "marketing_messages", "value": "stop", "timestamp": AT,
        "detail": "…",
    });
    with(stop, changes)
}

#[test]
#[rustfmt::skip] // a line for each row
fn wishes() {
    let bad = |key| format!("MALFORMED entry[0].changes[0].value.user_preferences[0]{key}");
    let rows = [
        ("stop", wish(&json!({})), format!("stop for {PERSON}")),
        ("resume", wish(&json!({"value": "resume"})), format!("resume for {PERSON}")),
        ("a wish to come", wish(&json!({"value": "less"})), format!("less for {PERSON}")),
        ("no category", wish(&json!({"category": null})), format!("stop for {PERSON}")),
        ("another category", wish(&json!({"category": "calls"})), "NOT_MINE".to_owned()),
        ("by user id", wish(&json!({"wa_id": null, "user_id": USER})), format!("stop for {PERSON}")),
        ("another's contact", wish(&json!({"wa_id": "966500000009"})), "stop for 966500000009".to_owned()),
        ("nothing wished", wish(&json!({"value": ""})), bad(".value")),
        ("no time", wish(&json!({"timestamp": null})), bad(".timestamp")),
        ("no object", json!("stop"), bad("")),
    ];
    for (what, item, expected) in rows {
        let found = outcomes(&body("user_preferences", &value("user_preferences", &json!([item]))));
        assert_eq!(found, [expected], "{what}");
    }
    let value = "MALFORMED entry[0].changes[0].value";
    for (of, expected) in [
        (json!(null), value.to_owned()),
        (json!({"user_preferences": 5}), format!("{value}.user_preferences")),
        (json!({"user_preferences": []}), "NOT_MINE".to_owned()),
        (json!({"errors": [{"code": 1}]}), "NOT_MINE".to_owned()),
    ] {
        assert_eq!(outcomes(&body("user_preferences", &of)), [expected], "{of}");
    }
}

/// Whoever reads only conversations skips all of them alike.
#[test]
fn what_the_policy_cannot_read_is_still_not_the_conversations() {
    for (field, value, reason) in [
        ("messages", value("statuses", &json!([{"status": "sent"}])), "STATUS"),
        ("user_preferences", value("user_preferences", &json!([{"value": "stop"}])), "NOT_MINE"),
        ("user_preferences", json!(null), "NOT_MINE"),
        ("account_update", json!({}), "NOT_MINE"),
        ("business_capability_update", json!(null), "NOT_MINE"),
    ] {
        let Content::Skipped(skip) = single(&body(field, &value)) else { panic!("{field}") };
        assert_eq!((skip.reason(), skip.malformed().is_some()), (reason, true), "{field}");
    }
}

#[test]
fn a_wish_in_full() {
    let expected = Content::Preference(Preference {
        channel: channel(),
        contact: person().unwrap(),
        value: "stop".to_owned(),
        timestamp: AT,
    });
    let body = body("user_preferences", &value("user_preferences", &json!([wish(&json!({}))])));
    assert_eq!(single(&body), expected);
}

fn channel() -> Channel {
    Channel { phone_number_id: CHANNEL.to_owned(), display_phone_number: Some(DISPLAY.to_owned()) }
}

fn person() -> Option<ContactIds> {
    ContactIds::new(Some(CUSTOMER.to_owned()), Some(USER.to_owned()))
}
