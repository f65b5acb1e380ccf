//! The form in which components and differences are stored: compact, and the same when read back.

use azeer_cloud_api::{Components, Mismatch, ParameterType, Problem};
use serde_json::json;

use crate::bodies::*;

#[test]
fn components_are_stored_compactly() {
    let card = json!({"components": [
        {"type": "HEADER", "format": "VIDEO"},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://example.com/{{1}}"}]},
    ]});
    let rows = [
        (json!([{"type": "BODY", "text": "Hello"}]), json!({})),
        (
            json!([{"type": "BODY", "text": "{{1}} {{2}}"}]),
            json!({"message": {"body": {"POSITIONAL": 2}}}),
        ),
        (
            json!([
                {"type": "HEADER", "format": "TEXT", "text": "{{b}}"},
                {"type": "BODY", "text": "{{b}} {{a}}"},
                {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY"}, {"type": "CATALOG"}]},
            ]),
            json!({"message": {
                "header": {"TEXT": {"NAMED": ["b"]}},
                "body": {"NAMED": ["a", "b"]},
                "buttons": ["QUICK_REPLY", "CATALOG"],
            }}),
        ),
        (
            json!([
                {"type": "CAROUSEL", "cards": [card]},
                {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"has_expiration": true}},
                {"type": "CALL_PERMISSION_REQUEST"},
            ]),
            json!({
                "cards": [{"header": "VIDEO", "buttons": ["URL_WITH_VARIABLE"]}],
                "offer_expires": true,
                "others": ["call_permission_request"],
            }),
        ),
    ];
    for (listed, stored) in rows {
        let read = components(&listed);
        assert_eq!(serde_json::to_value(&read).unwrap(), stored, "{listed}");
        let again: Components = serde_json::from_str(&stored.to_string()).unwrap();
        assert_eq!(again, read, "{listed}");
    }
}

#[test]
fn another_wording_is_no_change_and_another_variable_is() {
    let read = |text: &str| components(&json!([{"type": "BODY", "text": text}]));
    assert_eq!(read("Hello {{name}}, {{order}}"), read("Your {{order}}, {{name}}"));
    assert_ne!(read("Hello {{name}}"), read("Hello {{first_name}}"));
    assert_ne!(read("Hello {{1}}"), read("Hello"));
    let new = |kinds: [&str; 2]| components(&json!(kinds.map(|kind| json!({"type": kind}))));
    assert_eq!(new(["A", "B"]), new(["B", "A"]));
}

#[test]
fn differences_are_stored_by_stable_names() {
    let name = || "first_name".to_owned();
    let rows = [
        (Problem::Count { expected: 2, given: 1 }, json!({"COUNT": {"expected": 2, "given": 1}})),
        (Problem::MissingName(name()), json!({"MISSING_NAME": "first_name"})),
        (Problem::UnknownName, json!("UNKNOWN_NAME")),
        (Problem::Unnamed, json!("UNNAMED")),
        (
            Problem::WrongType { expected: ParameterType::DateTime, given: ParameterType::Gif },
            json!({"WRONG_TYPE": {"expected": "DATE_TIME", "given": "GIF"}}),
        ),
        (Problem::MissingValue, json!("MISSING_VALUE")),
        (Problem::BadText, json!("BAD_TEXT")),
        (Problem::MissingComponent, json!("MISSING_COMPONENT")),
        (Problem::UnexpectedComponent, json!("UNEXPECTED_COMPONENT")),
        (Problem::WrongButton, json!("WRONG_BUTTON")),
        (Problem::Duplicate, json!("DUPLICATE")),
    ];
    for (problem, stored) in rows {
        let code =
            stored.as_str().or_else(|| stored.as_object()?.keys().next().map(String::as_str));
        assert_eq!(code, Some(problem.name()));
        let mismatch = Mismatch { place: "card[1].body".to_owned(), problem };
        let expected = json!({"place": "card[1].body", "problem": stored});
        assert_eq!(serde_json::to_value(&mismatch).unwrap(), expected);
        let again: Mismatch = serde_json::from_str(&expected.to_string()).unwrap();
        assert_eq!(again, mismatch);
    }
}

#[test]
fn types_are_stored_by_their_names() {
    use ParameterType::*;
    for kind in [
        Text,
        Currency,
        DateTime,
        Image,
        Video,
        Gif,
        Document,
        Location,
        Product,
        Payload,
        CouponCode,
        Action,
        LimitedTimeOffer,
        Unknown,
    ] {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
    }
}
