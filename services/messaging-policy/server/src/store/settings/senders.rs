//! What is known of the numbers that send, with their accounts, the portfolios of these and their
//! limits: what belongs to an account or portfolio holds for all their numbers. How that changes is
//! in [`change`].

mod change;
mod page;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use azeer_domain::{ChannelId, Time};
use messaging_policy_core::facts::{self, Restriction};
use serde::{Deserialize, Serialize};

pub(super) use change::Changed;
pub use change::{NoAccount, SenderChange};
pub use page::SenderFilter;

/// What is known of a number itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sender {
    /// The account that it belongs to; empty: not known.
    pub(super) waba_id: String,
    /// Its quality, status and restriction.
    pub(super) facts: facts::Sender,
    /// Why it is restricted; may be empty.
    pub(super) restriction_reason: String,
    /// The number as people write it; empty: not known.
    pub(super) display_phone_number: String,
    /// When it was last changed; none: never.
    pub(super) update_time: Option<Time>,
    /// Grows by one with each change; 0: nothing was ever set.
    pub(super) version: i64,
}

/// What is known of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Account {
    /// Its portfolio; empty: not known.
    pub(super) portfolio_id: String,
    /// What keeps all its numbers from sending, and why.
    pub(super) restriction: Option<(Restriction, String)>,
}

/// All that is known of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSender {
    /// The account that it belongs to; empty: not known.
    pub waba_id: String,
    /// The account's portfolio; empty: not known.
    pub portfolio_id: String,
    /// How many contacts the portfolio may reach.
    pub limit: Limit,
    /// Its quality, status and restriction.
    pub facts: facts::Sender,
    /// Why it is restricted; may be empty.
    pub restriction_reason: String,
    /// What keeps all numbers of the account from sending, and why.
    pub account_restriction: Option<(Restriction, String)>,
    /// The number as people write it; empty: not known.
    pub display_phone_number: String,
    /// When it was last changed; none: never.
    pub update_time: Option<Time>,
    /// Grows by one with each change; 0: nothing was ever set.
    pub version: i64,
}

/// How many contacts a portfolio may reach outside their windows within a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Limit {
    /// Not known.
    #[default]
    Unknown,
    /// So many.
    Contacts(i64),
    /// As many as it likes.
    Unlimited,
}

/// A tenant's numbers, accounts, and limits by portfolio.
#[derive(Debug, Clone, Default)]
pub(super) struct Senders {
    numbers: HashMap<ChannelId, Sender>,
    accounts: HashMap<String, Account>,
    limits: HashMap<String, Limit>,
}

// === impl Senders ===

impl Senders {
    pub(super) fn add(&mut self, channel: ChannelId, sender: Sender) {
        self.numbers.insert(channel, sender);
    }

    pub(super) fn add_account(&mut self, id: String, account: Account) {
        self.accounts.insert(id, account);
    }

    pub(super) fn add_limit(&mut self, portfolio: String, limit: Limit) {
        self.limits.insert(portfolio, limit);
    }

    /// The accounts that numbers belong to, each as often as it has numbers.
    pub(super) fn accounts(&self) -> impl Iterator<Item = &str> {
        let accounts = self.numbers.values().map(|number| number.waba_id.as_str());
        accounts.filter(|account| !account.is_empty())
    }

    /// The account that a number belongs to, if that is known.
    pub(super) fn account_of(&self, channel: &ChannelId) -> Option<&str> {
        let account = self.numbers.get(channel)?.waba_id.as_str();
        (!account.is_empty()).then_some(account)
    }

    /// The portfolio of a number's account; empty: not known.
    pub(super) fn portfolio_of(&self, channel: &ChannelId) -> &str {
        self.account_of(channel).map_or("", |account| self.portfolio_of_account(account))
    }

    pub(super) fn portfolio_of_account(&self, account: &str) -> &str {
        self.accounts.get(account).map_or("", |account| account.portfolio_id.as_str())
    }

    pub(super) fn limit_of(&self, portfolio: &str) -> Limit {
        self.limits.get(portfolio).copied().unwrap_or_default()
    }

    fn restriction_of_account(&self, account: &str) -> Option<&(Restriction, String)> {
        self.accounts.get(account)?.restriction.as_ref()
    }

    /// The number that people write so; or else the only one of an account, if that may be written
    /// so.
    pub(super) fn number_of(&self, display: &str, account: &str) -> Option<&ChannelId> {
        let is_it = |number: &Sender| same_digits(&number.display_phone_number, display);
        self.only(is_it).or_else(|| {
            let channel = self.only(|number| number.waba_id == account)?;
            let is_another =
                !display.is_empty() && !self.numbers.get(channel)?.display_phone_number.is_empty();
            (!is_another).then_some(channel)
        })
    }

    fn only(&self, is_it: impl Fn(&Sender) -> bool) -> Option<&ChannelId> {
        let mut found = self.numbers.iter().filter(|(_, number)| is_it(number));
        let (channel, _) = found.next()?;
        found.next().is_none().then_some(channel)
    }

    /// Whether a number is known to be of an account and to be written so; empty: not told.
    pub(super) fn is_known(&self, channel: &ChannelId, account: &str, display: &str) -> bool {
        self.numbers.get(channel).is_some_and(|number| {
            (account.is_empty() || number.waba_id == account)
                && (display.is_empty() || same_digits(&number.display_phone_number, display))
        })
    }

    /// What rules see of a number: it sends once its own restriction and its account's have ended.
    pub(super) fn facts(&self, channel: &ChannelId, account: Option<&str>) -> facts::Sender {
        let mut facts =
            self.numbers.get(channel).map(|number| number.facts.clone()).unwrap_or_default();
        let of_account = account.and_then(|account| self.restriction_of_account(account));
        let of_account = of_account.map(|(restriction, _)| restriction.clone());
        let both = facts.restriction.into_iter().chain(of_account);
        facts.restriction = both.max_by_key(|each| (each.until.is_none(), each.until));
        facts
    }

    pub(super) fn known(&self, channel: &ChannelId) -> KnownSender {
        let number = self.numbers.get(channel).cloned().unwrap_or_default();
        let portfolio = self.portfolio_of(channel);
        KnownSender {
            portfolio_id: portfolio.to_owned(),
            limit: self.limit_of(portfolio),
            facts: number.facts,
            account_restriction: self.restriction_of_account(&number.waba_id).cloned(),
            restriction_reason: number.restriction_reason,
            display_phone_number: number.display_phone_number,
            waba_id: number.waba_id,
            update_time: number.update_time,
            version: number.version,
        }
    }
}

/// Numbers for people come with spaces, dashes and a `+`, or without.
fn same_digits(a: &str, b: &str) -> bool {
    fn digits(number: &str) -> impl Iterator<Item = char> {
        number.chars().filter(char::is_ascii_digit)
    }
    digits(a).next().is_some() && digits(a).eq(digits(b))
}
