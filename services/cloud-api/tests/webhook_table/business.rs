//! Changes of the business itself: one row for each shape, and what it is taken for.

use azeer_cloud_api::{AccountRestriction, Content, NamedTemplate, News};
use serde_json::{Value, json};

use crate::bodies::*;

/// A value of each field that is read.
pub(crate) fn examples() -> [(&'static str, Value); 6] {
    [
        (
            "message_template_status_update",
            of_template(&json!({"event": "PAUSED", "reason": null})),
        ),
        ("message_template_quality_update", of_template(&json!({"new_quality_score": "RED"}))),
        (
            "template_category_update",
            of_template(&json!({
                "new_category": "UTILITY", "correct_category": "MARKETING",
                "category_update_timestamp": AT,
            })),
        ),
        (
            "phone_number_quality_update",
            json!({
                "display_phone_number": DISPLAY, "event": "FLAGGED", "current_limit": "TIER_10K",
            }),
        ),
        ("business_capability_update", json!({"max_daily_conversations_per_business": "TIER_2K"})),
        (
            "account_update",
            json!({
                "event": "ACCOUNT_RESTRICTION",
                "restriction_info": [
                    {"restriction_type": "RESTRICTED_BIZ_INITIATED_MESSAGING", "expiration": AT},
                ],
                "ban_info": {"waba_ban_state": "DISABLE"},
                "waba_info": {"waba_id": "1", "owner_business_id": "2"},
            }),
        ),
    ]
}

/// A value about the template `order_shipped`.
fn of_template(further: &Value) -> Value {
    let template = json!({
        "message_template_id": 90_200_300, "message_template_name": "order_shipped",
        "message_template_language": "en_US",
    });
    with(template, further)
}

fn order_shipped() -> NamedTemplate {
    NamedTemplate {
        id: Some("90200300".to_owned()),
        name: "order_shipped".to_owned(),
        language: "en_US".to_owned(),
    }
}

pub(crate) fn check(
    field: &str,
    rows: impl IntoIterator<Item = (Value, Result<News, &'static str>)>,
) {
    for (value, expected) in rows {
        let found = single(&body(field, &value));
        match expected {
            Ok(news) => assert_eq!(found, Content::News(news), "{value}"),
            Err(key) => {
                let expected = format!("MALFORMED entry[0].changes[0].value{key}");
                assert_eq!(outcome(&found), expected, "{value}");
            }
        }
    }
}

#[test]
fn statuses_of_templates() {
    let told = |event: &str, reason: Option<&str>| News::TemplateStatus {
        template: order_shipped(),
        event: event.to_owned(),
        reason: reason.map(str::to_owned),
        category: None,
        title: None,
    };
    let of = |further: Value| of_template(&further);
    let locked =
        json!({"event": "LOCKED", "other_info": {"title": "FIRST_PAUSE", "description": "…"}});
    let in_words =
        json!({"event": "APPROVED", "message_template_id": "90200300", "reason": "NONE"});
    let rejected = json!({"event": "REJECTED", "reason": "PROMOTIONAL"});
    let with_category = json!({"event": "APPROVED", "message_template_category": "UTILITY"});
    check(
        "message_template_status_update",
        [
            (of(in_words), Ok(told("APPROVED", None))),
            (of(rejected), Ok(told("REJECTED", Some("PROMOTIONAL")))),
            (
                of(json!({"event": "PENDING_DELETION", "reason": null})),
                Ok(told("PENDING_DELETION", None)),
            ),
            (of(json!({"event": "HOVERING", "disable_info": 7})), Ok(told("HOVERING", None))),
            (of(locked), Ok(locked_by("FIRST_PAUSE"))),
            (of(with_category), Ok(in_category(told("APPROVED", None), "UTILITY"))),
            (of(json!({})), Err(".event")),
            (
                json!({"event": "APPROVED", "message_template_language": "ar"}),
                Err(".message_template_name"),
            ),
            (
                json!({"event": "APPROVED", "message_template_name": "a"}),
                Err(".message_template_language"),
            ),
            (json!("APPROVED"), Err("")),
        ],
    );
}

fn locked_by(title: &str) -> News {
    News::TemplateStatus {
        template: order_shipped(),
        event: "LOCKED".to_owned(),
        reason: None,
        category: None,
        title: Some(title.to_owned()),
    }
}

fn in_category(mut news: News, wanted: &str) -> News {
    if let News::TemplateStatus { category, .. } = &mut news {
        *category = Some(wanted.to_owned());
    }
    news
}

#[test]
fn quality_and_category_of_templates() {
    let of = |further: Value| of_template(&further);
    let scored = News::TemplateQuality { template: order_shipped(), score: "YELLOW".to_owned() };
    check(
        "message_template_quality_update",
        [
            (
                of(json!({"new_quality_score": "YELLOW", "previous_quality_score": "GREEN"})),
                Ok(scored),
            ),
            (of(json!({"new_quality_score": null})), Err(".new_quality_score")),
            (json!({"new_quality_score": "RED"}), Err(".message_template_name")),
        ],
    );
    let becomes = |at| News::TemplateCategory {
        template: order_shipped(),
        category: "MARKETING".to_owned(),
        at,
    };
    let done = json!({"previous_category": "UTILITY", "new_category": "MARKETING"});
    let announced = |at: Value| {
        of(json!({
            "new_category": "UTILITY", "correct_category": "MARKETING",
            "category_update_timestamp": at,
        }))
    };
    let same = json!({"new_category": "MARKETING", "correct_category": "MARKETING"});
    check(
        "template_category_update",
        [
            (of(done), Ok(becomes(None))),
            (of(same), Ok(becomes(None))),
            (announced(json!(AT)), Ok(becomes(Some(AT)))),
            (announced(json!(AT.to_string())), Ok(becomes(Some(AT)))),
            (announced(json!(AT * 1_000)), Ok(becomes(Some(AT)))),
            (announced(json!(null)), Err(".category_update_timestamp")),
            (of(json!({})), Err(".new_category")),
        ],
    );
}

#[test]
fn accounts() {
    let told = |event: &str| News::Account {
        event: event.to_owned(),
        restrictions: Vec::new(),
        ban_state: None,
        waba_id: None,
        owner_id: None,
    };
    let restricted = |expiration: Option<i64>| {
        let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING".to_owned();
        with_account(told("ACCOUNT_RESTRICTION"), |news| {
            news.restrictions.push(AccountRestriction { kind, expiration });
        })
    };
    let restriction = |expiration: Value| {
        let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING";
        let each = json!({"restriction_type": kind, "expiration": expiration});
        json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [each]})
    };
    let banned = with_account(told("DISABLED_UPDATE"), |news| {
        *news.ban_state = Some("DISABLE".to_owned());
    });
    let owned = with_account(told("PARTNER_ADDED"), |news| {
        (*news.waba_id, *news.owner_id) = (Some("7".to_owned()), Some("9".to_owned()));
    });
    check(
        "account_update",
        [
            (json!({"event": "ACCOUNT_DELETED"}), Ok(told("ACCOUNT_DELETED"))),
            (
                json!({"event": "ACCOUNT_VIOLATION", "violation_info": {"violation_type": "SCAM"}}),
                Ok(told("ACCOUNT_VIOLATION")),
            ),
            (
                json!({"event": "DISABLED_UPDATE", "ban_info": {"waba_ban_state": "DISABLE"}}),
                Ok(banned),
            ),
            (
                json!({"event": "PARTNER_ADDED", "waba_info": {"waba_id": 7, "owner_business_id": "9"}}),
                Ok(owned),
            ),
            (
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": []}),
                Ok(told("ACCOUNT_RESTRICTION")),
            ),
            (restriction(json!(AT)), Ok(restricted(Some(AT)))),
            (restriction(json!(AT.to_string())), Ok(restricted(Some(AT)))),
            (restriction(json!(null)), Ok(restricted(None))),
            (restriction(json!("")), Ok(restricted(None))),
            (restriction(json!("soon")), Err(".restriction_info[0].expiration")),
            (
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": {}}),
                Err(".restriction_info"),
            ),
            (
                json!({"event": "ACCOUNT_RESTRICTION", "restriction_info": [5]}),
                Err(".restriction_info[0]"),
            ),
            (json!({}), Err(".event")),
        ],
    );
}

/// What [`News::Account`] tells, to be filled in.
struct Account<'a> {
    restrictions: &'a mut Vec<AccountRestriction>,
    ban_state: &'a mut Option<String>,
    waba_id: &'a mut Option<String>,
    owner_id: &'a mut Option<String>,
}

fn with_account(mut news: News, fill: impl FnOnce(&mut Account<'_>)) -> News {
    if let News::Account { restrictions, ban_state, waba_id, owner_id, .. } = &mut news {
        fill(&mut Account { restrictions, ban_state, waba_id, owner_id });
    }
    news
}

#[test]
fn when_it_was_told() {
    let rows = [
        (json!(AT), Some(AT)),
        (json!(AT.to_string()), Some(AT)),
        (json!(AT * 1_000), Some(AT)),
        (json!("1760000000123"), Some(AT)),
        (json!(null), None),
        (json!("now"), None),
        (json!(1.5), None),
    ];
    for (time, told_at) in rows {
        let mut body = body("account_update", &json!({"event": "ACCOUNT_DELETED"}));
        body["entry"][0]["time"] = time.clone();
        let [item] = &parse(&body)[..] else { panic!("one item") };
        assert_eq!(item.told_at, told_at, "{time}");
        assert_eq!(item.path, "entry[0].changes[0]");
    }
}
