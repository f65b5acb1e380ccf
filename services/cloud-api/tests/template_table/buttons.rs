//! Each kind of button: what a send may, must and must not say for it.

use serde_json::{Value, json};

use crate::bodies::*;

/// Checks sends for a template of one button, after a quick reply: its index is 1.
fn check_button(button: &Value, rows: &[(&str, Vec<Value>, &[&str])]) {
    let reply = json!({"type": "QUICK_REPLY", "text": "No"});
    let approved = components(&json!([{"type": "BUTTONS", "buttons": [reply, button]}]));
    for (what, given, expected) in rows {
        assert_eq!(differences(&approved, &json!(given)), *expected, "{button}: {what}");
    }
}

fn given(sub_type: &str, parameters: &[Value]) -> Vec<Value> {
    vec![sent_button(1, sub_type, parameters)]
}

fn action(action: &Value) -> Value {
    json!({"type": "action", "action": action})
}

#[test]
#[rustfmt::skip] // a line for each row
fn replies_and_addresses() {
    let payload = || json!({"type": "payload", "payload": "yes"});
    check_button(&json!({"type": "QUICK_REPLY"}), &[
        ("nothing", vec![], &[]),
        ("a payload", given("quick_reply", &[payload()]), &[]),
        ("named only", given("QUICK_REPLY", &[]), &[]),
        ("two payloads", given("quick_reply", &[payload(), payload()]), &["button[1] COUNT"]),
        ("a text", given("quick_reply", &[text("yes")]), &["button[1] WRONG_TYPE"]),
        ("taken for an address", given("url", &[text("a")]), &["button[1] WRONG_BUTTON"]),
    ]);
    check_button(&json!({"type": "URL", "url": "https://example.com"}), &[
        ("nothing", vec![], &[]),
        ("named only", given("url", &[]), &[]),
        ("a text", given("url", &[text("a")]), &["button[1] COUNT"]),
    ]);
    check_button(&json!({"type": "URL", "url": "https://example.com/{{1}}"}), &[
        ("a text", given("url", &[text("a")]), &[]),
        ("nothing", vec![], &["button[1] COUNT"]),
        ("named only", given("url", &[]), &["button[1] COUNT"]),
        ("two texts", given("url", &[text("a"), text("b")]), &["button[1] COUNT"]),
        ("an empty text", given("url", &[text("")]), &["button[1] MISSING_VALUE"]),
        ("a payload", given("url", &[json!({"type": "payload", "payload": "a"})]), &["button[1] WRONG_TYPE"]),
        ("a second of its place", vec![sent_button(2, "url", &[text("a")])], &["button[1] COUNT", "button[2] UNEXPECTED_COMPONENT"]),
    ]);
    check_button(&json!({"type": "PHONE_NUMBER"}), &[
        ("nothing", vec![], &[]),
        ("a text", given("phone_number", &[text("1")]), &["button[1] COUNT"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn codes() {
    let coupon = |code: &str| json!({"type": "coupon_code", "coupon_code": code});
    check_button(&json!({"type": "COPY_CODE"}), &[
        ("a code", given("COPY_CODE", &[coupon("25OFF")]), &[]),
        ("nothing", vec![], &["button[1] COUNT"]),
        ("an empty code", given("copy_code", &[coupon("")]), &["button[1] MISSING_VALUE"]),
        ("a text", given("copy_code", &[text("25OFF")]), &["button[1] WRONG_TYPE"]),
    ]);
    check_button(&json!({"type": "OTP", "otp_type": "ONE_TAP"}), &[
        ("the code", given("url", &[text("4242")]), &[]),
        ("nothing", vec![], &["button[1] COUNT"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn flows_and_products() {
    check_button(&json!({"type": "FLOW"}), &[
        ("a token", given("flow", &[action(&json!({"flow_token": "t"}))]), &[]),
        ("named only", given("flow", &[]), &[]),
        ("nothing", vec![], &["button[1] MISSING_COMPONENT"]),
        ("a text", given("flow", &[text("t")]), &["button[1] WRONG_TYPE"]),
    ]);
    check_button(&json!({"type": "CATALOG"}), &[
        ("a product to show", given("catalog", &[action(&json!({"thumbnail_product_retailer_id": "sku"}))]), &[]),
        ("nothing", vec![], &[]),
        ("no action", given("catalog", &[json!({"type": "action"})]), &["button[1] MISSING_VALUE"]),
    ]);
    check_button(&json!({"type": "MPM"}), &[
        ("products", given("mpm", &[action(&json!({"sections": [{"product_items": []}]}))]), &[]),
        ("no sections", given("mpm", &[action(&json!({"thumbnail_product_retailer_id": "sku"}))]), &["button[1] MISSING_VALUE"]),
        ("no action", given("mpm", &[json!({"type": "action"})]), &["button[1] MISSING_VALUE"]),
        ("nothing", vec![], &["button[1] COUNT"]),
    ]);
    check_button(&json!({"type": "SPM"}), &[
        ("nothing", vec![], &[]),
        ("an action", given("spm", &[action(&json!({}))]), &["button[1] COUNT"]),
    ]);
    check_button(&json!({"type": "ORDER_DETAILS"}), &[
        ("an order", given("order_details", &[action(&json!({"order_details": {}}))]), &[]),
        ("nothing", vec![], &["button[1] COUNT"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn calls_and_kinds_to_come() {
    check_button(&json!({"type": "VOICE_CALL"}), &[
        ("nothing", vec![], &[]),
        ("how long it works", given("voice_call", &[json!({"type": "ttl_minutes", "ttl_minutes": 100})]), &[]),
        ("taken for another", given("phone_number", &[]), &["button[1] WRONG_BUTTON"]),
    ]);
    check_button(&json!({"type": "HOLOGRAM"}), &[
        ("nothing", vec![], &[]),
        ("anything", given("hologram", &[text("a"), action(&json!({}))]), &[]),
    ]);
}

#[test]
fn a_button_given_twice_counts_once() {
    let approved =
        components(&json!([{"type": "BUTTONS", "buttons": [{"type": "URL", "url": "x{{1}}"}]}]));
    let both = json!([sent_button(0, "url", &[text("a")]), sent_button(0, "url", &[])]);
    assert_eq!(differences(&approved, &both), ["button[0] DUPLICATE"]);
}
