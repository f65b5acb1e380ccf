//! Bodies in the platform's shapes, built small, and a short way to say what came out of them.

use azeer_cloud_api::{ContactIds, Content, InboundKind, Item, Status, parse_webhook};
use serde_json::{Value, json};

pub(crate) const WABA: &str = "330100200300400";
pub(crate) const CHANNEL: &str = "550011002200330";
pub(crate) const DISPLAY: &str = "+966 11 555 0100";
pub(crate) const CUSTOMER: &str = "966500000001";
pub(crate) const USER: &str = "SA.70010002000300040005";
pub(crate) const AT: i64 = 1_760_000_000;

/// A body of one change.
pub(crate) fn body(field: &str, value: &Value) -> Value {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}],
    })
}

/// A value with its metadata and the contact of the customer.
pub(crate) fn value(key: &str, items: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": DISPLAY, "phone_number_id": CHANNEL},
        "contacts": [{"profile": {"name": "Noura"}, "wa_id": CUSTOMER, "user_id": USER}],
        key: items,
    })
}

/// A message of the customer, of the given type and content.
pub(crate) fn message(type_name: &str, content: &Value) -> Value {
    json!({
        "from": CUSTOMER,
        "id": "wamid.in",
        "timestamp": AT.to_string(),
        "type": type_name,
        type_name: content,
    })
}

pub(crate) fn call(direction: &str, event: &str) -> Value {
    json!({
        "id": "wacid.1",
        "from": CUSTOMER,
        "to": "966115550100",
        "event": event,
        "direction": direction,
        "timestamp": AT,
    })
}

pub(crate) fn echo(type_name: &str, content: &Value) -> Value {
    json!({
        "from": "966115550100",
        "to": CUSTOMER,
        "id": "wamid.echo",
        "timestamp": AT.to_string(),
        "type": type_name,
        type_name: content,
    })
}

pub(crate) fn system(notice: &Value) -> Value {
    message("system", notice)
}

/// `object` with further members, or others; a null takes one away.
pub(crate) fn with(mut object: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().expect("an object") {
        object[key] = value.clone();
    }
    object
}

pub(crate) fn messages(items: &Value) -> Value {
    body("messages", &value("messages", items))
}

pub(crate) fn calls(items: &Value) -> Value {
    body("calls", &value("calls", items))
}

pub(crate) fn echoes(items: &Value) -> Value {
    body("smb_message_echoes", &value("message_echoes", items))
}

pub(crate) fn parse(body: &Value) -> Vec<Item> {
    parse_webhook(body.to_string().as_bytes()).expect("a readable body")
}

/// The only item of a body.
pub(crate) fn single(body: &Value) -> Content {
    let items: [Item; 1] = parse(body).try_into().expect("one item");
    let [item] = items;
    item.content
}

/// What came out, in a few words.
pub(crate) fn outcome(content: &Content) -> String {
    match content {
        Content::Inbound(inbound) => {
            let kind = match inbound.kind {
                InboundKind::Message => "message",
                InboundKind::Reaction => "reaction",
            };
            match &inbound.text {
                Some(text) => format!("{kind} {}: {text}", inbound.type_name),
                None => format!("{kind} {}", inbound.type_name),
            }
        }
        Content::Call(call) => format!("call {}", call.call_id),
        Content::Echo(echo) => format!("echo {}", echo.type_name),
        Content::NumberChange(change) => {
            format!("{} is now {}", ids(&change.old), ids(&change.new))
        }
        Content::Status(status) => status_outcome(status),
        Content::Preference(wish) => format!("{} for {}", wish.value, ids(&wish.contact)),
        Content::News(news) => format!("{news:?}"),
        Content::Skipped(skip) => match skip.malformed() {
            Some(malformed) => format!("MALFORMED {}", malformed.field),
            None => skip.reason().to_owned(),
        },
    }
}

fn status_outcome(status: &Status) -> String {
    let contact = status.contact.as_ref().map_or_else(|| "nobody".to_owned(), ids);
    let errors = status.errors.iter().map(|error| {
        let message = error.message.as_deref().unwrap_or("-");
        format!(" {} ({message})", error.code)
    });
    let errors: String = errors.collect();
    format!("{} to {contact}:{errors}", status.status)
}

fn ids(ids: &ContactIds) -> String {
    ids.iter().collect::<Vec<_>>().join("+")
}

pub(crate) fn outcomes(body: &Value) -> Vec<String> {
    parse(body).iter().map(|item| outcome(&item.content)).collect()
}
