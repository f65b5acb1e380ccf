//! The table: what becomes of each kind of body, and of the same body again.

use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use serde_json::{Value, json};

use super::bodies::*;
use super::{after, ingest, outcome, told};
use crate::support::{Dump, noon};

type Rows = Vec<(&'static str, Value, &'static str)>;

#[rustfmt::skip] // a line for each row
fn of_people(at: Time) -> Rows {
    let messages = |list, item: Value| by_number("messages", list, &json!([item]), at);
    let ahead = noon() + TimeDelta::seconds(301);
    let moved = json!({"type": "user_changed_number", "wa_id": "966500000002"});
    let call = json!({"id": "wacid.1", "from": CUSTOMER, "direction": "USER_INITIATED", "timestamp": at.timestamp()});
    let echo = json!({"id": "wamid.e", "to": CUSTOMER, "type": "text", "text": {"body": "stop"}, "timestamp": at.timestamp()});
    let error = json!({"errors": [{"code": 131_026, "title": "Undeliverable"}]});
    let old = Time::from_timestamp(1_000_000_000, 0).unwrap();
    vec![
        ("a message", text("hello", at), "NOT_MINE"),
        ("a message without words", message("image", &json!({"id": "1"}), at), "NOT_MINE"),
        ("a message ahead of time", text("hello", ahead), "NOT_MINE"),
        ("a stop word", text("please STOP!", at), "APPLIED"),
        ("a stop word in a caption", message("image", &json!({"caption": "توقف"}), at + TimeDelta::seconds(1)), "APPLIED"),
        ("a stop word on a button", message("button", &json!({"text": "Stop"}), at + TimeDelta::seconds(2)), "APPLIED"),
        ("a stop word ahead of time", text("stop", ahead), "INVALID_TIME"),
        ("a stop word before all times", text("stop", old), "INVALID_TIME"),
        ("a reaction", message("reaction", &json!({"emoji": "🛑"}), at), "NOT_MINE"),
        ("an edit", message("edit", &json!({"message": {"type": "text"}}), at), "NOT_MINE"),
        ("a notice", message("system", &json!({"type": "customer_identity_changed"}), at), "NOT_MINE"),
        ("a new number", message("system", &moved, at), "NOT_MINE"),
        ("a call", by_number("calls", "calls", &json!([call]), at), "NOT_MINE"),
        ("a call that rings", by_number("calls", "statuses", &json!([{"status": "RINGING"}]), at), "NOT_MINE"),
        ("an echo", by_number("smb_message_echoes", "message_echoes", &json!([echo]), at), "NOT_MINE"),
        ("sent", status("sent", &json!({}), at), "NOT_MINE"),
        ("read", status("read", &json!({}), at), "NOT_MINE"),
        ("failed", status("failed", &error, at), "APPLIED"),
        ("failed ahead of time", status("failed", &error, ahead), "INVALID_TIME"),
        ("failed without an id", messages("statuses", json!({"status": "failed"})), "MALFORMED"),
        ("no marketing", wish("stop", at + TimeDelta::seconds(3)), "APPLIED"),
        ("marketing again", wish("resume", at + TimeDelta::seconds(4)), "APPLIED"),
        ("a late wish", wish("stop", at - TimeDelta::hours(1)), "STALE"),
        ("another wish", wish("less", at), "NO_EFFECT"),
        ("a wish ahead of time", wish("stop", ahead), "INVALID_TIME"),
        ("errors", by_number("messages", "errors", &json!([{"code": 131_000}]), at), "NOT_MINE"),
        ("history", body("history", &json!({"history": []}), at), "NOT_MINE"),
    ]
}

#[rustfmt::skip] // a line for each row
fn of_templates(at: Time) -> Rows {
    let ahead = noon() + TimeDelta::seconds(301);
    let quality = |told: Value, at| of_template("message_template_quality_update", &told, at);
    let category = |told: Value, at| of_template("template_category_update", &told, at);
    let announced = json!({
        "new_category": "UTILITY", "correct_category": "MARKETING",
        "category_update_timestamp": noon().timestamp() + 86_400,
    });
    let paused = json!({"event": "LOCKED", "other_info": {"title": "FIRST_PAUSE"}});
    let nameless = json!({"event": "APPROVED", "message_template_name": "Order 1", "message_template_language": "ar"});
    let from_nowhere = {
        let mut body = template_status("PAUSED", at);
        body["entry"][0]["id"] = json!(null);
        body
    };
    vec![
        ("paused", template_status("PAUSED", at), "APPLIED"),
        ("late", template_status("APPROVED", at - TimeDelta::seconds(1)), "STALE"),
        ("at the same instant", template_status("APPROVED", at), "APPLIED"),
        ("at the same instant again", template_status("PAUSED", at), "STALE"),
        ("a status to come", template_status("HOVERING", at + TimeDelta::seconds(1)), "APPLIED"),
        ("flagged", template_status("FLAGGED", at + TimeDelta::seconds(2)), "NO_EFFECT"),
        ("locked", template_status("LOCKED", at + TimeDelta::seconds(2)), "NO_EFFECT"),
        ("locked by a pause", of_template("message_template_status_update", &paused, at + TimeDelta::seconds(3)), "APPLIED"),
        ("no status", of_template("message_template_status_update", &json!({}), at), "MALFORMED"),
        ("no name", body("message_template_status_update", &json!({"event": "PAUSED"}), at), "MALFORMED"),
        ("no such name", body("message_template_status_update", &nameless, at), "MALFORMED"),
        ("no account", from_nowhere, "MALFORMED"),
        ("ahead of time", template_status("PAUSED", ahead), "INVALID_TIME"),
        ("a score", quality(json!({"new_quality_score": "RED"}), at), "APPLIED"),
        ("no score", quality(json!({}), at), "MALFORMED"),
        ("a category", category(json!({"new_category": "UTILITY"}), at), "APPLIED"),
        ("a category to come", category(announced, at + TimeDelta::seconds(1)), "APPLIED"),
        ("a category at no time", category(json!({"correct_category": "MARKETING"}), at), "MALFORMED"),
        ("components", body("message_template_components_update", &json!({}), at), "NO_EFFECT"),
        ("a field to come", body("holograms", &json!({}), at), "UNKNOWN_FIELD"),
        ("no field", json!({"entry": [{"id": WABA, "changes": [{}]}]}), "MALFORMED"),
    ]
}

#[rustfmt::skip] // a line for each row
fn of_accounts(at: Time) -> Rows {
    let later = |seconds| at + TimeDelta::seconds(seconds);
    let other = json!({"restriction_info": [{"restriction_type": "RESTRICTED_ADD_PHONE_NUMBER_ACTION"}]});
    let ban = |state: &str| json!({"ban_info": {"waba_ban_state": state}});
    let owned = json!({"waba_info": {"waba_id": WABA, "owner_business_id": "owner"}});
    let unreadable = json!({"restriction_info": [{"restriction_type": "X", "expiration": "soon"}]});
    vec![
        ("flagged", number_quality("FLAGGED", DISPLAY, None, at), "APPLIED"),
        ("flagged, by digits alone", number_quality("UNFLAGGED", "966115550100", None, later(1)), "APPLIED"),
        ("another number", number_quality("FLAGGED", "+966 11 555 0999", Some("TIER_2K"), at), "UNKNOWN_SENDER"),
        ("more", number_quality("UPGRADE", DISPLAY, Some("TIER_10K"), later(2)), "APPLIED"),
        ("throughput", number_quality("THROUGHPUT_UPGRADE", DISPLAY, Some("TIER_UNLIMITED"), later(3)), "APPLIED"),
        ("being registered", number_quality("ONBOARDING", DISPLAY, Some("TIER_NOT_SET"), later(4)), "NO_EFFECT"),
        ("a limit", capability(2_000, later(5)), "APPLIED"),
        ("a tier", capability("TIER_250", later(6)), "APPLIED"),
        ("a late tier", capability("TIER_2K", at), "STALE"),
        ("no limit", capability("many", later(7)), "NO_EFFECT"),
        ("restricted", restriction(Some(noon()), at), "APPLIED"),
        ("restricted in something else", account("ACCOUNT_RESTRICTION", &other, later(1)), "NO_EFFECT"),
        ("restricted in nothing", account("ACCOUNT_RESTRICTION", &json!({}), later(1)), "NO_EFFECT"),
        ("restricted till no time", account("ACCOUNT_RESTRICTION", &unreadable, later(1)), "MALFORMED"),
        ("to be disabled", account("DISABLED_UPDATE", &ban("SCHEDULE_FOR_DISABLE"), later(2)), "NO_EFFECT"),
        ("disabled", account("DISABLED_UPDATE", &ban("DISABLE"), later(3)), "APPLIED"),
        ("reinstated", account("DISABLED_UPDATE", &ban("REINSTATE"), later(4)), "APPLIED"),
        ("offboarded", account("ACCOUNT_OFFBOARDED", &json!({}), later(5)), "APPLIED"),
        ("reconnected", account("ACCOUNT_RECONNECTED", &json!({}), later(6)), "APPLIED"),
        ("deleted", account("ACCOUNT_DELETED", &json!({}), later(7)), "APPLIED"),
        ("a violation", account("ACCOUNT_VIOLATION", &json!({"violation_info": {"violation_type": "SCAM"}}), later(8)), "NO_EFFECT"),
        ("a partner", account("PARTNER_ADDED", &owned, later(8)), "APPLIED"),
        ("a partner of nobody", account("PARTNER_ADDED", &json!({}), later(8)), "NO_EFFECT"),
        ("no event", body("account_update", &json!({}), at), "MALFORMED"),
        ("an alert", body("account_alerts", &json!({"alert_type": "X"}), at), "NO_EFFECT"),
        ("a review", body("account_review_update", &json!({"decision": "APPROVED"}), at), "NO_EFFECT"),
    ]
}

#[tokio::test]
async fn each_kind_of_body_and_the_same_again() {
    let pair = Pair::at(noon()).await;
    let dump = Dump::of(&pair.policy.database).await;
    let at = after(-3_600);
    ingest(&pair, &text("the first message tells whose number it is", at)).await;
    let rows = [of_people(at), of_templates(at), of_accounts(at)].concat();
    for (what, body, expected) in rows {
        assert_eq!(told(&pair, &body).await, [expected], "{what}");
        let before = dump.rows().await;
        let again = if expected == "APPLIED" { "DUPLICATE" } else { expected };
        assert_eq!(told(&pair, &body).await, [again_of(what, again)], "{what}, again");
        assert_eq!(dump.rows().await, before, "{what}, again");
    }
}

/// A late wish was kept, though it does not hold.
fn again_of(what: &str, expected: &'static str) -> &'static str {
    if what == "a late wish" { "DUPLICATE" } else { expected }
}

#[tokio::test]
async fn one_bad_item_never_fails_the_body() {
    let pair = Pair::at(noon()).await;
    let at = after(-60);
    let failed = |id: Value| {
        let further = json!({"id": id, "errors": [{"code": 131_026}]});
        status("failed", &further, at)["entry"][0]["changes"][0].clone()
    };
    let changes = json!([
        failed(json!("wamid.1")),
        failed(json!(null)),
        7,
        template_status("PAUSED", at)["entry"][0]["changes"][0],
        {"field": "message_template_status_update", "value": "?"},
        text("stop", at)["entry"][0]["changes"][0],
        failed(json!("wamid.2")),
    ]);
    let body = json!({"entry": [{"id": WABA, "time": at.timestamp(), "changes": changes}, "?"]});
    let results = ingest(&pair, &body).await;
    let found: Vec<_> =
        results.iter().map(|result| (result.path.as_str(), outcome(result))).collect();
    let expected = [
        ("entry[0].changes[0].value.statuses[0]", "APPLIED"),
        ("entry[0].changes[1].value.statuses[0]", "MALFORMED"),
        ("entry[0].changes[2]", "MALFORMED"),
        ("entry[0].changes[3]", "APPLIED"),
        ("entry[0].changes[4]", "MALFORMED"),
        ("entry[0].changes[5].value.messages[0]", "APPLIED"),
        ("entry[0].changes[6].value.statuses[0]", "APPLIED"),
        ("entry[1]", "MALFORMED"),
    ];
    assert_eq!(found, expected.map(|(path, outcome)| (path, outcome.to_owned())));
    for result in results {
        assert_eq!(result.detail.is_empty(), result.reason.is_empty(), "{result:?}");
    }
}

#[tokio::test]
async fn of_two_told_at_one_instant_a_second_delivery_changes_nothing() {
    let pair = Pair::at(noon()).await;
    pair.import(&[("order", "UTILITY")]).await;
    let dump = Dump::of(&pair.policy.database).await;
    let [paused, approved] =
        ["PAUSED", "APPROVED"].map(|event| template_status(event, after(-60))["entry"][0].clone());
    let body = json!({"entry": [paused, approved]});
    assert_eq!(told(&pair, &body).await, ["APPLIED"; 2]);
    let before = dump.rows().await;
    assert_eq!(told(&pair, &body).await, ["STALE", "DUPLICATE"]);
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn what_is_not_a_body_is_refused() {
    let pair = Pair::at(noon()).await;
    let request = azeer_proto::policy::v1::IngestWebhookRequest {
        tenant_id: ops::TENANT.into(),
        body: b"{\"entry\": []}".to_vec(),
    };
    let answer = pair.sends.clone().ingest_webhook(request).await.unwrap();
    assert_eq!(answer.into_inner().results, []);
}
