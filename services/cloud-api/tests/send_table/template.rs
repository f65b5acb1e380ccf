//! Templates as they are sent: which parameters are for what, and what is kept of them.

use azeer_cloud_api::{
    ParameterType, SendContent, SentButton, SentCard, SentComponent, SentParameter, SentTemplate,
    SentValue, parse_sent_components,
};
use serde_json::{Value, json};

use crate::bodies::*;

fn template(components: &Value) -> Value {
    let template =
        json!({"name": "order_update", "language": {"code": "ar"}, "components": components});
    message("template", &template)
}

/// The only parameter of a body: its type and what is said of its value.
fn parameter(parameter: &Value) -> (ParameterType, SentValue) {
    let components = json!([{"type": "body", "parameters": [parameter]}]);
    let read = parse_sent_components(components.to_string().as_bytes()).expect("well-formed");
    match read.as_slice() {
        [SentComponent::Body(parameters)] => (parameters[0].kind, parameters[0].value),
        other => panic!("not a body: {other:?}"),
    }
}

#[test]
#[rustfmt::skip] // a line for each row
fn well_formed_and_malformed() {
    check(&[
        ("no components", template(&json!(null)), "template order_update ar"),
        ("none of them", template(&json!([])), "template order_update ar"),
        ("a body", template(&json!([{"type": "BODY", "parameters": [{"type": "text", "text": "7"}]}])), "template order_update ar"),
        ("a component to come", template(&json!([{"type": "hologram"}])), "template order_update ar"),
        ("a namespace", with(template(&json!([])), &json!({"template": {"namespace": "n", "name": "a", "language": {"policy": "deterministic", "code": "en_US"}}})), "template a en_US"),
        ("no type, one content", with(template(&json!([])), &json!({"type": null})), "template order_update ar"),
        ("a category", with(template(&json!([])), &json!({"category": "utility"})), "template order_update ar"),
        ("nothing", message("template", &json!({})), "MALFORMED template.name template.language.code"),
        ("a word", message("template", &json!("order_update")), "MALFORMED template"),
        ("a language without code", message("template", &json!({"name": "a", "language": "ar"})), "MALFORMED template.language.code"),
        ("components of no kind", template(&json!([5, {}, {"type": "body", "parameters": {}}])), "MALFORMED template.components[0] template.components[1].type template.components[2].parameters"),
        ("parameters of no kind", template(&json!([{"type": "body", "parameters": ["7", {"text": "7"}]}])), "MALFORMED template.components[0].parameters[0] template.components[0].parameters[1].type"),
        ("a button without place", template(&json!([{"type": "button"}])), "MALFORMED template.components[0].sub_type template.components[0].index"),
        ("a button at -1", template(&json!([{"type": "button", "sub_type": "url", "index": "-1"}])), "MALFORMED template.components[0].index"),
        ("a card without place", template(&json!([{"type": "carousel", "cards": [{"components": []}]}])), "MALFORMED template.components[0].cards[0].card_index"),
        ("a card's button", template(&json!([{"type": "carousel", "cards": [{"card_index": 0, "components": [{"type": "button", "sub_type": "url"}]}]}])), "MALFORMED template.components[0].cards[0].components[0].index"),
    ]);
}

#[test]
fn a_template_in_full() {
    let body = template(&json!([
        {"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]},
        {"type": "body", "parameters": [{"type": "text", "parameter_name": "name", "text": "Noura"}]},
        {"type": "button", "sub_type": "URL", "index": "1", "parameters": [{"type": "text", "text": "o/7"}]},
        {"type": "carousel", "cards": [{"card_index": 2, "components": [{"type": "body"}]}]},
        {"type": "limited_time_offer", "parameters": [
            {"type": "limited_time_offer", "limited_time_offer": {"expiration_time_ms": 1_760_000_000_000_u64}},
        ]},
        {"type": "Tap_Target_Configuration", "parameters": []},
    ]));
    let given = |kind| SentParameter { kind, name: None, value: SentValue::Given };
    let named = SentParameter { name: Some("name".to_owned()), ..given(ParameterType::Text) };
    let expected = SentTemplate {
        name: "order_update".to_owned(),
        language: "ar".to_owned(),
        components: vec![
            SentComponent::Header(vec![given(ParameterType::Image)]),
            SentComponent::Body(vec![named]),
            SentComponent::Button(SentButton {
                index: 1,
                sub_type: "url".to_owned(),
                parameters: vec![given(ParameterType::Text)],
            }),
            SentComponent::Carousel(vec![SentCard {
                index: 2,
                components: vec![SentComponent::Body(vec![])],
            }]),
            SentComponent::LimitedTimeOffer(vec![given(ParameterType::LimitedTimeOffer)]),
            SentComponent::Other("tap_target_configuration".to_owned()),
        ],
    };
    assert_eq!(parse(&body).expect("well-formed").content, SendContent::Template(expected));
}

#[test]
#[rustfmt::skip] // a line for each row
fn values() {
    use ParameterType::*;
    use SentValue::*;
    let rows = [
        (json!({"type": "text", "text": "Noura"}), Text, Given),
        (json!({"type": "TEXT", "text": "Noura"}), Text, Given),
        (json!({"type": "text", "text": " "}), Text, Missing),
        (json!({"type": "text", "text": 7}), Text, Missing),
        (json!({"type": "text", "text": "a\nb"}), Text, BadText),
        (json!({"type": "text", "text": "a\tb"}), Text, BadText),
        (json!({"type": "text", "text": "a\rb"}), Text, BadText),
        (json!({"type": "text", "text": "a    b"}), Text, Given),
        (json!({"type": "text", "text": "a     b"}), Text, BadText),
        (json!({"type": "currency", "currency": {"fallback_value": "$1", "code": "USD", "amount_1000": 1000}}), Currency, Given),
        (json!({"type": "currency", "currency": {"fallback_value": "$1"}}), Currency, Missing),
        (json!({"type": "currency", "currency": {"fallback_value": "$1", "code": "USD"}}), Currency, Missing),
        (json!({"type": "date_time", "date_time": {"fallback_value": "today"}}), DateTime, Given),
        (json!({"type": "date_time"}), DateTime, Missing),
        (json!({"type": "image", "image": {"link": "https://example.com/a.jpg"}}), Image, Given),
        (json!({"type": "video", "video": {}}), Video, Missing),
        (json!({"type": "gif", "gif": {"id": 1}}), Gif, Given),
        (json!({"type": "document", "document": "1"}), Document, Missing),
        (json!({"type": "location", "location": {"latitude": "24.7", "longitude": 46}}), Location, Given),
        (json!({"type": "location", "location": {"latitude": 24.7}}), Location, Missing),
        (json!({"type": "product", "product": {"product_retailer_id": "sku", "catalog_id": "7"}}), Product, Given),
        (json!({"type": "product", "product": {"catalog_id": "7"}}), Product, Missing),
        (json!({"type": "payload", "payload": "yes"}), Payload, Given),
        (json!({"type": "coupon_code", "coupon_code": ""}), CouponCode, Missing),
        (json!({"type": "action", "action": {"flow_token": "t"}}), Action, Given),
        (json!({"type": "action", "action": {"sections": []}}), Action, Given),
        (json!({"type": "action", "action": {"sections": [{}]}}), Action, Products),
        (json!({"type": "action"}), Action, Missing),
        (json!({"type": "limited_time_offer", "limited_time_offer": {}}), LimitedTimeOffer, Missing),
        (json!({"type": "hologram", "hologram": 1}), Unknown, Given),
        (json!({"type": "hologram"}), Unknown, Missing),
    ];
    for (given, kind, value) in rows {
        assert_eq!(parameter(&given), (kind, value), "{given}");
    }
}

#[test]
fn nothing_of_a_value_is_kept() {
    let secret = "4242-secret";
    let kept = parse(&template(&json!([
        {"type": "body", "parameters": [{"type": "text", "text": secret}]},
        {"type": "button", "sub_type": "copy_code", "index": 0, "parameters": [
            {"type": "coupon_code", "coupon_code": secret},
        ]},
    ])))
    .expect("well-formed");
    assert!(!format!("{kept:?}").contains(secret));
}

#[test]
fn components_alone() {
    let parse = |components: &str| parse_sent_components(components.as_bytes());
    assert_eq!(parse(""), Ok(vec![]));
    assert_eq!(parse("null"), Ok(vec![]));
    assert_eq!(parse(r#"[{"type": "body"}]"#), Ok(vec![SentComponent::Body(vec![])]));
    let rows = [
        ("{}", "MALFORMED components"),
        ("[{}]", "MALFORMED components[0].type"),
        ("[", "MALFORMED "),
    ];
    for (components, expected) in rows {
        assert_eq!(fields(&parse(components).expect_err("malformed")), expected);
    }
}
