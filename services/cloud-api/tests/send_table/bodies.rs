//! Bodies as they are posted, built small, and a short way to say what came out of them.

use azeer_cloud_api::{FreeFormKind, MalformedSend, SendBody, SendContent, parse_send};
use serde_json::{Value, json};

pub(crate) const CUSTOMER: &str = "966500000001";
pub(crate) const USER: &str = "SA.70010002000300040005";

/// A message of the given type and content.
pub(crate) fn message(type_name: &str, content: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": CUSTOMER,
        "type": type_name,
        type_name: content,
    })
}

pub(crate) fn text() -> Value {
    message("text", &json!({"body": "Your order is on its way."}))
}

/// `object` with further members, or others; a null takes one away.
pub(crate) fn with(mut object: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().expect("an object") {
        object[key] = value.clone();
    }
    object
}

pub(crate) fn parse(body: &Value) -> Result<SendBody, MalformedSend> {
    parse_send(body.to_string().as_bytes())
}

/// What came out, in a few words: the kind, or the malformed fields.
pub(crate) fn outcome(body: &Value) -> String {
    match parse(body) {
        Ok(SendBody { content: SendContent::Template(template), .. }) => {
            format!("template {} {}", template.name, template.language)
        }
        Ok(SendBody { content: SendContent::FreeForm(kind), .. }) => match kind {
            FreeFormKind::Other(name) => format!("other {name}"),
            kind => format!("{kind:?}").to_lowercase(),
        },
        Err(malformed) => fields(&malformed),
    }
}

pub(crate) fn fields(malformed: &MalformedSend) -> String {
    let fields: Vec<&str> = malformed.fields.iter().map(|fault| fault.field.as_str()).collect();
    format!("MALFORMED {}", fields.join(" "))
}

/// Checks rows of (what it is, a body, what becomes of it).
pub(crate) fn check(rows: &[(&str, Value, &str)]) {
    for (what, body, expected) in rows {
        assert_eq!(outcome(body), *expected, "{what}");
    }
}
