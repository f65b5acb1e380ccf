//! What is read of a listing, and how little of it must be there.

use azeer_cloud_api::{Button, Components, Header, ListedTemplate, Parts, Variables, language_key};
use serde_json::{Value, json};

use crate::bodies::*;

#[test]
fn a_template_in_full() {
    let listed = with(
        template(&json!([{"type": "BODY", "text": "Hello {{1}}"}])),
        &json!({
            "previous_category": "MARKETING",
            "correct_category": "MARKETING",
            "category_update_timestamp": "1760000000",
            "quality_score": {"score": "YELLOW", "date": 1_750_000_000},
            "rejected_reason": "NONE",
            "sub_category": "CUSTOM",
            "parameter_format": "POSITIONAL",
            "library_template_name": null,
        }),
    );
    let text = |text: &str| Some(text.to_owned());
    let expected = ListedTemplate {
        id: text("1407680676729941"),
        name: "order_update".to_owned(),
        language: "ar".to_owned(),
        status: "APPROVED".to_owned(),
        category: "UTILITY".to_owned(),
        previous_category: text("MARKETING"),
        correct_category: text("MARKETING"),
        category_update_timestamp: Some(1_760_000_000),
        quality_score: text("YELLOW"),
        rejected_reason: text("NONE"),
        components: Components {
            message: Parts { body: Variables::Positional(1), ..Parts::default() },
            ..Components::default()
        },
    };
    assert_eq!(single(&listed), expected);
}

#[test]
fn what_may_be_missing_or_otherwise() {
    let plain = template(&json!([{"type": "BODY", "text": "Hello"}]));
    let bare = single(&with(plain.clone(), &json!({"id": null, "status": null})));
    assert_eq!((bare.id, bare.status.as_str()), (None, ""));
    assert_eq!((bare.correct_category, bare.category_update_timestamp), (None, None));
    assert_eq!((bare.quality_score, bare.rejected_reason), (None, None));

    let odd = single(&with(
        plain,
        &json!({"id": 7, "category_update_timestamp": 1_760_000_000, "quality_score": 3}),
    ));
    assert_eq!(odd.id.as_deref(), Some("7"));
    assert_eq!(odd.category_update_timestamp, Some(1_760_000_000));
    assert_eq!(odd.quality_score, None);
}

#[test]
fn pages_and_bare_lists() {
    let one = template(&json!([]));
    let cursors = json!({"before": "a", "after": "b"});
    let rows = [
        (json!({"data": [one]}), 1, false),
        (json!({"data": [one, one], "paging": {"cursors": cursors}}), 2, false),
        (
            json!({"data": [one], "paging": {"cursors": cursors, "next": "https://example.com"}}),
            1,
            true,
        ),
        (json!({"data": [], "paging": {"next": ""}}), 0, false),
        (json!([one, one]), 2, false),
        (json!([]), 0, false),
    ];
    for (body, count, more) in rows {
        let listing = parse(&body);
        assert_eq!((listing.templates.len(), listing.more), (count, more), "{body}");
    }
}

/// Headers, in the words that store them.
#[test]
fn headers() {
    let header = |header: &Value| {
        let header = with(header.clone(), &json!({"type": "header"}));
        components(&json!([header])).message.header
    };
    let rows = [
        (json!({"format": "NONE"}), None),
        (json!({"format": "TEXT", "text": "Sale"}), Some(Header::Text(Variables::Positional(0)))),
        (json!({"text": "Our {{1}}"}), Some(Header::Text(Variables::Positional(1)))),
        (
            json!({"format": "text", "text": "Our {{what}}"}),
            Some(Header::Text(Variables::Named(vec!["what".to_owned()]))),
        ),
        (json!({"format": "IMAGE"}), Some(Header::Image)),
        (json!({"format": "video"}), Some(Header::Video)),
        (json!({"format": "GIF"}), Some(Header::Gif)),
        (json!({"format": "DOCUMENT"}), Some(Header::Document)),
        (json!({"format": "LOCATION"}), Some(Header::Location)),
        (json!({"format": "PRODUCT"}), Some(Header::Product)),
        (json!({"format": "HOLOGRAM"}), Some(Header::Other)),
    ];
    for (given, expected) in rows {
        assert_eq!(header(&given), expected, "{given}");
    }
}

#[test]
fn buttons() {
    let rows = [
        (json!({"type": "QUICK_REPLY", "text": "Yes"}), Button::QuickReply),
        (json!({"type": "URL", "url": "https://example.com/"}), Button::Url),
        (json!({"type": "url", "url": "https://example.com/{{1}}"}), Button::UrlWithVariable),
        (json!({"type": "OTP", "otp_type": "COPY_CODE"}), Button::UrlWithVariable),
        (json!({"type": "COPY_CODE", "example": "25OFF"}), Button::CopyCode),
        (json!({"type": "PHONE_NUMBER", "phone_number": "+966115550100"}), Button::PhoneNumber),
        (json!({"type": "VOICE_CALL"}), Button::VoiceCall),
        (json!({"type": "FLOW", "flow_id": 7}), Button::Flow),
        (json!({"type": "CATALOG"}), Button::Catalog),
        (json!({"type": "MPM"}), Button::MultiProduct),
        (json!({"type": "SPM"}), Button::SingleProduct),
        (json!({"type": "ORDER_DETAILS"}), Button::OrderDetails),
        (json!({"type": "REQUEST_CONTACT_INFO"}), Button::Other),
    ];
    for (given, expected) in rows {
        let read = components(&json!([{"type": "BUTTONS", "buttons": [given]}]));
        assert_eq!(read.message.buttons, [expected], "{given}");
    }
}

#[test]
fn the_format_of_parameters_decides_what_a_number_is() {
    let body = template(&json!([{"type": "BODY", "text": "{{1}}"}]));
    let read = |format: &str| {
        single(&with(body.clone(), &json!({"parameter_format": format}))).components.message.body
    };
    assert_eq!(read("POSITIONAL"), Variables::Positional(1));
    assert_eq!(read("named"), Variables::Named(vec!["1".to_owned()]));
    assert_eq!(read("?"), Variables::Positional(1));
}

/// The platform lists what it words itself otherwise than it was created, or not at all.
#[test]
fn one_time_passwords_are_alike_however_they_are_told() {
    let read = |parts: Value| {
        single(&with(template(&parts), &json!({"category": "AUTHENTICATION"}))).components
    };
    let created = read(json!([
        {"type": "BODY", "add_security_recommendation": true},
        {"type": "FOOTER", "code_expiration_minutes": 5},
        {"type": "BUTTONS", "buttons": [{"type": "OTP", "otp_type": "ONE_TAP"}]},
    ]));
    let listed = read(json!([
        {"type": "BODY", "text": "*{{1}}* is your verification code."},
        {"type": "FOOTER", "text": "This code expires in 5 minutes."},
        {"type": "BUTTONS", "buttons": [{"type": "URL", "url": "https://example.com/?code=otp{{1}}"}]},
    ]));
    let unworded = read(json!([
        {"type": "BODY", "text": "Your code."},
        {"type": "BUTTONS", "buttons": [{"type": "URL"}]},
    ]));
    assert_eq!(created, listed);
    assert_eq!(created, unworded);
    assert_eq!(created.message.body, Variables::Positional(1));
    assert_eq!(created.message.buttons, [Button::UrlWithVariable]);
    let older = read(json!([{"type": "BODY", "text": "{{1}}, your code is {{2}}"}]));
    assert_eq!(older.message.body, Variables::Positional(2));
}

#[test]
fn languages_have_one_key() {
    for code in ["en-US", "en_us", "en_US", " EN_US "] {
        assert_eq!(language_key(code), "en_us");
    }
    assert_ne!(language_key("en"), language_key("en_GB"));
}
