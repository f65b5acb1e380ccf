//! How what is known of numbers, accounts and limits changes, and what is to be written for it.

use std::collections::HashMap;

use azeer_domain::{ChannelId, Time};
use messaging_policy_core::facts::{Quality, Restriction, SenderStatus};
use thiserror::Error;

use super::{Account, Limit, Sender, Senders};

/// What to set of a number; none: what stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SenderChange {
    /// Its account; empty: not known.
    pub waba_id: Option<String>,
    /// Its account's portfolio; empty: not known.
    pub portfolio_id: Option<String>,
    /// Its quality.
    pub quality: Option<Quality>,
    /// Its status.
    pub status: Option<SenderStatus>,
    /// How many contacts its portfolio may reach; 0: not known.
    pub limit: Option<i64>,
    /// Whether its portfolio may reach as many as it likes.
    pub unlimited: Option<bool>,
    /// What keeps it from sending, and why.
    pub restriction: Option<Option<(Restriction, String)>>,
    /// What keeps all numbers of its account from sending, and why.
    pub account_restriction: Option<Option<(Restriction, String)>>,
    /// The number as people write it; empty: not known.
    pub display_phone_number: Option<String>,
}

/// A portfolio or a restriction is an account's, and the number's account is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the number's account is not known")]
pub struct NoAccount;

/// What became another: what is to be written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Changed {
    /// Numbers of which something else is known, each at a new version.
    pub(in super::super) numbers: Vec<(ChannelId, Sender)>,
    pub(in super::super) accounts: Vec<(String, Account)>,
    pub(in super::super) limits: Vec<(String, Limit)>,
}

// === impl Limit ===

impl Limit {
    /// A number and its absence are one thing with two names: setting one ends the other.
    pub(super) fn changed(self, limit: Option<i64>, unlimited: Option<bool>) -> Self {
        match (limit, unlimited) {
            (_, Some(true)) => Self::Unlimited,
            (Some(limit), _) if limit > 0 => Self::Contacts(limit),
            (Some(_), Some(false)) => Self::Unknown,
            (Some(_), None) if self != Self::Unlimited => Self::Unknown,
            (None, Some(false)) if self == Self::Unlimited => Self::Unknown,
            _ => self,
        }
    }
}

// === impl Changed ===

impl Changed {
    /// Whether nothing became another.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.numbers.is_empty() && self.accounts.is_empty() && self.limits.is_empty()
    }
}

// === impl Senders ===

impl Senders {
    /// Changes a number, and with it what else it is of.
    pub(in super::super) fn change(
        &mut self,
        channel: &ChannelId,
        change: &SenderChange,
        now: Time,
    ) -> Result<Changed, NoAccount> {
        let before = self.clone();
        self.apply(channel, change)?;
        Ok(self.renew(&before, now))
    }

    /// Gives a new version to all numbers of which something else is known than before, and tells
    /// all that differs.
    pub(in super::super) fn renew(&mut self, before: &Self, now: Time) -> Changed {
        let channels = self.numbers.keys();
        let differ = |channel: &&ChannelId| before.known(channel) != self.known(channel);
        let changed: Vec<_> = channels.filter(differ).cloned().collect();
        let renewed = changed.into_iter().filter_map(|channel| {
            let number = self.numbers.get_mut(&channel)?;
            number.version += 1;
            number.update_time = Some(now);
            Some((channel, number.clone()))
        });
        Changed {
            numbers: renewed.collect(),
            accounts: differing(&before.accounts, &self.accounts),
            limits: differing(&before.limits, &self.limits),
        }
    }

    pub(in super::super) fn number_mut(&mut self, channel: &ChannelId) -> &mut Sender {
        self.numbers.entry(channel.clone()).or_default()
    }

    pub(in super::super) fn account_mut(&mut self, account: &str) -> &mut Account {
        self.accounts.entry(account.to_owned()).or_default()
    }

    pub(in super::super) fn set_limit(&mut self, portfolio: &str, limit: Limit) {
        self.limits.insert(portfolio.to_owned(), limit);
    }

    /// Puts an account into a portfolio. What was known of the limit while the portfolio was not is
    /// its limit, unless it has one.
    pub(in super::super) fn set_portfolio(&mut self, account: &str, portfolio: &str) {
        let known = &mut self.account_mut(account).portfolio_id;
        let was_unknown = known.is_empty();
        portfolio.clone_into(known);
        if was_unknown && self.limit_of(portfolio) == Limit::Unknown {
            self.set_limit(portfolio, self.limit_of(""));
        }
    }

    fn apply(&mut self, channel: &ChannelId, change: &SenderChange) -> Result<(), NoAccount> {
        let number = self.number_mut(channel);
        if let Some(account) = &change.waba_id {
            number.waba_id.clone_from(account);
        }
        if let Some(quality) = change.quality {
            number.facts.quality = quality;
        }
        if let Some(status) = change.status {
            number.facts.status = status;
        }
        if let Some(restriction) = &change.restriction {
            let (restriction, reason) = restriction.clone().unzip();
            number.facts.restriction = restriction;
            number.restriction_reason = reason.unwrap_or_default();
        }
        if let Some(display) = &change.display_phone_number {
            number.display_phone_number.clone_from(display);
        }
        let account = number.waba_id.clone();
        self.apply_to_account(&account, change)?;
        let portfolio = self.portfolio_of(channel).to_owned();
        let limit = self.limit_of(&portfolio).changed(change.limit, change.unlimited);
        self.set_limit(&portfolio, limit);
        Ok(())
    }

    fn apply_to_account(&mut self, account: &str, change: &SenderChange) -> Result<(), NoAccount> {
        let portfolio = change.portfolio_id.as_deref();
        if account.is_empty() {
            let sets_portfolio = portfolio.is_some_and(|portfolio| !portfolio.is_empty());
            let restricts = matches!(change.account_restriction, Some(Some(_)));
            return if sets_portfolio || restricts { Err(NoAccount) } else { Ok(()) };
        }
        match portfolio {
            Some("") => self.account_mut(account).portfolio_id.clear(),
            Some(portfolio) => self.set_portfolio(account, portfolio),
            None => {}
        }
        if let Some(restriction) = &change.account_restriction {
            self.account_mut(account).restriction.clone_from(restriction);
        }
        Ok(())
    }
}

/// What differs; what is not there is as if it were there and nothing were known of it.
fn differing<T: Clone + Default + PartialEq>(
    before: &HashMap<String, T>,
    after: &HashMap<String, T>,
) -> Vec<(String, T)> {
    let nothing = T::default();
    let differs = |(id, value): &(&String, &T)| before.get(*id).unwrap_or(&nothing) != *value;
    after.iter().filter(differs).map(|(id, value)| (id.clone(), value.clone())).collect()
}
