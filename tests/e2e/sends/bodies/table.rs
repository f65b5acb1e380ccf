//! The table: a body of each type, as its documentation shows it, and what each can't do without.

use serde_json::{Value, json};

use super::super::settings::{self, plain, template as template_of};

/// Whom the bodies are for.
pub(crate) const CUSTOMER: &str = "966500000001";

/// The types whose content tells them where no type is given.
pub(crate) const FREE_FORM: [&str; 10] = [
    "text",
    "image",
    "audio",
    "video",
    "document",
    "sticker",
    "location",
    "contacts",
    "reaction",
    "interactive",
];

/// A message of a type and its content.
pub(crate) fn message(kind: &str, content: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": CUSTOMER,
        "type": kind, kind: content,
    })
}

fn interactive(kind: &str, action: &Value) -> Value {
    let content = json!({"type": kind, "body": {"text": "Which one?"}, "action": action});
    message("interactive", &content)
}

/// What it is, its type as it is told, the body.
#[rustfmt::skip] // a line for each row
pub(crate) fn free_form() -> Vec<(&'static str, &'static str, Value)> {
    let row = |what, kind, content: Value| (what, kind, message(kind, &content));
    let ask = |what, kind, action: Value| (what, "interactive", interactive(kind, &action));
    let reply = json!({"type": "reply", "reply": {"id": "yes", "title": "Yes"}});
    let named = json!({"name": {"formatted_name": "Huda", "first_name": "Huda"}, "phones": [{"phone": "+966 50 000 0002"}]});
    vec![
        row("text", "text", json!({"body": "Your order is on its way.", "preview_url": false})),
        row("an answer", "text", json!({"body": "نعم"})),
        row("image by id", "image", json!({"id": "1013859600285441", "caption": "This one?"})),
        row("image by link", "image", json!({"link": "https://example.com/a.jpg"})),
        row("audio", "audio", json!({"id": "1013859600285441", "voice": true})),
        row("video", "video", json!({"link": "https://example.com/a.mp4", "caption": "So"})),
        row("document", "document", json!({"id": "1013859600285441", "filename": "bill.pdf"})),
        row("sticker", "sticker", json!({"id": "1013859600285441"})),
        row("location", "location", json!({"latitude": "24.7136", "longitude": 46.6753, "name": "Olaya"})),
        row("contacts", "contacts", json!([named])),
        row("reaction", "reaction", json!({"message_id": "wamid.1", "emoji": "👍"})),
        row("a reaction taken away", "reaction", json!({"message_id": "wamid.1", "emoji": ""})),
        ask("buttons", "button", json!({"buttons": [reply]})),
        ask("a list", "list", json!({"button": "Choose", "sections": [{"title": "A", "rows": [{"id": "1", "title": "One"}]}]})),
        ask("a link", "cta_url", json!({"name": "cta_url", "parameters": {"display_text": "See", "url": "https://example.com"}})),
        ask("a product", "product", json!({"catalog_id": "7", "product_retailer_id": "sku-1"})),
        ask("products", "product_list", json!({"catalog_id": "7", "sections": [{"title": "A", "product_items": [{"product_retailer_id": "sku-1"}]}]})),
        ask("the catalog", "catalog_message", json!({"name": "catalog_message"})),
        ask("a flow", "flow", json!({"name": "flow", "parameters": {"flow_message_version": "3", "flow_id": "1", "flow_cta": "Book"}})),
        ask("a request for a location", "location_request_message", json!({"name": "send_location"})),
        ask("a request for an address", "address_message", json!({"name": "address_message", "parameters": {"country": "IN"}})),
        ask("a request to call", "call_permission_request", json!({"name": "call_permission_request"})),
        ask("a call button", "voice_call", json!({"name": "voice_call", "parameters": {"display_text": "Call us"}})),
        ask("a carousel of media", "carousel", json!({"cards": [{"card_index": 0, "type": "cta_url"}]})),
        ask("an order's details", "order_details", json!({"name": "review_and_pay", "parameters": {"reference_id": "o-1"}})),
        ask("an order's status", "order_status", json!({"name": "review_order", "parameters": {"reference_id": "o-1"}})),
        ask("a kind to come", "hologram", json!({"name": "hologram"})),
        row("a type to come", "poll", json!({"question": "Which?", "options": ["A", "B"]})),
        row("a list to come", "album", json!([{"id": "1"}])),
    ]
}

/// What it is, and a body of it.
type Sent = (&'static str, fn() -> Value);

/// Templates as they are sent.
#[rustfmt::skip] // a line for each row
pub(crate) const TEMPLATES: [Sent; 6] = [
    ("without parameters", || template("plain", None)),
    ("with parameters in order", || template("ordered", Some(json!([text(&["Noura", "7"])])))),
    ("with named parameters", || template("named", Some(json!([
        {"type": "body", "parameters": [{"type": "text", "parameter_name": "first_name", "text": "Noura"}]},
    ])))),
    ("with a header and buttons", || template("full", Some(json!([
        {"type": "header", "parameters": [{"type": "image", "image": {"link": "https://example.com/a.jpg"}}]},
        text(&["Noura"]),
        {"type": "button", "sub_type": "quick_reply", "index": "0", "parameters": [{"type": "payload", "payload": "yes"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "o-1"}]},
    ])))),
    ("with a carousel", || template("cards", Some(json!([
        text(&["Noura"]),
        {"type": "carousel", "cards": [card(0), card(1)]},
    ])))),
    ("a one-time code", || template("code", Some(json!([
        text(&["123456"]),
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "123456"}]},
    ])))),
];

fn template(name: &str, components: Option<Value>) -> Value {
    let mut template = json!({"name": name, "language": {"code": "en_US"}});
    if let Some(components) = components {
        template["components"] = components;
    }
    message("template", &template)
}

fn text(values: &[&str]) -> Value {
    let parameters: Vec<_> =
        values.iter().map(|value| json!({"type": "text", "text": value})).collect();
    json!({"type": "body", "parameters": parameters})
}

fn card(index: u32) -> Value {
    let header = json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]});
    json!({"card_index": index, "components": [header]})
}

/// The templates that those are, as the platform lists them.
pub(crate) fn templates() -> Vec<Value> {
    let body = json!({"type": "BODY", "text": "Hello {{1}}"});
    let header = json!({"type": "HEADER", "format": "IMAGE"});
    let url = json!({"type": "URL", "text": "See", "url": "https://example.com/{{1}}"});
    let buttons =
        json!({"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, url]});
    let card = json!({"components": [header]});
    let otp = json!({"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "COPY_CODE"}]});
    vec![
        plain("plain", "UTILITY"),
        template_of("ordered", "UTILITY", &settings::body("{{1}}: {{2}}")),
        template_of("named", "UTILITY", &settings::body("Hello {{first_name}}")),
        template_of("full", "UTILITY", &json!([header, body, buttons])),
        template_of(
            "cards",
            "MARKETING",
            &json!([body, {"type": "CAROUSEL", "cards": [card, card]}]),
        ),
        template_of("code", "AUTHENTICATION", &json!([body, otp])),
    ]
}

/// What it is, the body, and the fields that are named within it.
type Malformed = (&'static str, Value, &'static str);

/// A body of each type that can't be sent.
#[rustfmt::skip] // a line for each row
pub(crate) fn malformed() -> Vec<Malformed> {
    let row = |kind, content: Value, fields| (kind, message(kind, &content), fields);
    let but = |changes: Value| {
        let mut body = message("text", &json!({"body": "hello"}));
        for (key, value) in changes.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    vec![
        row("text", json!({"body": ""}), "text.body"),
        row("text", json!("hello"), "text"),
        row("image", json!({"caption": "no image"}), "image.id"),
        row("audio", json!({}), "audio.id"),
        row("video", json!(null), "video"),
        row("document", json!({"filename": "bill.pdf"}), "document.id"),
        row("sticker", json!([]), "sticker"),
        row("location", json!({"name": "nowhere"}), "location.latitude location.longitude"),
        row("contacts", json!([]), "contacts"),
        row("reaction", json!({"emoji": "👍"}), "reaction.message_id"),
        row("reaction", json!({"message_id": "wamid.1"}), "reaction.emoji"),
        row("interactive", json!({"body": {"text": "?"}}), "interactive.type interactive.action"),
        row("poll", json!("Which?"), "type"),
        row("template", json!({}), "template.name template.language.code"),
        row("template", json!({"name": "A b", "language": {"code": "en_US"}}), "template.name"),
        row("template", json!({"name": "plain", "language": {"code": "e n"}}), "template.language.code"),
        row("template", json!({"name": "plain", "language": {"code": "en"}, "components": [{}]}), "template.components[0].type"),
        row("template", json!({"name": "plain", "language": {"code": "en"}, "components": [{"type": "button"}]}), "template.components[0].sub_type template.components[0].index"),
        ("of no product", but(json!({"messaging_product": "sms"})), "messaging_product"),
        ("to a group", but(json!({"recipient_type": "group"})), "recipient_type"),
        ("to nobody", but(json!({"to": ""})), "to"),
        ("to many", but(json!({"to": [CUSTOMER]})), "to"),
        ("two contents", but(json!({"type": null, "image": {"id": "1"}})), "type"),
        ("with a category", but(json!({"category": "utility"})), "category"),
        ("all at once", json!({"type": "text", "text": {}}), "messaging_product to text.body"),
    ]
}

/// What is posted to the same place and is no message.
#[rustfmt::skip] // a line for each row
pub(crate) fn signals() -> Vec<Malformed> {
    vec![
        ("a read receipt", json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}), "status"),
        ("typing", json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"}}), "status"),
        ("typing alone", json!({"messaging_product": "whatsapp", "typing_indicator": {"type": "text"}}), "typing_indicator"),
    ]
}
