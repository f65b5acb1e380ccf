//! What the platform tells of templates, numbers, accounts and portfolios: by webhooks, or by the
//! errors of sends. What is older than what was last told of the same subject changes nothing.
//!
//! - [`plan`]: what news change, a function of them and of what is known
//! - [`lessons`]: what the errors of sends change
//! - [`rows`]: what was last told of each subject

mod lessons;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

use azeer_domain::{ChannelId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts::{Quality, Restriction, SenderStatus};
use serde::{Deserialize, Serialize};

use super::super::tenants;
use super::templates::StoredTemplate;
use super::{Limit, Settings, sender_rows, template_rows};
pub(in crate::store) use lessons::Taught;
use plan::{Changes, Plan};
use rows::Told;

/// Something that the platform told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// When, by the platform; none: it does not say, and whatever was not told last is told now.
    pub told_at: Option<Time>,
    /// What it is.
    pub fact: Fact,
}

/// What the platform told. It depends on nothing that is known here: what comes again is the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fact {
    /// A template's status.
    TemplateStatus {
        /// Which one.
        template: TemplateName,
        /// Its status, known or not.
        status: String,
        /// Why it was rejected; empty: it was not.
        rejected_reason: String,
    },
    /// A template's quality.
    TemplateQuality {
        /// Which one.
        template: TemplateName,
        /// Its quality.
        quality: String,
    },
    /// A template's category, at once or at an instant to come.
    TemplateCategory {
        /// Which one.
        template: TemplateName,
        /// The category, known or not.
        category: String,
        /// When; none: now.
        at: Option<Time>,
    },
    /// The platform has another template than the one that is known.
    ImportNeeded {
        /// Which one.
        template: TemplateName,
    },
    /// A number's account, and the number as people write it.
    Number {
        /// The number.
        channel: ChannelId,
        /// Its account; empty: not told.
        account: String,
        /// As people write it; empty: not told.
        display: String,
    },
    /// A number's quality and status.
    NumberRated {
        /// The number.
        channel: ChannelId,
        /// Its quality; none: not told; UNKNOWN: not RED.
        quality: Option<Quality>,
        /// Its status; none: not told.
        status: Option<SenderStatus>,
    },
    /// A number may not send, or may again. Of webhooks none tells it: errors of sends do, and people
    /// set it.
    NumberRestricted {
        /// The number.
        channel: ChannelId,
        /// Until when and why; none: it may.
        restriction: Option<(Restriction, String)>,
    },
    /// An account's numbers may not send, or may again. What has no end is only ended by the latter.
    AccountRestricted {
        /// The account.
        account: String,
        /// Until when and why; none: they may.
        restriction: Option<(Restriction, String)>,
    },
    /// An account's portfolio.
    Portfolio {
        /// The account.
        account: String,
        /// Its portfolio.
        portfolio: String,
    },
    /// How many contacts the portfolio of an account may reach.
    Limit {
        /// The account.
        account: String,
        /// So many.
        limit: Limit,
    },
}

/// A template, as webhooks and sends name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateName {
    /// Its account.
    pub waba_id: String,
    /// Its name.
    pub name: String,
    /// Its language, in any spelling.
    pub language: String,
}

/// What came of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Learned {
    /// They hold from now on.
    Applied,
    /// They were known.
    Duplicate,
    /// Something newer was known.
    Stale,
}

/// Learns from news, each in its turn. The caller holds the tenant's lock, in a transaction, and
/// `settings` are those that it came with; if anything changes, the settings' version moves on.
pub(in crate::store) async fn learn(
    client: &impl GenericClient,
    tenant: &TenantId,
    settings: &Settings,
    news: &[News],
    now: Time,
) -> Result<Vec<Learned>, StoreError> {
    let subjects = news.iter().map(|news| plan::subject(&news.fact));
    let told = rows::read(client, tenant, subjects.collect()).await?;
    let mut plan = Plan::new(settings, told, now);
    let learned = news.iter().map(|news| plan.learn(news)).collect();
    write(client, tenant, &plan.finish()).await?;
    Ok(learned)
}

/// The same of what failures of sends taught.
pub(in crate::store) async fn learn_from_sends(
    client: &impl GenericClient,
    tenant: &TenantId,
    settings: &Settings,
    taught: &[(Time, Taught)],
    now: Time,
) -> Result<(), StoreError> {
    let subjects = taught.iter().map(|(_, taught)| taught.subject());
    let told = rows::read(client, tenant, subjects.collect()).await?;
    let mut plan = Plan::new(settings, told, now);
    for (at, taught) in taught {
        plan.take(taught, *at);
    }
    write(client, tenant, &plan.finish()).await
}

/// Notes that people set what restricts a number: they know what failed before.
pub(super) async fn restriction_was_set(
    client: &impl GenericClient,
    tenant: &TenantId,
    channel: &ChannelId,
    restriction: Option<(Restriction, String)>,
    now: Time,
) -> Result<(), StoreError> {
    let fact = Fact::NumberRestricted { channel: channel.clone(), restriction };
    let told = (plan::subject(&fact), Told { at: now, digests: Vec::new(), fact });
    rows::put(client, tenant, &[told].into()).await
}

async fn write(
    client: &impl GenericClient,
    tenant: &TenantId,
    changes: &Changes,
) -> Result<(), StoreError> {
    if !changes.told.is_empty() {
        rows::put(client, tenant, &changes.told).await?;
    }
    if !changes.templates.is_empty() {
        template_rows::put(client, tenant, &changes.templates).await?;
    }
    sender_rows::write(client, tenant, &changes.senders).await?;
    if !changes.templates.is_empty() || !changes.senders.is_empty() {
        tenants::settings_changed(client, tenant).await?;
    }
    Ok(())
}

/// Has templates that are new be as webhooks told them before: the platform tells every change, and
/// nobody knows how old a listing is.
pub(super) async fn told_before(
    client: &impl GenericClient,
    tenant: &TenantId,
    new: Vec<&mut StoredTemplate>,
    now: Time,
) -> Result<(), StoreError> {
    let about: Vec<Vec<String>> = new.iter().map(|template| plan::subjects_of(template)).collect();
    let mut told = rows::read_subjects(client, tenant, about.concat()).await?;
    for (template, subjects) in new.into_iter().zip(about) {
        let facts = subjects.iter().filter_map(|subject| told.remove(subject));
        for told in facts {
            plan::apply_to_new(template, &told.fact, now);
        }
    }
    Ok(())
}
