//! What is known of the numbers that send, with the portfolios of their accounts and the limits of
//! these: what belongs to an account or portfolio holds for all their numbers.

use std::collections::HashMap;

use azeer_domain::{ChannelId, Time};
use messaging_policy_core::facts::{self, Quality, Restriction, SenderStatus};
use thiserror::Error;

/// What is known of a number itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Sender {
    /// The account that it belongs to; empty: not known.
    pub(super) waba_id: String,
    /// Its quality, status and restriction.
    pub(super) facts: facts::Sender,
    /// Why it is restricted; may be empty.
    pub(super) restriction_reason: String,
    /// When it was last changed; none: never.
    pub(super) update_time: Option<Time>,
    /// Grows by one with each change; 0: nothing was ever set.
    pub(super) version: i64,
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
    /// When it was last changed; none: never.
    pub update_time: Option<Time>,
    /// Grows by one with each change; 0: nothing was ever set.
    pub version: i64,
}

/// How many contacts a portfolio may reach outside their windows within a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Limit {
    /// Not known.
    #[default]
    Unknown,
    /// So many.
    Contacts(i64),
    /// As many as it likes.
    Unlimited,
}

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
}

/// A portfolio is an account's, and the number's account is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the number's account is not known")]
pub struct NoAccount;

/// A tenant's numbers, portfolios and limits.
#[derive(Debug, Clone, Default)]
pub(super) struct Senders {
    numbers: HashMap<ChannelId, Sender>,
    /// Of each account that has one.
    portfolios: HashMap<String, String>,
    limits: HashMap<String, Limit>,
}

// === impl Limit ===

impl Limit {
    /// A number and its absence are one thing with two names: setting one ends the other.
    fn changed(self, limit: Option<i64>, unlimited: Option<bool>) -> Self {
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

// === impl Senders ===

impl Senders {
    pub(super) fn add(&mut self, channel: ChannelId, sender: Sender) {
        self.numbers.insert(channel, sender);
    }

    pub(super) fn add_portfolio(&mut self, account: String, portfolio: String) {
        self.portfolios.insert(account, portfolio);
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
        self.portfolios.get(account).map_or("", String::as_str)
    }

    pub(super) fn limit_of(&self, portfolio: &str) -> Limit {
        self.limits.get(portfolio).copied().unwrap_or_default()
    }

    pub(super) fn facts(&self, channel: &ChannelId) -> facts::Sender {
        self.numbers.get(channel).map(|number| number.facts.clone()).unwrap_or_default()
    }

    pub(super) fn known(&self, channel: &ChannelId) -> KnownSender {
        let number = self.numbers.get(channel).cloned().unwrap_or_default();
        let portfolio = self.portfolio_of(channel);
        KnownSender {
            waba_id: number.waba_id,
            portfolio_id: portfolio.to_owned(),
            limit: self.limit_of(portfolio),
            facts: number.facts,
            restriction_reason: number.restriction_reason,
            update_time: number.update_time,
            version: number.version,
        }
    }

    /// Changes a number, and with it what else it is of. All numbers of which something else is
    /// known afterwards get a new version; these are given, with their channels.
    pub(super) fn change(
        &mut self,
        channel: &ChannelId,
        change: &SenderChange,
        now: Time,
    ) -> Result<Vec<(ChannelId, Sender)>, NoAccount> {
        let before = self.clone();
        self.apply(channel, change)?;
        let channels = self.numbers.keys();
        let differ = |channel: &&ChannelId| before.known(channel) != self.known(channel);
        let changed: Vec<_> = channels.filter(differ).cloned().collect();
        let renewed = changed.into_iter().filter_map(|channel| {
            let number = self.numbers.get_mut(&channel)?;
            number.version += 1;
            number.update_time = Some(now);
            Some((channel, number.clone()))
        });
        Ok(renewed.collect())
    }

    fn apply(&mut self, channel: &ChannelId, change: &SenderChange) -> Result<(), NoAccount> {
        let number = self.numbers.entry(channel.clone()).or_default();
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
        let account = number.waba_id.clone();
        match change.portfolio_id.as_deref() {
            Some("") => {
                self.portfolios.remove(&account);
            }
            Some(_) if account.is_empty() => return Err(NoAccount),
            Some(portfolio) => {
                self.portfolios.insert(account, portfolio.to_owned());
            }
            None => {}
        }
        let portfolio = self.portfolio_of(channel).to_owned();
        let limit = self.limits.entry(portfolio).or_default();
        *limit = limit.changed(change.limit, change.unlimited);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_and_its_absence_end_each_other() {
        use Limit::{Contacts, Unknown, Unlimited};
        let rows = [
            (Unknown, None, None, Unknown),
            (Contacts(5), None, None, Contacts(5)),
            (Unlimited, None, None, Unlimited),
            (Unlimited, Some(5), None, Contacts(5)),
            (Unlimited, Some(0), None, Unlimited),
            (Contacts(5), Some(7), None, Contacts(7)),
            (Contacts(5), Some(0), None, Unknown),
            (Contacts(5), None, Some(true), Unlimited),
            (Contacts(5), None, Some(false), Contacts(5)),
            (Unlimited, None, Some(false), Unknown),
            (Unlimited, Some(0), Some(false), Unknown),
            (Contacts(5), Some(0), Some(true), Unlimited),
            (Unlimited, Some(5), Some(false), Contacts(5)),
        ];
        for (before, limit, unlimited, after) in rows {
            assert_eq!(
                before.changed(limit, unlimited),
                after,
                "{before:?} {limit:?} {unlimited:?}"
            );
        }
    }

    fn channel(id: &str) -> ChannelId {
        ChannelId::parse(id).unwrap()
    }

    fn of_account(account: &str, portfolio: Option<&str>, limit: Option<i64>) -> SenderChange {
        let portfolio_id = portfolio.map(str::to_owned);
        SenderChange {
            waba_id: Some(account.to_owned()),
            portfolio_id,
            limit,
            ..Default::default()
        }
    }

    #[test]
    fn what_belongs_to_a_portfolio_changes_for_all_its_numbers() {
        let now = Time::UNIX_EPOCH;
        let mut senders = Senders::default();
        let mut change = |id: &str, change: &SenderChange| {
            let changed = senders.change(&channel(id), change, now).unwrap();
            let mut ids: Vec<_> = changed.iter().map(|(id, _)| id.to_string()).collect();
            ids.sort();
            (ids.join(" "), senders.known(&channel("a")))
        };
        let (changed, _) = change("a", &of_account("w", Some("p"), Some(7)));
        assert_eq!(changed, "a");
        let (changed, _) = change("b", &of_account("w", None, None));
        assert_eq!(changed, "b", "it joins the account");
        let (changed, _) = change("c", &of_account("v", Some("p"), None));
        assert_eq!(changed, "c", "another account of the portfolio");
        let (changed, a) = change("c", &SenderChange { limit: Some(9), ..Default::default() });
        assert_eq!((changed.as_str(), a.limit, a.version), ("a b c", Limit::Contacts(9), 2));
        let (changed, a) = change("b", &of_account("w", Some(""), None));
        assert_eq!(
            (changed.as_str(), a.portfolio_id.as_str(), a.limit),
            ("a b", "", Limit::Unknown)
        );
        let (changed, _) = change("b", &of_account("w", Some(""), Some(0)));
        assert_eq!(changed, "", "nothing changed");
    }

    #[test]
    fn a_portfolio_needs_an_account() {
        let mut senders = Senders::default();
        let change = SenderChange { portfolio_id: Some("p".into()), ..Default::default() };
        assert_eq!(senders.change(&channel("a"), &change, Time::UNIX_EPOCH), Err(NoAccount));
        senders.change(&channel("a"), &of_account("w", None, None), Time::UNIX_EPOCH).unwrap();
        senders.change(&channel("a"), &change, Time::UNIX_EPOCH).unwrap();
        assert_eq!(senders.portfolio_of(&channel("a")), "p");
    }
}
