//! Webhook bodies in the platform's shapes, built small.

use azeer_tests::ops;
use conversation_state_core::Time;
use serde_json::{Value, json};

/// The account that entries name.
pub(super) const WABA: &str = ops::WABA;
pub(super) const DISPLAY: &str = "+966 11 555 0100";
pub(super) const CUSTOMER: &str = "966500000001";
pub(super) const USER: &str = "SA.70010002000300040005";

/// A body of one change, told at an instant.
pub(super) fn body(field: &str, value: &Value, at: Time) -> Value {
    json!({
        "object": "whatsapp_business_account",
        "entry": [{
            "id": WABA, "time": at.timestamp(), "changes": [{"field": field, "value": value}],
        }],
    })
}

/// A change that comes by the number, about the customer.
pub(super) fn by_number(field: &str, list: &str, items: &Value, at: Time) -> Value {
    let value = json!({
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": DISPLAY, "phone_number_id": ops::CHANNEL},
        "contacts": [{"wa_id": CUSTOMER, "user_id": USER, "profile": {"name": "Noura"}}],
        list: items,
    });
    body(field, &value, at)
}

/// A customer's message.
pub(super) fn message(kind: &str, content: &Value, at: Time) -> Value {
    let message = json!({
        "from": CUSTOMER, "id": "wamid.in", "timestamp": at.timestamp().to_string(),
        "type": kind, kind: content,
    });
    by_number("messages", "messages", &json!([message]), at)
}

pub(super) fn text(words: &str, at: Time) -> Value {
    message("text", &json!({"body": words}), at)
}

/// A status of what was sent to the customer.
pub(super) fn status(status: &str, further: &Value, at: Time) -> Value {
    let told = json!({
        "id": "wamid.out", "status": status, "timestamp": at.timestamp(), "recipient_id": CUSTOMER,
    });
    by_number("messages", "statuses", &json!([with(&told, further)]), at)
}

/// What the customer wishes of marketing.
pub(super) fn wish(value: &str, at: Time) -> Value {
    let wish = json!({
        "wa_id": CUSTOMER, "category": "marketing_messages", "value": value,
        "timestamp": at.timestamp(),
    });
    by_number("user_preferences", "user_preferences", &json!([wish]), at)
}

/// A change about the template `order`.
pub(super) fn of_template(field: &str, further: &Value, at: Time) -> Value {
    let named = json!({
        "message_template_id": 90_200_300, "message_template_name": "order",
        // Another spelling than the listing's.
        "message_template_language": "en-US",
    });
    body(field, &with(&named, further), at)
}

pub(super) fn template_status(event: &str, at: Time) -> Value {
    let told = json!({"event": event, "reason": "NONE"});
    of_template("message_template_status_update", &told, at)
}

pub(super) fn number_quality(event: &str, display: &str, limit: Option<&str>, at: Time) -> Value {
    let told = json!({"display_phone_number": display, "event": event, "current_limit": limit});
    body("phone_number_quality_update", &told, at)
}

pub(super) fn capability(limit: impl Into<Value>, at: Time) -> Value {
    let told = json!({"max_daily_conversations_per_business": limit.into()});
    body("business_capability_update", &told, at)
}

pub(super) fn account(event: &str, further: &Value, at: Time) -> Value {
    body("account_update", &with(&json!({"event": event}), further), at)
}

/// A restriction of the account's messages.
pub(super) fn restriction(until: Option<Time>, at: Time) -> Value {
    let kind = "RESTRICTED_BIZ_INITIATED_MESSAGING";
    let until = until.map(|until| until.timestamp());
    let told = json!([{"restriction_type": kind, "expiration": until}]);
    account("ACCOUNT_RESTRICTION", &json!({"restriction_info": told}), at)
}

/// `object` with further members, or others.
pub(super) fn with(object: &Value, changes: &Value) -> Value {
    let mut object = object.clone();
    for (key, value) in changes.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}
