//! Sends that fit an approved template, and each way in which they don't.

use azeer_cloud_api::{Mismatch, ParameterType, Problem};
use serde_json::json;

use crate::bodies::*;

#[test]
#[rustfmt::skip] // a line for each row
fn positional_texts() {
    let approved = components(&json!([
        {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}"},
        {"type": "BODY", "text": "Hello {{1}}, your order is {{2}}."},
        {"type": "FOOTER", "text": "Thank you"},
    ]));
    let header = || sent("header", &[text("7")]);
    let body = |parameters: &[_]| json!([header(), sent("body", parameters)]);
    let price = json!({"type": "currency", "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}});
    let date = json!({"type": "date_time", "date_time": {"fallback_value": "today"}});
    check_all(&approved, &[
        ("as approved", body(&[text("Noura"), text("ready")]), &[]),
        ("in any order", json!([sent("body", &[text("a"), text("b")]), header()]), &[]),
        ("money and a date", body(&[price, date]), &[]),
        ("names that are numbers", body(&[named("1", "Noura"), named("2", "ready")]), &[]),
        ("nothing at all", json!([]), &["header COUNT", "body COUNT"]),
        ("one too few", body(&[text("Noura")]), &["body COUNT"]),
        ("one too many", body(&[text("a"), text("b"), text("c")]), &["body COUNT"]),
        ("an empty text", body(&[text("Noura"), text("")]), &["body MISSING_VALUE"]),
        ("two empty texts", body(&[text(""), text("")]), &["body MISSING_VALUE"]),
        ("a line break", body(&[text("Noura"), text("a\nb")]), &["body BAD_TEXT"]),
        ("an image", body(&[text("Noura"), media("image")]), &["body WRONG_TYPE"]),
        ("a type to come", body(&[text("Noura"), json!({"type": "hologram", "hologram": 1})]), &["body WRONG_TYPE"]),
        ("names", body(&[named("name", "Noura"), named("state", "ready")]), &["body UNKNOWN_NAME"]),
        ("the body twice", json!([header(), sent("body", &[text("a"), text("b")]), sent("body", &[])]), &["body DUPLICATE"]),
        ("a button", json!([header(), sent("body", &[text("a"), text("b")]), sent_button(0, "url", &[text("x")])]), &["button[0] UNEXPECTED_COMPONENT"]),
        ("a footer", json!([header(), sent("body", &[text("a"), text("b")]), sent("footer", &[])]), &["footer UNEXPECTED_COMPONENT"]),
        ("where a tap leads", json!([header(), sent("body", &[text("a"), text("b")]), sent("tap_target_configuration", &[])]), &[]),
        ("a carousel", json!([header(), sent("body", &[text("a"), text("b")]), {"type": "carousel", "cards": [{"card_index": 0}]}]), &["carousel UNEXPECTED_COMPONENT"]),
        ("an offer", json!([header(), sent("body", &[text("a"), text("b")]), sent("limited_time_offer", &[text("x")])]), &["limited_time_offer UNEXPECTED_COMPONENT"]),
        ("all of it", json!([sent("header", &[media("video")]), sent("body", &[text("")])]), &["header WRONG_TYPE", "body COUNT", "body MISSING_VALUE"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn named_texts() {
    let approved = components(&json!([{"type": "BODY", "text": "{{first_name}}, {{order}} is {{order}}."}]));
    let body = |parameters: &[_]| json!([sent("body", parameters)]);
    let both = || [named("first_name", "Noura"), named("order", "7")];
    check_all(&approved, &[
        ("as approved", body(&both()), &[]),
        ("in another order", body(&[named("order", "7"), named("first_name", "Noura")]), &[]),
        ("nothing", json!([]), &["body MISSING_NAME", "body MISSING_NAME"]),
        ("one missing", body(&[named("order", "7")]), &["body MISSING_NAME"]),
        ("another instead", body(&[named("order", "7"), named("name", "Noura")]), &["body UNKNOWN_NAME", "body MISSING_NAME"]),
        ("without names", body(&[text("Noura"), text("7")]), &["body UNNAMED", "body MISSING_NAME", "body MISSING_NAME"]),
        ("one more, unnamed", body(&[both(), [text("x"), text("y")]].concat()), &["body UNNAMED"]),
        ("one twice", body(&[both(), both()].concat()), &["body DUPLICATE"]),
        ("an empty value", body(&[named("order", " "), named("first_name", "Noura")]), &["body MISSING_VALUE"]),
        ("five spaces", body(&[named("order", "a     b"), named("first_name", "Noura")]), &["body BAD_TEXT"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn nothing_to_give() {
    let approved = components(&json!([{"type": "HEADER", "format": "TEXT", "text": "Sale"}, {"type": "BODY", "text": "It is on."}]));
    check_all(&approved, &[
        ("no components", json!([]), &[]),
        ("none at all", json!(null), &[]),
        ("empty ones", json!([sent("header", &[]), sent("body", &[])]), &[]),
        ("a text for the header", json!([sent("header", &[text("x")])]), &["header COUNT"]),
        ("a text for the body", json!([sent("body", &[text("x")])]), &["body COUNT"]),
    ]);
    let headless = components(&json!([{"type": "BODY", "text": "It is on."}]));
    check_all(&headless, &[
        ("an empty header", json!([sent("header", &[])]), &[]),
        ("a header", json!([sent("header", &[media("image")])]), &["header UNEXPECTED_COMPONENT"]),
    ]);
}

#[test]
fn headers_of_media() {
    for format in ["image", "video", "gif", "document"] {
        let approved = components(&json!([{"type": "HEADER", "format": format}]));
        let other = if format == "image" { "video" } else { "image" };
        check_all(
            &approved,
            &[
                (format, json!([sent("header", &[media(format)])]), &[]),
                (format, json!([]), &["header COUNT"]),
                (format, json!([sent("header", &[media(other)])]), &["header WRONG_TYPE"]),
                (
                    format,
                    json!([sent("header", &[media(format), media(format)])]),
                    &["header COUNT"],
                ),
                (
                    format,
                    json!([sent("header", &[json!({"type": format})])]),
                    &["header MISSING_VALUE"],
                ),
            ],
        );
    }
}

#[test]
#[rustfmt::skip] // a line for each row
fn headers_of_other_kinds() {
    let approved = |format: &str| components(&json!([{"type": "HEADER", "format": format}]));
    let place = json!({"type": "location", "location": {"latitude": 24.7, "longitude": 46.7, "name": "Shop"}});
    let nowhere = json!({"type": "location", "location": {"name": "Shop"}});
    check_all(&approved("LOCATION"), &[
        ("a place", json!([sent("header", &[place])]), &[]),
        ("nowhere", json!([sent("header", &[nowhere])]), &["header MISSING_VALUE"]),
    ]);
    let product = json!({"type": "product", "product": {"product_retailer_id": "sku", "catalog_id": "7"}});
    check_all(&approved("PRODUCT"), &[
        ("a product", json!([sent("header", &[product])]), &[]),
        ("none", json!([]), &["header COUNT"]),
    ]);
    check_all(&approved("HOLOGRAM"), &[
        ("nothing for what is not known", json!([]), &[]),
        ("something", json!([sent("header", &[text("x"), media("image")])]), &[]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn offers() {
    let offer = |expires: bool| components(&json!([{"type": "limited_time_offer", "limited_time_offer": {"text": "Ends soon", "has_expiration": expires}}]));
    let ends = |at| json!([sent("limited_time_offer", &[json!({"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": at}})])]);
    check_all(&offer(true), &[
        ("when it ends", ends(json!(1_760_000_000_000_u64)), &[]),
        ("in a string", ends(json!("1760000000000")), &[]),
        ("never", json!([]), &["limited_time_offer COUNT"]),
        ("soon", ends(json!("soon")), &["limited_time_offer MISSING_VALUE"]),
        ("in words", json!([sent("limited_time_offer", &[text("soon")])]), &["limited_time_offer WRONG_TYPE"]),
    ]);
    check_all(&offer(false), &[
        ("no end", json!([]), &[]),
        ("an end", ends(json!(1)), &["limited_time_offer UNEXPECTED_COMPONENT"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn carousels_of_media() {
    let card = json!({"components": [
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "Only {{1}}"},
        {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": "Yes"}, {"type": "URL", "url": "https://example.com/{{1}}"}]},
    ]});
    let approved = components(&json!([{"type": "BODY", "text": "New"}, {"type": "CAROUSEL", "cards": [card, card]}]));
    let fits = json!([sent("header", &[media("image")]), sent("body", &[text("$1")]), sent_button(1, "url", &[text("a")])]);
    let card = |index: u32, parts: &_| json!({"card_index": index, "components": parts});
    let carousel = |cards: &[_]| json!([{"type": "carousel", "cards": cards}]);
    let bare = json!([sent("header", &[media("video")])]);
    let nested = json!([fits[0], fits[1], fits[2], {"type": "carousel"}, sent("limited_time_offer", &[]), {"type": "footer"}]);
    check_all(&approved, &[
        ("as approved", carousel(&[card(0, &fits), card(1, &fits)]), &[]),
        ("none", json!([]), &["carousel COUNT"]),
        ("one too few", carousel(&[card(0, &fits)]), &["carousel COUNT"]),
        ("one too many", carousel(&[card(0, &fits), card(1, &fits), card(2, &fits)]), &["carousel COUNT", "card[2] UNEXPECTED_COMPONENT"]),
        ("one twice", carousel(&[card(0, &fits), card(0, &fits)]), &["card[0] DUPLICATE"]),
        ("one that lacks", carousel(&[card(0, &fits), card(1, &bare)]), &["card[1].header WRONG_TYPE", "card[1].body COUNT", "card[1].button[1] COUNT"]),
        ("carousels in cards", carousel(&[card(0, &fits), card(1, &nested)]), &["card[1].carousel UNEXPECTED_COMPONENT", "card[1].limited_time_offer UNEXPECTED_COMPONENT", "card[1].footer UNEXPECTED_COMPONENT"]),
        ("the carousel twice", json!([carousel(&[card(0, &fits), card(1, &fits)])[0], {"type": "carousel"}]), &["carousel DUPLICATE"]),
    ]);
}

#[test]
#[rustfmt::skip] // a line for each row
fn carousels_of_products() {
    let card = json!({"components": [{"type": "HEADER", "format": "PRODUCT"}, {"type": "BUTTONS", "buttons": [{"type": "SPM", "text": "View"}]}]});
    let approved = components(&json!([{"type": "CAROUSEL", "cards": [card, card]}]));
    let product = json!({"type": "product", "product": {"product_retailer_id": "sku"}});
    let cards = |count: u32| -> Vec<_> {
        let parts = [sent("header", std::slice::from_ref(&product))];
        (0..count).map(|index| json!({"card_index": index, "components": parts})).collect()
    };
    let carousel = |count| json!([{"type": "carousel", "cards": cards(count)}]);
    let lacking = json!([{"type": "carousel", "cards": [cards(1)[0], {"card_index": 5}]}]);
    check_all(&approved, &[
        ("as approved", carousel(2), &[]),
        ("as many as there may be", carousel(10), &[]),
        ("one", carousel(1), &["carousel COUNT"]),
        ("too many", carousel(11), &["carousel COUNT"]),
        ("no product", lacking, &["card[5].header COUNT"]),
    ]);
}

#[test]
fn what_is_approved_and_not_known_may_be_named() {
    let approved = components(&json!([{"type": "CALL_PERMISSION_REQUEST"}]));
    check_all(
        &approved,
        &[
            ("named", json!([sent("call_permission_request", &[])]), &[]),
            ("not named", json!([]), &[]),
            ("another", json!([sent("hologram", &[])]), &["component UNEXPECTED_COMPONENT"]),
        ],
    );
}

#[test]
fn differences_say_what_they_are() {
    let approved = components(&json!([
        {"type": "HEADER", "format": "IMAGE"},
        {"type": "BODY", "text": "{{name}}"},
    ]));
    let secret = "+966 50 000 0001";
    let given = json!([
        sent("header", &[media("video")]),
        sent("body", &[named(secret, "x"), named("other", secret), named(&"x".repeat(65), "y")]),
        sent(secret, &[]),
    ]);
    let found = check(&approved, &given);
    let wrong = Problem::WrongType { expected: ParameterType::Image, given: ParameterType::Video };
    assert_eq!(found[0], Mismatch { place: "header".to_owned(), problem: wrong });
    let words: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        words,
        [
            "header must have a parameter of type IMAGE, has VIDEO",
            "body has no variable of a name that was given",
            "body lacks the parameter name",
            "component is not in the template",
        ]
    );
}

#[test]
fn a_flood_of_differences_is_cut() {
    let names: Vec<String> = (0..1_000).map(|n| format!("{{{{n{n}}}}}")).collect();
    let approved = components(&json!([{"type": "BODY", "text": names.join(" ")}]));
    assert_eq!(check(&approved, &json!([])).len(), 100);
}
