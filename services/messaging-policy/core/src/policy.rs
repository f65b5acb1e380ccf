//! What a tenant has its sends judged by: for each rule whether it refuses, and its numbers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};
use thiserror::Error;

use crate::rule::{Parameter, Rule};
use crate::rules::{RULES, window_expired};
use crate::send::Category;
use crate::stop_words;

/// A tenant's policy. By default every rule refuses, with its default numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// What differs from the defaults, by the rules' codes. Codes that nobody knows any more are
    /// kept and mean nothing.
    rules: BTreeMap<String, Setting>,
    /// The kinds of messages for which the platform charges nothing within the window.
    pub free_within_window: Vec<MessageKind>,
    /// Whether sends that are allowed get permits.
    pub permits: bool,
    /// What customers write to get no more marketing.
    pub stop_words: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Setting {
    #[serde(default)]
    mode: Mode,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    values: BTreeMap<String, i64>,
}

/// Whether a rule refuses.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Mode {
    /// It is not applied.
    Off,
    /// It is told and lets pass.
    Warn,
    /// It refuses.
    #[default]
    Enforce,
}

/// Kinds of messages that the platform prices apart.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    IntoStaticStr,
    EnumString,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum MessageKind {
    /// All but templates.
    FreeForm,
    /// MARKETING templates.
    Marketing,
    /// UTILITY templates.
    Utility,
    /// AUTHENTICATION templates.
    Authentication,
}

impl From<Category> for MessageKind {
    fn from(category: Category) -> Self {
        match category {
            Category::Marketing => Self::Marketing,
            Category::Utility => Self::Utility,
            Category::Authentication => Self::Authentication,
        }
    }
}

/// A policy that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// There is no such rule.
    #[error("must be the code of a rule")]
    UnknownRule,
    /// The rule has no such parameter.
    #[error("must be one of: {}", .0.join(", "))]
    UnknownParameter(Vec<&'static str>),
    /// The number is out of its bounds.
    #[error("must be {least}-{most}")]
    OutOfBounds {
        /// The least it may be.
        least: i64,
        /// The most it may be.
        most: i64,
    },
}

impl Default for Policy {
    fn default() -> Self {
        // As of the platform's price list of July 2025: service messages, and utility templates in
        // answer to the customer.
        let free_within_window = vec![MessageKind::FreeForm, MessageKind::Utility];
        let stop_words = stop_words::DEFAULT.iter().map(|&word| word.to_owned()).collect();
        Self { rules: BTreeMap::new(), free_within_window, permits: true, stop_words }
    }
}

impl Policy {
    /// Whether a rule refuses.
    #[must_use]
    pub fn mode(&self, rule: &Rule) -> Mode {
        self.rules.get(rule.code).map(|setting| setting.mode).unwrap_or_default()
    }

    /// A number of a rule.
    #[must_use]
    pub fn value(&self, rule: &Rule, parameter: &Parameter) -> i64 {
        let set = self.rules.get(rule.code).and_then(|setting| setting.values.get(parameter.name));
        // Bounds may have become narrower since it was set.
        set.map_or(parameter.default, |value| (*value).clamp(parameter.least, parameter.most))
    }

    /// Has a rule refuse, warn or be silent.
    pub fn set_mode(&mut self, code: &str, mode: Mode) -> Result<(), PolicyError> {
        find(code)?;
        self.rules.entry(code.to_owned()).or_default().mode = mode;
        Ok(())
    }

    /// Sets a number of a rule.
    pub fn set_value(&mut self, code: &str, name: &str, value: i64) -> Result<(), PolicyError> {
        let rule = find(code)?;
        let Some(parameter) = rule.parameters.iter().find(|known| known.name == name) else {
            let names = rule.parameters.iter().map(|known| known.name).collect();
            return Err(PolicyError::UnknownParameter(names));
        };
        let Parameter { least, most, .. } = **parameter;
        if !(least..=most).contains(&value) {
            return Err(PolicyError::OutOfBounds { least, most });
        }
        let setting = self.rules.entry(code.to_owned()).or_default();
        setting.values.insert(name.to_owned(), value);
        Ok(())
    }

    /// Has every rule as it is by default.
    pub fn reset_rules(&mut self) {
        self.rules.clear();
    }

    /// How long before its end the window counts as closed.
    pub(crate) fn window_margin(&self) -> TimeDelta {
        TimeDelta::seconds(self.value(&window_expired::RULE, &window_expired::MARGIN))
    }
}

fn find(code: &str) -> Result<&'static Rule, PolicyError> {
    RULES.iter().copied().find(|rule| rule.code == code).ok_or(PolicyError::UnknownRule)
}
