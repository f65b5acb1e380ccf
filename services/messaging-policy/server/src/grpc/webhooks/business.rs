//! What the platform tells of templates, numbers and accounts, as facts. They rest on nothing that is
//! known but for which number is meant: so what comes again tells the same.

use azeer_cloud_api::{AccountRestriction, ContactLimit, NamedTemplate, News};
use azeer_domain::Time;
use azeer_domain::id::is_name;
use messaging_policy_core::facts::{KnownTemplate, Quality, Restriction, SenderStatus};

use super::Skipped;
use crate::names::{instant, is_language_code, is_template_name, kept};
use crate::store::settings::{Fact, Limit, Settings, TemplateName};

/// The most that a limit of contacts may be; more is as good as this.
const MOST_CONTACTS: i64 = 1_000_000_000;
/// The restrictions of an account that keep its numbers from sending.
const OF_SENDS: [&str; 2] =
    ["RESTRICTED_BIZ_INITIATED_MESSAGING", "RESTRICTED_CUSTOMER_INITIATED_MESSAGING"];

/// What news tell, at least one fact; `waba_id` is the entry's.
pub(super) fn facts(
    news: &News,
    waba_id: Option<&str>,
    settings: &Settings,
) -> Result<Vec<Fact>, Skipped> {
    let entry = || account_id("entry.id", waba_id.unwrap_or_default());
    let facts = match news {
        News::TemplateStatus { template, event, reason, title, .. } => {
            let template = named(template, entry()?)?;
            status(event, title.as_deref()).map_or_else(Vec::new, |status| {
                let reason = reason.as_ref().filter(|_| status == "REJECTED");
                let rejected_reason = reason.map(kept).unwrap_or_default();
                vec![Fact::TemplateStatus { template, status, rejected_reason }]
            })
        }
        News::TemplateQuality { template, score } => {
            vec![Fact::TemplateQuality {
                template: named(template, entry()?)?,
                quality: kept(score),
            }]
        }
        News::TemplateCategory { template, category, at } => {
            let (template, category) = (named(template, entry()?)?, kept(category));
            vec![Fact::TemplateCategory { template, category, at: at.map(time).transpose()? }]
        }
        News::NumberQuality { display_phone_number, event, limit: told } => {
            let (account, display) = (entry()?, display_phone_number.as_deref());
            let mut facts = rating(event, display.unwrap_or_default(), &account, settings)?;
            facts.extend(told.map(|told| limit(account, told)));
            facts
        }
        News::Capability { limit: told } => {
            let account = entry()?;
            told.map(|told| limit(account, told)).into_iter().collect()
        }
        News::Account { event, restrictions, ban_state, waba_id: about, owner_id } => {
            let account = match about {
                Some(about) => account_id("waba_info.waba_id", about)?,
                None => entry()?,
            };
            let restriction = restriction(event, restrictions, ban_state.as_deref(), &account)?;
            let mut facts: Vec<Fact> = restriction.into_iter().collect();
            if let (Some(_), Some(owner)) = (about, owner_id) {
                let portfolio = account_id("waba_info.owner_business_id", owner)?;
                facts.push(Fact::Portfolio { account, portfolio });
            }
            facts
        }
    };
    if facts.is_empty() { Err(Skipped::NO_EFFECT) } else { Ok(facts) }
}

fn account_id(what: &str, id: &str) -> Result<String, Skipped> {
    if is_name(id) {
        return Ok(id.to_owned());
    }
    Err(Skipped::malformed(&format_args!("{what} must be 1-64 of A-Z a-z 0-9 _ -")))
}

fn named(template: &NamedTemplate, waba_id: String) -> Result<TemplateName, Skipped> {
    let NamedTemplate { name, language, .. } = template;
    if !is_template_name(name) {
        return Err(Skipped::malformed(&"message_template_name must be 1-512 of a-z 0-9 _"));
    }
    if !is_language_code(language) {
        return Err(Skipped::malformed(&"message_template_language must be a language's code"));
    }
    Ok(TemplateName { waba_id, name: name.clone(), language: language.clone() })
}

/// The status of a template after an event; none: as before. A lock is of its editing, but comes with
/// pauses too.
fn status(event: &str, title: Option<&str>) -> Option<String> {
    let status = match (event, title) {
        ("REINSTATED" | "UNARCHIVED" | "UNPAUSED", _)
        | ("LOCKED" | "UNLOCKED", Some("UNPAUSE")) => KnownTemplate::APPROVED,
        ("LOCKED", Some("FIRST_PAUSE" | "SECOND_PAUSE" | "RATE_LIMITING_PAUSE")) => "PAUSED",
        ("FLAGGED" | "LOCKED" | "UNLOCKED", _) => return None,
        (status, _) => return Some(kept(status)),
    };
    Some(status.to_owned())
}

/// What an event tells of a number's quality and status, if anything.
fn rating(
    event: &str,
    display: &str,
    account: &str,
    settings: &Settings,
) -> Result<Vec<Fact>, Skipped> {
    let (quality, status) = match event {
        "FLAGGED" => (Some(Quality::Red), SenderStatus::Flagged),
        "UNFLAGGED" => (Some(Quality::Unknown), SenderStatus::Connected),
        "UPGRADE" | "DOWNGRADE" => (None, SenderStatus::Connected),
        _ => return Ok(Vec::new()),
    };
    let channel = settings.number_of(display, account).ok_or(Skipped::UNKNOWN_SENDER)?.clone();
    Ok(vec![Fact::NumberRated { channel, quality, status: Some(status) }])
}

fn limit(account: String, told: ContactLimit) -> Fact {
    let limit = match told {
        ContactLimit::Contacts(contacts) => Limit::Contacts(contacts.min(MOST_CONTACTS)),
        ContactLimit::Unlimited => Limit::Unlimited,
    };
    Fact::Limit { account, limit }
}

/// Whether an event keeps an account's numbers from sending, or ends that; none: neither.
fn restriction(
    event: &str,
    restrictions: &[AccountRestriction],
    ban_state: Option<&str>,
    account: &str,
) -> Result<Option<Fact>, Skipped> {
    let restriction = match (event, ban_state) {
        ("ACCOUNT_RESTRICTION", _) => {
            let Some(last) = last_to_end(restrictions)? else { return Ok(None) };
            Some(last)
        }
        ("DISABLED_UPDATE", Some("DISABLE")) | ("ACCOUNT_DELETED" | "ACCOUNT_OFFBOARDED", _) => {
            Some((Restriction { until: None }, event.to_owned()))
        }
        ("DISABLED_UPDATE", Some("REINSTATE")) | ("ACCOUNT_RECONNECTED", _) => None,
        _ => return Ok(None),
    };
    Ok(Some(Fact::AccountRestricted { account: account.to_owned(), restriction }))
}

/// Of the restrictions that are of sends the one that ends last, if there are any.
fn last_to_end(
    restrictions: &[AccountRestriction],
) -> Result<Option<(Restriction, String)>, Skipped> {
    let of_sends = restrictions.iter().filter(|told| OF_SENDS.contains(&&*told.kind));
    let told = of_sends.map(|told| {
        let until = told.expiration.map(time).transpose()?;
        Ok((Restriction { until }, told.kind.clone()))
    });
    let told: Vec<_> = told.collect::<Result<_, Skipped>>()?;
    let end = |restriction: &Restriction| (restriction.until.is_none(), restriction.until);
    Ok(told.into_iter().max_by_key(|(restriction, _)| end(restriction)))
}

fn time(seconds: i64) -> Result<Time, Skipped> {
    instant(seconds).ok_or_else(|| Skipped::invalid_time("a time must be from 2009 to 9999"))
}
