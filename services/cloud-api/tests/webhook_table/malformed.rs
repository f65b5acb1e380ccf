//! Bodies, changes and items of another shape than documented: what is named, and what survives.

use azeer_cloud_api::{BodyError, Content, Skip, parse_webhook};
use serde_json::{Value, json};

use crate::bodies::*;

fn text() -> Value {
    message("text", &json!({"body": "hello"}))
}

#[test]
fn bodies_that_cannot_be_read() {
    let rows: [(&[u8], BodyError); 7] = [
        (b"", BodyError::NotJson { line: 1, column: 0 }),
        (b"{\"entry\": secret", BodyError::NotJson { line: 1, column: 11 }),
        (b"\xff\xfe", BodyError::NotJson { line: 1, column: 1 }),
        (b"[]", BodyError::NotAnObject),
        (b"null", BodyError::NotAnObject),
        (b"{}", BodyError::EntryNotAnArray),
        (b"{\"entry\": {\"id\": 1}}", BodyError::EntryNotAnArray),
    ];
    for (body, expected) in rows {
        assert_eq!(parse_webhook(body), Err(expected));
    }
}

#[test]
fn errors_quote_nothing_of_the_body() {
    let error = parse_webhook(b"{\"entry\": secret").expect_err("not JSON");
    assert_eq!(
        error.to_string(),
        "must be JSON of at most 127 levels; reading stopped at line 1, column 11"
    );
}

#[test]
#[rustfmt::skip] // a line for each row
fn entries_and_changes() {
    let rows = [
        (json!([]), vec![]),
        (json!([{"id": WABA, "changes": []}]), vec![]),
        (json!([null]), vec!["MALFORMED entry[0]"]),
        (json!([7, "x"]), vec!["MALFORMED entry[0]", "MALFORMED entry[1]"]),
        (json!([{"id": WABA}]), vec!["MALFORMED entry[0].changes"]),
        (json!([{"changes": [null]}]), vec!["MALFORMED entry[0].changes[0]"]),
        (json!([{"changes": [{"value": {}}]}]), vec!["MALFORMED entry[0].changes[0].field"]),
        (json!([{"changes": [{"field": 5}]}]), vec!["MALFORMED entry[0].changes[0].field"]),
        (json!([{"changes": [{"field": "messages"}]}]), vec!["MALFORMED entry[0].changes[0].value"]),
        (json!([{"changes": [{"field": "calls", "value": null}]}]), vec!["MALFORMED entry[0].changes[0].value"]),
        (
            json!([{"changes": [{"field": "messages", "value": {"messages": {}}}]}]),
            vec!["MALFORMED entry[0].changes[0].value.messages"],
        ),
    ];
    for (entry, expected) in rows {
        assert_eq!(outcomes(&json!({"entry": entry})), expected, "{entry}");
    }
}

#[test]
#[rustfmt::skip] // a line for each row
fn items() {
    let path = "entry[0].changes[0].value.messages[0]";
    let rows = [
        (json!("hello"), path.to_owned()),
        (with(text(), &json!({"id": null})), format!("{path}.id")),
        (with(text(), &json!({"id": ""})), format!("{path}.id")),
        (with(text(), &json!({"id": 1.5})), format!("{path}.id")),
        (with(text(), &json!({"timestamp": null})), format!("{path}.timestamp")),
        (with(text(), &json!({"timestamp": "yesterday"})), format!("{path}.timestamp")),
        (with(text(), &json!({"timestamp": 1.5})), format!("{path}.timestamp")),
        (with(text(), &json!({"timestamp": u64::MAX})), format!("{path}.timestamp")),
        (with(text(), &json!({"type": null, "text": null})), format!("{path}.type")),
    ];
    for (item, field) in rows {
        let expected = format!("MALFORMED {field}");
        assert_eq!(outcomes(&messages(&json!([item]))), [expected], "{item}");
    }
}

#[test]
fn without_a_channel_only_what_needs_one_is_lost() {
    let mut body = messages(&json!([text(), message("revoke", &json!({}))]));
    body["entry"][0]["changes"][0]["value"]["metadata"] = json!(null);
    assert_eq!(
        outcomes(&body),
        ["MALFORMED entry[0].changes[0].value.metadata.phone_number_id", "DELETION",]
    );
}

#[test]
fn what_is_wrong_is_told() {
    let body = messages(&json!([with(text(), &json!({"timestamp": "soon"}))]));
    let Content::Skipped(Skip::Malformed(malformed)) = single(&body) else {
        panic!("malformed");
    };
    assert_eq!(
        malformed.to_string(),
        "entry[0].changes[0].value.messages[0].timestamp must be \
         Unix seconds, as an integer or a string of one"
    );
}

#[test]
fn a_bad_item_does_not_harm_its_neighbours() {
    let mixed = with(
        value(
            "messages",
            &json!([text(), {"id": 5}, message("image", &json!({"caption": "that"}))]),
        ),
        &json!({"statuses": [{"status": "sent"}, {"id": "wamid.out", "status": "read", "timestamp": AT}], "errors": [{"code": 1}]}),
    );
    let body = json!({"entry": [
        {"id": 330_100_200_300_400_u64, "changes": [{"field": "messages", "value": mixed}, 9]},
        "noise",
        {"changes": [{"field": "account_update", "value": {}}]},
    ]});
    let items = parse(&body);
    let found: Vec<_> =
        items.iter().map(|item| (item.path.as_str(), outcome(&item.content))).collect();
    let expected = [
        ("entry[0].changes[0].value.messages[0]", "message text: hello"),
        (
            "entry[0].changes[0].value.messages[1]",
            "MALFORMED entry[0].changes[0].value.messages[1].type",
        ),
        ("entry[0].changes[0].value.messages[2]", "message image: that"),
        (
            "entry[0].changes[0].value.statuses[0]",
            "MALFORMED entry[0].changes[0].value.statuses[0].id",
        ),
        ("entry[0].changes[0].value.statuses[1]", "read to SA.70010002000300040005+966500000001:"),
        ("entry[0].changes[1]", "MALFORMED entry[0].changes[1]"),
        ("entry[1]", "MALFORMED entry[1]"),
        ("entry[2].changes[0]", "MALFORMED entry[2].changes[0].value.event"),
    ];
    assert_eq!(found, expected.map(|(path, outcome)| (path, outcome.to_owned())));
    assert_eq!(items[0].waba_id.as_deref(), Some(WABA));
    assert_eq!(items[7].waba_id, None);
}
