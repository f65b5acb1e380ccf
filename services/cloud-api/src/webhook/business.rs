//! Changes of the business itself, each told by a change as a whole: templates, numbers, accounts,
//! limits. What is told beside them is not read.

use super::news::{AccountRestriction, ContactLimit, NamedTemplate, News};
use crate::lenient::{Malformed, Node};

/// What reads the value of a change.
type Read = fn(&Node<'_>) -> Result<News, Malformed>;

/// What reads a field, if anything does.
pub(super) fn reader(field: &str) -> Option<Read> {
    Some(match field {
        "message_template_status_update" => template_status,
        "message_template_quality_update" => template_quality,
        "template_category_update" => template_category,
        "phone_number_quality_update" => number_quality,
        "business_capability_update" => capability,
        "account_update" => account,
        _ => return None,
    })
}

fn template_status(value: &Node<'_>) -> Result<News, Malformed> {
    // `NONE` is what the platform says where there is no reason.
    let reason = value.text("reason").filter(|reason| *reason != "NONE");
    Ok(News::TemplateStatus {
        template: template(value)?,
        event: value.required_text("event")?.to_owned(),
        reason: reason.map(str::to_owned),
        category: value.text("message_template_category").map(str::to_owned),
        title: value.child("other_info").text("title").map(str::to_owned),
    })
}

fn template_quality(value: &Node<'_>) -> Result<News, Malformed> {
    Ok(News::TemplateQuality {
        template: template(value)?,
        score: value.required_text("new_quality_score")?.to_owned(),
    })
}

/// While a change is announced, `new_category` is the one that the template still has.
fn template_category(value: &Node<'_>) -> Result<News, Malformed> {
    let template = template(value)?;
    let announced = value.text("correct_category");
    let (category, at) = match announced.filter(|next| value.text("new_category") != Some(next)) {
        Some(next) => (next, Some(value.instant("category_update_timestamp")?)),
        None => (value.required_text("new_category")?, None),
    };
    Ok(News::TemplateCategory { template, category: category.to_owned(), at })
}

fn template(value: &Node<'_>) -> Result<NamedTemplate, Malformed> {
    Ok(NamedTemplate {
        id: value.object()?.id("message_template_id"),
        name: value.required_text("message_template_name")?.to_owned(),
        language: value.required_text("message_template_language")?.to_owned(),
    })
}

fn number_quality(value: &Node<'_>) -> Result<News, Malformed> {
    Ok(News::NumberQuality {
        display_phone_number: value.object()?.id("display_phone_number"),
        event: value.required_text("event")?.to_owned(),
        limit: limit(value),
    })
}

fn capability(value: &Node<'_>) -> Result<News, Malformed> {
    Ok(News::Capability { limit: limit(value.object()?) })
}

/// The portfolio's limit, under its name of today or one of those before.
fn limit(value: &Node<'_>) -> Option<ContactLimit> {
    const KEYS: [&str; 3] = [
        "max_daily_conversations_per_business",
        "max_daily_conversation_per_phone",
        "current_limit",
    ];
    KEYS.iter().find_map(|key| match value.integer(key) {
        Some(-1) => Some(ContactLimit::Unlimited),
        Some(contacts) => (contacts > 0).then_some(ContactLimit::Contacts(contacts)),
        None => tier(value.text(key)?),
    })
}

/// The limit of a tier: `TIER_250`, `TIER_2K`, `TIER_UNLIMITED`. `TIER_NOT_SET` is none.
fn tier(name: &str) -> Option<ContactLimit> {
    let size = name.trim().strip_prefix("TIER_")?;
    if size == "UNLIMITED" {
        return Some(ContactLimit::Unlimited);
    }
    let (digits, unit) = match size.strip_suffix('K') {
        Some(thousands) => (thousands, 1_000),
        None => (size, 1),
    };
    let contacts = digits.parse::<i64>().ok()?.checked_mul(unit)?;
    (contacts > 0).then_some(ContactLimit::Contacts(contacts))
}

fn account(value: &Node<'_>) -> Result<News, Malformed> {
    let restrictions = value.object()?.child("restriction_info");
    let restrictions = if restrictions.is_absent() {
        Vec::new()
    } else {
        restrictions.elements()?.map(|each| restriction(&each)).collect::<Result<_, _>>()?
    };
    let about = value.child("waba_info");
    Ok(News::Account {
        event: value.required_text("event")?.to_owned(),
        restrictions,
        ban_state: value.child("ban_info").text("waba_ban_state").map(str::to_owned),
        waba_id: about.id("waba_id"),
        owner_id: about.id("owner_business_id"),
    })
}

fn restriction(restriction: &Node<'_>) -> Result<AccountRestriction, Malformed> {
    Ok(AccountRestriction {
        kind: restriction.object()?.required_text("restriction_type")?.to_owned(),
        expiration: restriction.instant_if_told("expiration")?,
    })
}
