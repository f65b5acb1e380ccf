//! Whatever arrives, parsing ends with an answer.

use azeer_cloud_api::{BodyError, parse_webhook};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bodies::*;
use crate::business;
use crate::common::{any_json, changed, changes};

/// One body with every list that is read.
fn valid() -> Value {
    let text = message("text", &json!({"body": "hello"}));
    let moved = system(&json!({"type": "user_changed_number", "wa_id": "966500000002"}));
    let both = with(
        value("messages", &json!([text, moved])),
        &json!({"statuses": [{
            "id": "wamid.out", "status": "failed", "timestamp": AT, "recipient_id": CUSTOMER,
            "errors": [{"code": 131_026, "error_data": {"details": "undeliverable"}}],
        }]}),
    );
    let rings = value("calls", &json!([call("USER_INITIATED", "connect")]));
    let replies = value("message_echoes", &json!([echo("text", &json!({"body": "yes"}))]));
    let wishes = json!([{"wa_id": CUSTOMER, "value": "stop", "timestamp": AT}]);
    let wishes = value("user_preferences", &wishes);
    let mut changes = vec![
        json!({"field": "messages", "value": both}),
        json!({"field": "calls", "value": rings}),
        json!({"field": "smb_message_echoes", "value": replies}),
        json!({"field": "user_preferences", "value": wishes}),
    ];
    changes
        .extend(business::examples().map(|(field, value)| json!({"field": field, "value": value})));
    json!({"entry": [{"id": WABA, "time": AT, "changes": changes}]})
}

const KEYS: &str = "(id|from|to|type|text|system|wa_id|user_id|messages|errors|time|event|statuses|\
    restriction_info|waba_info|[a-z]{0,4})";

proptest! {
    #[test]
    fn a_body_with_anything_in_any_place_is_answered(
        changes in changes(KEYS),
    ) {
        let body = changed(valid(), changes);
        let readable = body["entry"].is_array();
        prop_assert_eq!(parse_webhook(body.to_string().as_bytes()).is_ok(), readable);
    }

    #[test]
    fn any_json_is_answered(body in any_json(KEYS)) {
        let _ = parse_webhook(body.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse_webhook(&body);
    }

    #[test]
    fn a_body_cut_short_is_refused(cut in any::<prop::sample::Index>()) {
        let body = valid().to_string();
        prop_assert!(parse_webhook(&body.as_bytes()[..cut.index(body.len())]).is_err());
    }
}

#[test]
fn deep_nesting_is_refused_and_not_followed() {
    // Two levels, the object and its `entry`, and as many more as asked for.
    let nested = |levels: usize| {
        let inner = "[".repeat(levels) + &"]".repeat(levels);
        parse_webhook(format!("{{\"entry\": [{inner}]}}").as_bytes())
    };
    assert!(nested(125).is_ok());
    assert!(nested(126).is_err());
    assert!(nested(100_000).is_err());
}

#[test]
fn long_lists_are_read_in_one_pass() {
    let count = 4_000;
    let numbered = |n: u32| (966_500_000_000_u64 + u64::from(n)).to_string();
    let texts: Vec<Value> = (0..count)
        .map(|n| with(message("text", &json!({"body": "hi"})), &json!({"from": numbered(n)})))
        .collect();
    let contacts: Vec<Value> =
        (0..count).map(|n| json!({"wa_id": numbered(n), "user_id": format!("SA.{n}")})).collect();
    let value = with(value("messages", &json!(texts)), &json!({"contacts": contacts}));
    assert_eq!(parse(&body("messages", &value)).len(), texts.len());
}

#[test]
fn more_than_any_platform_sends_is_refused_before_it_is_read() {
    let many = vec![5; 10_001];
    for body in [json!({"entry": many}), json!({"entry": [{"changes": many}]})] {
        let refused = parse_webhook(body.to_string().as_bytes());
        assert_eq!(refused, Err(BodyError::TooManyItems));
    }
}
