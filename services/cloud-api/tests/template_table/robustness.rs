//! Whatever was listed and whatever is sent, there is an answer, and it tells no values.

use azeer_cloud_api::{Components, parse_listing, parse_sent_components};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bodies::*;
use crate::common::{any_json, changed, changes};

const KEYS: &str = "(id|name|language|category|components|type|format|text|url|buttons|cards|\
                    body|header|BODY|HEADER|BUTTONS|CAROUSEL|URL|parameters|button|index|\
                    sub_type|card_index|parameter_name|data|paging|next|[a-z]{0,4})";

fn listed() -> Value {
    let card = json!({"components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://example.com/{{1}}"}]},
    ]});
    template(&json!([
        {"type": "HEADER", "format": "TEXT", "text": "Our {{what}}"},
        {"type": "BODY", "text": "Hello {{name}}, {{order}}"},
        {"type": "BUTTONS", "buttons": [{"type": "MPM"}, {"type": "COPY_CODE"}]},
        {"type": "CAROUSEL", "cards": [card, card]},
    ]))
}

fn given() -> Value {
    let card = json!({"card_index": 1, "components": [
        sent("header", &[media("image")]),
        sent_button(0, "url", &[text("a")]),
    ]});
    json!([
        sent("header", &[named("what", "sale")]),
        sent("body", &[named("name", "Noura"), named("order", "7")]),
        sent_button(0, "mpm", &[json!({"type": "action", "action": {"sections": [{}]}})]),
        {"type": "carousel", "cards": [card]},
    ])
}

/// The components of a listing's templates, those that can be read.
fn readable(listing: &Value) -> Vec<Components> {
    let listing = parse_listing(listing.to_string().as_bytes()).expect("a listing");
    listing.templates.into_iter().flatten().map(|template| template.components).collect()
}

proptest! {
    #[test]
    fn any_template_and_any_send_are_compared(
        listed_changes in changes(KEYS),
        given_changes in changes(KEYS),
    ) {
        let sent = changed(given(), given_changes).to_string();
        let sent = parse_sent_components(sent.as_bytes());
        for components in readable(&json!([changed(listed(), listed_changes)])) {
            let stored = serde_json::to_string(&components).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Components>(&stored).unwrap(), &components);
            if let Ok(sent) = &sent {
                prop_assert!(components.check(sent).len() <= 100);
            }
        }
    }

    #[test]
    fn no_value_of_a_parameter_is_told(changes in changes(KEYS)) {
        let secret = "Noura Al-Otaibi";
        let values = json!([
            sent("header", &[text(secret), media("image")]),
            sent("body", &[named("name", secret), text(secret), text(&format!("{secret}\n"))]),
            sent_button(0, "url", &[text(secret)]),
            sent_button(1, "copy_code", &[json!({"type": "coupon_code", "coupon_code": secret})]),
        ]);
        for components in readable(&json!([changed(listed(), changes)])) {
            let told = serde_json::to_string(&check(&components, &values)).unwrap();
            prop_assert!(!told.contains(secret), "{}", told);
        }
    }

    #[test]
    fn any_json_is_answered(body in any_json(KEYS)) {
        let _ = parse_listing(body.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse_listing(&body);
    }
}
