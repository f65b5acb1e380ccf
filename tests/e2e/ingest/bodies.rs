//! Webhook bodies in the platform's shapes, built small.

use azeer_tests::ops::CHANNEL;
use conversation_state_core::Time;
use serde_json::{Value, json};

/// A body of one change.
pub(super) fn body(field: &str, value: &Value) -> Value {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": "330100200300400", "changes": [{"field": field, "value": value}]}],
    })
}

/// A value that carries a list of items, with its metadata.
pub(super) fn value(list: &str, items: &[Value]) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "+966 11 555 0100", "phone_number_id": CHANNEL},
        list: items,
    })
}

/// A body of messages from customers.
pub(super) fn messages(items: &[Value]) -> Value {
    body("messages", &value("messages", items))
}

/// A customer's message of the given type and content.
pub(super) fn message(kind: &str, content: &Value, at: Time) -> Value {
    item(&json!({"type": kind, kind: content}), at)
}

/// A customer's text.
pub(super) fn text(at: Time) -> Value {
    message("text", &json!({"body": "hello"}), at)
}

/// A customer's choice of a button, a list row or a flow.
pub(super) fn choice(kind: &str, at: Time) -> Value {
    message("interactive", &json!({"type": kind, kind: {"id": "opt-1", "title": "Delivery"}}), at)
}

/// An event of a call.
pub(super) fn call(direction: &str, event: &str, at: Time) -> Value {
    item(&json!({"direction": direction, "event": event}), at)
}

/// A message from the business's phone app.
pub(super) fn echo(kind: &str, content: &Value, at: Time) -> Value {
    let item = json!({"type": kind, kind: content, "from": "966115550100", "to": "customer"});
    with(&json!({"id": "item", "timestamp": at.timestamp().to_string()}), &item)
}

/// `object` with further members, or others.
pub(super) fn with(object: &Value, changes: &Value) -> Value {
    let mut object = object.clone();
    for (key, value) in changes.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

/// The body for one customer, with message ids of its own.
pub(super) fn of(body: &Value, customer: &str) -> Vec<u8> {
    let text = body.to_string();
    let text = text.replace("\"customer\"", &format!("\"{customer}\""));
    text.replace("\"id\":\"item", &format!("\"id\":\"{customer}-item")).into_bytes()
}

fn item(content: &Value, at: Time) -> Value {
    with(
        content,
        &json!({"from": "customer", "id": "item", "timestamp": at.timestamp().to_string()}),
    )
}
