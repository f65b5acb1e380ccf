//! What a rule is, and what it may say. What it sees is in [`crate::case`].

use std::collections::BTreeMap;

use azeer_domain::Time;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::case::Case;

/// A rule: one reason for which a send is refused.
#[derive(Debug)]
pub struct Rule {
    /// Its name, for clients and for the tenant's policy.
    pub code: &'static str,
    /// What would help a send that it refuses.
    pub remedy: Remedy,
    /// The numbers that the tenant's policy may set.
    pub parameters: &'static [&'static Parameter],
    /// Judges a case.
    pub check: fn(&Case<'_>) -> Finding,
}

/// A number of a rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, one of its rule's own.
    pub name: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// What it is where the policy says nothing.
    pub default: i64,
    /// The least it may be.
    pub least: i64,
    /// The most it may be.
    pub most: i64,
}

/// What a parameter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}

impl Parameter {
    /// A number of things.
    pub(crate) const fn count(name: &'static str, default: i64, least: i64, most: i64) -> Self {
        Self { name, unit: Unit::Count, default, least, most }
    }

    /// A duration, in seconds.
    pub(crate) const fn seconds(name: &'static str, default: i64, least: i64, most: i64) -> Self {
        Self { name, unit: Unit::Seconds, default, least, most }
    }
}

/// What would help a refused send.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Remedy {
    /// Send an approved template instead.
    UseApprovedTemplate,
    /// Reopen the conversation first.
    ReopenConversation,
    /// Hand the conversation to a person first.
    HandOff,
    /// Give the conversation back to the bot, or leave the answer to people.
    ReturnToBot,
    /// Mend the request.
    FixRequest,
    /// Say why, or say it better.
    AddJustification,
    /// Wait.
    Wait,
    /// Ask the contact for consent, by other ways.
    GetConsent,
    /// Send another template.
    UseOtherTemplate,
    /// An administrator must look at it.
    ContactAdmin,
}

/// What a rule says of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is not about such a send.
    NotApplicable,
    /// It has nothing against it.
    Passed,
    /// It refuses it.
    Failed {
        /// The values behind it, for the message.
        values: Values,
        /// When it would pass, if nothing but time has to pass.
        earliest: Option<Time>,
    },
}

/// Named values behind a refusal. None of them is personal. Counts are plain numbers, durations are
/// seconds with an `s` (`1800s`), lists have commas between, all else goes by the names of its variants.
pub type Values = BTreeMap<String, String>;

impl Finding {
    /// It refuses it, whatever the time.
    pub(crate) fn failed<const N: usize>(values: [(&str, String); N]) -> Self {
        Self::Failed { values: named(values), earliest: None }
    }

    /// It refuses it until an instant.
    pub(crate) fn until<const N: usize>(earliest: Time, values: [(&str, String); N]) -> Self {
        Self::Failed { values: named(values), earliest: Some(earliest) }
    }

    /// It refuses it if the condition holds.
    pub(crate) fn failed_if(condition: bool) -> Self {
        if condition { Self::failed([]) } else { Self::Passed }
    }
}

fn named<const N: usize>(values: [(&str, String); N]) -> Values {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
