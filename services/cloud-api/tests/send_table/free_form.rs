//! Every free-form type, once as documented and once without what it can't do without.

use serde_json::json;

use crate::bodies::*;

#[test]
#[rustfmt::skip] // a line for each row
fn well_formed() {
    let button = json!({"buttons": [{"type": "reply", "reply": {"id": "yes", "title": "Yes"}}]});
    check(&[
        ("text", text(), "text"),
        ("text with a preview", message("text", &json!({"preview_url": true, "body": "https://example.com"})), "text"),
        ("text in capitals", with(text(), &json!({"type": "TEXT"})), "text"),
        ("image", message("image", &json!({"link": "https://example.com/a.jpg", "caption": "This one?"})), "image"),
        ("audio", message("audio", &json!({"id": "1015", "voice": true})), "audio"),
        ("video", message("video", &json!({"id": 1015})), "video"),
        ("document", message("document", &json!({"id": "1015", "filename": "bill.pdf"})), "document"),
        ("sticker", message("sticker", &json!({"id": "1015"})), "sticker"),
        ("location", message("location", &json!({"latitude": 24.7136, "longitude": "46.6753"})), "location"),
        ("contacts", message("contacts", &json!([{"name": {"formatted_name": "Huda", "first_name": "Huda"}}])), "contacts"),
        ("reaction", message("reaction", &json!({"message_id": "wamid.in", "emoji": "👍"})), "reaction"),
        ("a reaction taken away", message("reaction", &json!({"message_id": "wamid.in", "emoji": ""})), "reaction"),
        ("buttons", message("interactive", &json!({"type": "button", "body": {"text": "?"}, "action": button})), "interactive"),
        ("a type to come", message("poll_2", &json!({"question": "Which?"})), "other poll_2"),
        ("a list to come", message("album", &json!([{}])), "other album"),
    ]);
}

#[test]
fn interactive_messages_of_every_kind() {
    for kind in [
        "button",
        "list",
        "cta_url",
        "product",
        "product_list",
        "catalog_message",
        "flow",
        "location_request_message",
        "address_message",
        "call_permission_request",
        "voice_call",
        "carousel",
        "order_details",
        "order_status",
        "request_contact_info",
        "a_kind_to_come",
    ] {
        let content = json!({"type": kind, "body": {"text": "…"}, "action": {"name": kind}});
        assert_eq!(outcome(&message("interactive", &content)), "interactive", "{kind}");
    }
}

#[test]
#[rustfmt::skip] // a line for each row
fn malformed() {
    check(&[
        ("text", message("text", &json!({"body": " "})), "MALFORMED text.body"),
        ("text alone", message("text", &json!("hello")), "MALFORMED text"),
        ("image", message("image", &json!({"caption": "This one?"})), "MALFORMED image.id"),
        ("audio", message("audio", &json!({"link": ""})), "MALFORMED audio.id"),
        ("video", message("video", &json!(null)), "MALFORMED video"),
        ("document", message("document", &json!({"filename": "bill.pdf"})), "MALFORMED document.id"),
        ("sticker", message("sticker", &json!([])), "MALFORMED sticker"),
        ("location", message("location", &json!({"latitude": "north"})), "MALFORMED location.latitude location.longitude"),
        ("location of no number", message("location", &json!({"latitude": "NaN", "longitude": 1})), "MALFORMED location.latitude"),
        ("contacts", message("contacts", &json!([])), "MALFORMED contacts"),
        ("a contact", message("contacts", &json!({"name": {}})), "MALFORMED contacts"),
        ("reaction", message("reaction", &json!({})), "MALFORMED reaction.message_id reaction.emoji"),
        ("interactive", message("interactive", &json!({"body": {"text": "?"}})), "MALFORMED interactive.type interactive.action"),
        ("a type without content", with(text(), &json!({"type": "poll"})), "MALFORMED type"),
        ("a type with a word for content", message("poll", &json!("Which?")), "MALFORMED type"),
        ("a type that is no name", message("poll?", &json!({})), "MALFORMED type"),
        ("a type that is too long a name", message(&"p".repeat(65), &json!({})), "MALFORMED type"),
    ]);
}
