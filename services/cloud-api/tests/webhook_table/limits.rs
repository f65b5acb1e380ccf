//! How many contacts a portfolio may reach, in all the ways in which that is told.

use azeer_cloud_api::{ContactLimit, Content, News};
use serde_json::json;

use crate::bodies::*;
use crate::business::check;

#[test]
fn limits_as_numbers_and_as_tiers() {
    use ContactLimit::{Contacts, Unlimited};
    let key = "max_daily_conversations_per_business";
    let rows = [
        (json!({key: 2_000}), Some(Contacts(2_000))),
        (json!({key: "2000"}), Some(Contacts(2_000))),
        (json!({key: -1}), Some(Unlimited)),
        (json!({key: "TIER_50"}), Some(Contacts(50))),
        (json!({key: "TIER_250"}), Some(Contacts(250))),
        (json!({key: "TIER_1K"}), Some(Contacts(1_000))),
        (json!({key: "TIER_2K"}), Some(Contacts(2_000))),
        (json!({key: "TIER_10K"}), Some(Contacts(10_000))),
        (json!({key: "TIER_100K"}), Some(Contacts(100_000))),
        (json!({key: "TIER_UNLIMITED"}), Some(Unlimited)),
        (json!({"max_daily_conversation_per_phone": 250}), Some(Contacts(250))),
        (json!({"current_limit": "TIER_10K", "old_limit": "TIER_2K"}), Some(Contacts(10_000))),
        (json!({"current_limit": "TIER_10K", key: "TIER_2K"}), Some(Contacts(2_000))),
        (json!({"current_limit": "TIER_10K", key: "TIER_NOT_SET"}), Some(Contacts(10_000))),
        (json!({key: "TIER_NOT_SET"}), None),
        (json!({key: "TIER_K"}), None),
        (json!({key: "TIER_9223372036854775807K"}), None),
        (json!({key: "many"}), None),
        (json!({key: 0}), None),
        (json!({key: -2}), None),
        (json!({key: 1.5}), None),
        (json!({"max_phone_numbers_per_waba": 25}), None),
    ];
    for (value, limit) in rows {
        let expected = Content::News(News::Capability { limit });
        assert_eq!(single(&body("business_capability_update", &value)), expected, "{value}");
        let rated =
            with(value, &json!({"event": "UPGRADE", "display_phone_number": 966_115_550_100_u64}));
        let expected = Content::News(News::NumberQuality {
            display_phone_number: Some("966115550100".to_owned()),
            event: "UPGRADE".to_owned(),
            limit,
        });
        assert_eq!(single(&body("phone_number_quality_update", &rated)), expected, "{rated}");
    }
    check("business_capability_update", [(json!(null), Err("")), (json!([]), Err(""))]);
    check("phone_number_quality_update", [(json!({"current_limit": "TIER_50"}), Err(".event"))]);
}
