//! All around the content: whom it goes to, and what is no message at all.

use azeer_cloud_api::parse_send;
use serde_json::json;

use crate::bodies::*;

#[test]
#[rustfmt::skip] // a line for each row
fn envelopes() {
    let but = |changes| with(text(), &changes);
    check(&[
        ("as documented", text(), "text"),
        ("no recipient type", but(json!({"recipient_type": null})), "text"),
        ("what goes along", but(json!({"context": {"message_id": "wamid.1"}, "biz_opaque_callback_data": "o-1", "new": [1]})), "text"),
        ("no product", but(json!({"messaging_product": null})), "MALFORMED messaging_product"),
        ("another product", but(json!({"messaging_product": "messenger"})), "MALFORMED messaging_product"),
        ("to a group", but(json!({"recipient_type": "group"})), "MALFORMED recipient_type"),
        ("to a kind of no kind", but(json!({"recipient_type": 1})), "MALFORMED recipient_type"),
        ("to nobody", but(json!({"to": null})), "MALFORMED to"),
        ("to a blank", but(json!({"to": " "})), "MALFORMED to"),
        ("to many", but(json!({"to": [CUSTOMER]})), "MALFORMED to"),
        ("to many users", but(json!({"recipient": [USER]})), "MALFORMED recipient"),
        ("no type, one content", but(json!({"type": null})), "text"),
        ("no type, no content", but(json!({"type": null, "text": null})), "MALFORMED type"),
        ("no type, two contents", but(json!({"type": null, "image": {"id": "1"}})), "MALFORMED type"),
        ("no type, a template beside", but(json!({"type": null, "template": {}})), "MALFORMED type"),
        ("a type that is no text", but(json!({"type": 5})), "MALFORMED type"),
        ("another content than its type", but(json!({"type": "image"})), "MALFORMED image"),
        ("a read receipt", json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1"}), "MALFORMED status"),
        ("a receipt that is typing", json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.1", "typing_indicator": {"type": "text"}}), "MALFORMED status"),
        ("typing", json!({"messaging_product": "whatsapp", "typing_indicator": {"type": "text"}}), "MALFORMED typing_indicator"),
        ("a receipt with a text", but(json!({"status": "read"})), "MALFORMED status"),
        ("a template of the platform's making", but(json!({"category": "utility"})), "MALFORMED category"),
        ("all that is wrong", json!({"recipient_type": "group", "type": "text", "text": {}}), "MALFORMED messaging_product recipient_type to text.body"),
    ]);
}

#[test]
fn recipients_are_kept_as_written() {
    let rows = [
        (json!({"to": "+966 50 000 0001"}), vec!["+966 50 000 0001"]),
        (json!({"to": 966_500_000_001_u64}), vec![CUSTOMER]),
        (json!({"to": null, "recipient": USER}), vec![USER]),
        (json!({"to": "", "recipient": USER}), vec![USER]),
        (json!({"recipient": USER}), vec![CUSTOMER, USER]),
    ];
    for (changes, expected) in rows {
        let body = parse(&with(text(), &changes)).expect("well-formed");
        assert_eq!(body.recipients, expected, "{changes}");
    }
}

#[test]
fn bodies_that_cannot_be_read() {
    let long = format!("{{\"text\": \"{}\"}}", "x".repeat(64 * 1024));
    let deep = format!("{{\"text\": {}{}}}", "[".repeat(1000), "]".repeat(1000));
    let json = "the body must be JSON in UTF-8, of at most 127 levels";
    let twice = "the body must be without any key twice in one object";
    let rows: [(&[u8], &str); 9] = [
        (b"", json),
        (b"{\"to\": secret}", json),
        (b"{\"to\": \"\xff\"}", json),
        (deep.as_bytes(), json),
        (b"[]", "the body must be an object"),
        (b"null", "the body must be an object"),
        (long.as_bytes(), "the body must be of at most 65536 bytes"),
        (br#"{"to": "966500000001", "to": "966500000002"}"#, twice),
        (br#"{"template": {"name": 1.50, "n": {"a": [1, true, {"x": 1, "x": 1}]}}}"#, twice),
    ];
    for (body, expected) in rows {
        let error = parse_send(body).expect_err("unreadable").to_string();
        assert_eq!(error, expected);
    }
}

#[test]
fn what_is_wrong_is_told_at_once_and_quotes_nothing() {
    let body = with(text(), &json!({"to": null, "recipient_type": "966500000009", "text": {}}));
    assert_eq!(
        parse(&body).expect_err("malformed").to_string(),
        "recipient_type must be `individual`: groups are not served; \
         to must be the recipient's phone number or user id; \
         text.body must be a non-empty string"
    );
}
