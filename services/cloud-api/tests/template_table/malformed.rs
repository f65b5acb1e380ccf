//! Listings and entries of another shape than documented: what is named, and what survives.

use azeer_cloud_api::{Invalid, ListingError, parse_listing};
use serde_json::{Value, json};

use crate::bodies::*;

#[test]
fn listings_that_cannot_be_read() {
    let rows: [(&[u8], ListingError); 6] = [
        (b"", ListingError::NotJson { line: 1, column: 0 }),
        (b"{\"data\": secret", ListingError::NotJson { line: 1, column: 10 }),
        (b"7", ListingError::NotAListing),
        (b"{}", ListingError::NotAListing),
        (b"{\"data\": {\"id\": 1}}", ListingError::NotAListing),
        (b"{\"error\": {\"code\": 190}}", ListingError::NotAListing),
    ];
    for (body, expected) in rows {
        assert_eq!(parse_listing(body), Err(expected));
    }
}

#[test]
fn more_templates_than_an_account_can_have_are_refused() {
    let listing = |count: usize| json!({"data": vec![0; count]}).to_string();
    let refused = parse_listing(listing(6_001).as_bytes());
    assert_eq!(refused, Err(ListingError::TooManyTemplates));
    assert!(parse_listing(listing(6_000).as_bytes()).is_ok());
}

/// The path of what is wrong with an entry.
fn fault(entry: &Value) -> String {
    let mut templates = parse(&json!([entry])).templates;
    templates.remove(0).expect_err("an entry that can't be read").field
}

#[test]
#[rustfmt::skip] // a line for each row
fn entries() {
    let but = |changes| with(template(&json!([])), &changes);
    let parts = |parts| template(&json!([{"type": "FOOTER", "text": "…"}, parts]));
    let rows = [
        (json!(null), ""),
        (json!("order_update"), ""),
        (but(json!({"name": null})), "name"),
        (but(json!({"name": 5})), "name"),
        (but(json!({"language": {"code": "ar"}})), "language"),
        (but(json!({"category": ""})), "category"),
        (but(json!({"components": null})), "components"),
        (but(json!({"components": {}})), "components"),
        (parts(json!(1)), "components[1]"),
        (parts(json!({"text": "…"})), "components[1].type"),
        (parts(json!({"type": "BODY"})), "components[1].text"),
        (parts(json!({"type": "HEADER", "format": "TEXT"})), "components[1].text"),
        (parts(json!({"type": "BUTTONS"})), "components[1].buttons"),
        (parts(json!({"type": "BUTTONS", "buttons": [{}]})), "components[1].buttons[0].type"),
        (parts(json!({"type": "CAROUSEL"})), "components[1].cards"),
        (parts(json!({"type": "CAROUSEL", "cards": [{}]})), "components[1].cards[0].components"),
        (parts(json!({"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY"}]}]})), "components[1].cards[0].components[0].text"),
    ];
    for (entry, expected) in rows {
        assert_eq!(fault(&entry), expected, "{entry}");
    }
}

#[test]
fn a_bad_entry_costs_itself() {
    let good = template(&json!([]));
    let bad = with(good.clone(), &json!({"language": null}));
    let listing = parse(&json!({"data": [good, bad, "noise", good], "paging": {"next": "…"}}));
    let found: Vec<bool> = listing.templates.iter().map(Result::is_ok).collect();
    assert_eq!(found, [true, false, false, true]);
    assert!(listing.more);
    let expected = Invalid {
        index: 1,
        id: Some("1407680676729941".to_owned()),
        name: Some("order_update".to_owned()),
        field: "language".to_owned(),
        must_be: "a non-empty string",
    };
    assert_eq!(listing.templates[1], Err(expected));
}
