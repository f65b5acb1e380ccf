//! Templates and the components of sends, built small, and short ways to say what came of them.

use azeer_cloud_api::{
    Components, ListedTemplate, Listing, Mismatch, parse_listing, parse_sent_components,
};
use serde_json::{Value, json};

/// A template as it is listed, with the given components.
pub(crate) fn template(components: &Value) -> Value {
    json!({
        "id": "1407680676729941",
        "name": "order_update",
        "language": "ar",
        "status": "APPROVED",
        "category": "UTILITY",
        "components": components,
    })
}

/// `object` with further members, or others; a null takes one away.
pub(crate) fn with(mut object: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().expect("an object") {
        object[key] = value.clone();
    }
    object
}

pub(crate) fn parse(listing: &Value) -> Listing {
    parse_listing(listing.to_string().as_bytes()).expect("a readable listing")
}

/// The only template of a listing.
pub(crate) fn single(template: &Value) -> ListedTemplate {
    let templates: [_; 1] = parse(&json!({"data": [template]})).templates.try_into().expect("one");
    let [template] = templates;
    template.expect("a readable template")
}

pub(crate) fn components(components: &Value) -> Components {
    single(&template(components)).components
}

/// How a send's components differ from those of a template.
pub(crate) fn check(approved: &Components, given: &Value) -> Vec<Mismatch> {
    let given = parse_sent_components(given.to_string().as_bytes()).expect("well-formed");
    approved.check(&given)
}

/// The same, in words.
pub(crate) fn differences(approved: &Components, given: &Value) -> Vec<String> {
    check(approved, given)
        .iter()
        .map(|Mismatch { place, problem }| format!("{place} {}", problem.name()))
        .collect()
}

/// Checks rows of (what it is, a send's components, how they differ).
pub(crate) fn check_all(approved: &Components, rows: &[(&str, Value, &[&str])]) {
    for (what, given, expected) in rows {
        assert_eq!(differences(approved, given), *expected, "{what}");
    }
}

pub(crate) fn text(value: &str) -> Value {
    json!({"type": "text", "text": value})
}

pub(crate) fn named(name: &str, value: &str) -> Value {
    json!({"type": "text", "parameter_name": name, "text": value})
}

/// A parameter of a media type.
pub(crate) fn media(kind: &str) -> Value {
    json!({"type": kind, kind: {"id": "1015"}})
}

/// A component of a send.
pub(crate) fn sent(kind: &str, parameters: &[Value]) -> Value {
    json!({"type": kind, "parameters": parameters})
}

pub(crate) fn sent_button(index: u32, sub_type: &str, parameters: &[Value]) -> Value {
    json!({"type": "button", "sub_type": sub_type, "index": index, "parameters": parameters})
}
