//! Whatever is to be posted, parsing ends with an answer.

use azeer_cloud_api::{parse_send, parse_sent_components};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bodies::*;
use crate::common::{any_json, changed, changes};

const KEYS: &str = "(id|to|type|text|body|template|name|language|code|components|parameters|\
                    button|index|sub_type|cards|card_index|image|action|interactive|[a-z]{0,4})";

fn valid() -> Value {
    let card = json!({"card_index": 0, "components": [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
        {"type": "button", "sub_type": "url", "index": 0, "parameters": [{"type": "text", "text": "a"}]},
    ]});
    message(
        "template",
        &json!({"name": "offer", "language": {"code": "ar"}, "components": [
            {"type": "body", "parameters": [{"type": "text", "text": "Noura"}]},
            {"type": "carousel", "cards": [card]},
        ]}),
    )
}

proptest! {
    #[test]
    fn a_body_with_anything_in_any_place_is_answered(changes in changes(KEYS)) {
        let body = changed(valid(), changes);
        if let Err(malformed) = parse(&body) {
            prop_assert!(!malformed.fields.is_empty());
        }
    }

    #[test]
    fn any_json_is_answered(body in any_json(KEYS)) {
        let _ = parse(&body);
        let _ = parse_sent_components(body.to_string().as_bytes());
    }

    #[test]
    fn any_bytes_are_answered(body in prop::collection::vec(any::<u8>(), 0..512)) {
        let _ = parse_send(&body);
        let _ = parse_sent_components(&body);
    }

    #[test]
    fn a_body_cut_short_is_refused(cut in any::<prop::sample::Index>()) {
        let body = valid().to_string();
        prop_assert!(parse_send(&body.as_bytes()[..cut.index(body.len())]).is_err());
    }
}
