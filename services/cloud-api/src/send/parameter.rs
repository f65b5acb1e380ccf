//! One parameter of a template. Its value is looked at here and not kept: values are personal, and
//! nothing beyond needs more than whether the platform can use them.

use serde::{Deserialize, Serialize};

use super::content::{has_media, is_degrees};
use super::faults::Faults;
use crate::lenient::Node;

/// A parameter, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentParameter {
    /// What it is.
    pub kind: ParameterType,
    /// Which variable it is for (`parameter_name`), where variables have names.
    pub name: Option<String>,
    /// What can be said of its value.
    pub value: SentValue,
}

/// The types of parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "named as the platform's types are")]
pub enum ParameterType {
    Text,
    Currency,
    DateTime,
    Image,
    Video,
    Gif,
    Document,
    Location,
    Product,
    Payload,
    CouponCode,
    Action,
    LimitedTimeOffer,
    /// A type that is not known. Its name is the sender's, and so not told.
    Unknown,
}

/// What can be said of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SentValue {
    /// It is missing, empty, or of another shape than its type says.
    Missing,
    /// It is there.
    Given,
    /// It is a text with a line break, a tab, or more than four spaces in a row.
    BadText,
    /// It is an action that lists products.
    Products,
}

pub(super) fn read(parameter: &Node<'_>, faults: &mut Faults) -> Option<SentParameter> {
    faults.note(parameter.object())?;
    let kind = faults.note(parameter.required_text("type"))?.to_ascii_lowercase();
    let name = parameter.text("parameter_name").map(str::to_owned);
    let value = value(parameter, &kind);
    Some(SentParameter { kind: ParameterType::named(&kind), name, value })
}

fn value(parameter: &Node<'_>, key: &str) -> SentValue {
    let value = parameter.child(key);
    let given = match ParameterType::named(key) {
        ParameterType::Text => return text(parameter),
        ParameterType::Action => return action(&value),
        ParameterType::Currency => {
            value.text("fallback_value").is_some()
                && value.text("code").is_some()
                && value.id("amount_1000").is_some()
        }
        ParameterType::DateTime => value.text("fallback_value").is_some(),
        ParameterType::Image
        | ParameterType::Video
        | ParameterType::Gif
        | ParameterType::Document => has_media(&value),
        ParameterType::Location => {
            is_degrees(&value, "latitude") && is_degrees(&value, "longitude")
        }
        ParameterType::Product => value.id("product_retailer_id").is_some(),
        ParameterType::Payload | ParameterType::CouponCode => parameter.text(key).is_some(),
        ParameterType::LimitedTimeOffer => value.seconds("expiration_time_ms").is_ok(),
        ParameterType::Unknown => parameter.has(key),
    };
    if given { SentValue::Given } else { SentValue::Missing }
}

fn text(parameter: &Node<'_>) -> SentValue {
    match parameter.text("text") {
        None => SentValue::Missing,
        Some(text) if text.contains(['\n', '\r', '\t']) || text.contains("     ") => {
            SentValue::BadText
        }
        Some(_) => SentValue::Given,
    }
}

fn action(action: &Node<'_>) -> SentValue {
    let sections = action.child("sections").elements();
    match action.object() {
        Ok(_) if sections.is_ok_and(|mut sections| sections.next().is_some()) => {
            SentValue::Products
        }
        Ok(_) => SentValue::Given,
        Err(_) => SentValue::Missing,
    }
}

// === impl ParameterType ===

impl ParameterType {
    fn named(name: &str) -> Self {
        match name {
            "text" => Self::Text,
            "currency" => Self::Currency,
            "date_time" => Self::DateTime,
            "image" => Self::Image,
            "video" => Self::Video,
            "gif" => Self::Gif,
            "document" => Self::Document,
            "location" => Self::Location,
            "product" => Self::Product,
            "payload" => Self::Payload,
            "coupon_code" => Self::CouponCode,
            "action" => Self::Action,
            "limited_time_offer" => Self::LimitedTimeOffer,
            _ => Self::Unknown,
        }
    }

    /// The stable name, as clients and metrics see it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "TEXT",
            Self::Currency => "CURRENCY",
            Self::DateTime => "DATE_TIME",
            Self::Image => "IMAGE",
            Self::Video => "VIDEO",
            Self::Gif => "GIF",
            Self::Document => "DOCUMENT",
            Self::Location => "LOCATION",
            Self::Product => "PRODUCT",
            Self::Payload => "PAYLOAD",
            Self::CouponCode => "COUPON_CODE",
            Self::Action => "ACTION",
            Self::LimitedTimeOffer => "LIMITED_TIME_OFFER",
            Self::Unknown => "UNKNOWN",
        }
    }
}
