//! What a tenant's sends are judged by, apart from what was sent: its policy, templates, senders and
//! accounts. Replicas remember it at the `settings_version` that comes with each batch's tenants: so
//! a change holds for every decision after it, at once and everywhere.
//!
//! - [`cache`]: what is remembered; [`access`]: how it is read and changed; [`listings`]: pages of it
//! - [`policies`], [`template_rows`], [`sender_rows`], [`account_rows`]: the rows
//! - [`templates`], [`senders`]: what the rows say together
//! - [`import`]: what a listing changes; [`news`]: what the platform's webhooks and errors change

mod access;
mod account_rows;
mod cache;
mod import;
mod listings;
mod news;
mod policies;
mod sender_rows;
mod senders;
mod template_rows;
mod templates;

use std::sync::OnceLock;

use azeer_cloud_api::SentTemplate;
use azeer_domain::{ChannelId, Time};
use messaging_policy_core::stop_words::StopWords;
use messaging_policy_core::{Policy, facts};
use thiserror::Error;

pub use access::ChangeError;
pub use cache::Cache;
pub use import::{Import, Imported};
pub use listings::{PolicyVersions, ReachingSender, SenderPage};
pub use news::{Fact, Learned, News, TemplateName};
pub(in crate::store) use news::{Taught, learn_from_sends};
pub use policies::StoredPolicy;
pub(in crate::store) use policies::policies_of;
pub use senders::{KnownSender, Limit, NoAccount, SenderChange, SenderFilter};
pub use templates::{StoredTemplate, TemplateFilter, TemplateKey, TemplatePage};

use super::decisions::Suggested;
use senders::Senders;
use templates::Templates;

/// A tenant's settings.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The policy.
    pub policy: Policy,
    /// Its version; 0: the defaults.
    pub policy_version: i64,
    /// Since when it holds; none: nobody changed it.
    pub policy_time: Option<Time>,
    /// The policy's stop words, made ready when somebody first asks for them.
    stop_words: OnceLock<StopWords>,
    templates: Templates,
    senders: Senders,
}

/// The tenant has several accounts, and none was named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the tenant has several accounts")]
pub struct SeveralAccounts;

impl Settings {
    /// The policy with its version.
    #[must_use]
    pub fn stored_policy(&self) -> StoredPolicy {
        StoredPolicy {
            policy: self.policy.clone(),
            version: self.policy_version,
            create_time: self.policy_time,
        }
    }

    /// The policy's stop words.
    #[must_use]
    pub fn stop_words(&self) -> &StopWords {
        self.stop_words.get_or_init(|| StopWords::of(&self.policy.stop_words))
    }

    /// The account that a channel's templates are of: its own, or the tenant's only one.
    pub(in crate::store) fn account_of(&self, channel: &ChannelId) -> Option<&str> {
        self.senders.account_of(channel).or_else(|| self.only_account())
    }

    /// All accounts of which something is known, some of them several times.
    fn accounts(&self) -> impl Iterator<Item = &str> {
        self.templates.accounts().chain(self.senders.accounts())
    }

    /// The account, if there is but one.
    fn only_account(&self) -> Option<&str> {
        let mut accounts = self.accounts();
        let first = accounts.next()?;
        accounts.all(|account| account == first).then_some(first)
    }

    /// The portfolio that a channel counts for; empty: the tenant's one without a name.
    #[must_use]
    pub fn portfolio_of(&self, channel: &ChannelId) -> &str {
        self.senders.portfolio_of(channel)
    }

    /// How many contacts a portfolio may reach; none: no limit, or none is known.
    #[must_use]
    pub fn limit_of(&self, portfolio: &str) -> Option<i64> {
        match self.senders.limit_of(portfolio) {
            Limit::Contacts(limit) => Some(limit),
            Limit::Unlimited | Limit::Unknown => None,
        }
    }

    /// What is known of a channel as a sender.
    #[must_use]
    pub fn sender_facts(&self, channel: &ChannelId) -> facts::Sender {
        self.senders.facts(channel, self.account_of(channel))
    }

    /// All that is known of a channel.
    #[must_use]
    pub fn sender(&self, channel: &ChannelId) -> KnownSender {
        self.senders.known(channel)
    }

    /// The number that people write so; or else the only one of an account, if that may be written
    /// so.
    #[must_use]
    pub fn number_of(&self, display: &str, account: &str) -> Option<&ChannelId> {
        self.senders.number_of(display, account)
    }

    /// Whether a number is known to be of an account and to be written so; what is empty was not
    /// told.
    #[must_use]
    pub fn knows_number(&self, channel: &ChannelId, account: &str, display: &str) -> bool {
        self.senders.is_known(channel, account, display)
    }

    /// What is known of a template that is to be sent, beside what fills its gaps.
    #[must_use]
    pub fn template_facts(&self, channel: &ChannelId, sent: &SentTemplate) -> facts::Template {
        match self.account_of(channel) {
            Some(account) => self.templates.facts(account, sent),
            None => facts::Template::Unknown,
        }
    }

    /// A template; an empty account stands for the only one.
    pub fn template(
        &self,
        account: &str,
        name: &str,
        language: &str,
    ) -> Result<Option<&StoredTemplate>, SeveralAccounts> {
        let account = match (account, self.only_account()) {
            ("", Some(only)) => only,
            ("", None) if self.accounts().next().is_some() => return Err(SeveralAccounts),
            (named, _) => named,
        };
        Ok(self.templates.get(account, name, language))
    }

    /// A page of the templates.
    #[must_use]
    pub fn templates(
        &self,
        filter: &TemplateFilter,
        after: Option<&TemplateKey>,
        limit: usize,
    ) -> TemplatePage<'_> {
        self.templates.page(filter, after, limit)
    }

    /// Templates that a channel could send now, those in the language first.
    #[must_use]
    pub fn suggestions(&self, channel: &ChannelId, language_code: &str) -> Vec<Suggested> {
        let account = self.account_of(channel);
        account
            .map(|account| self.templates.suggestions(account, language_code))
            .unwrap_or_default()
    }
}
