//! What is recorded of a decision beside whom it is about. Nothing personal.

use std::borrow::Cow;

use azeer_domain::Time;
use messaging_policy_core::{Decision, Facts, Outcome, Send, State, Violation};
use serde::{Deserialize, Serialize};

/// What a decision rests on, and what the rules said. Nothing personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// What was to be sent.
    pub send: Send,
    /// What was known.
    pub facts: Facts,
    /// The conversation's state.
    pub state: State,
    /// What refused it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// What would have refused it, by rules that only warn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Violation>,
    /// The rules that had nothing against it; those that are nowhere were not applicable.
    pub passed: Vec<Cow<'static, str>>,
    /// When it would have passed, if nothing but time had to pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest_allowed_at: Option<Time>,
    /// Whether the platform charges nothing for it.
    #[serde(default)]
    pub free_of_charge: bool,
    /// Templates that could have been sent instead.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suggested: Vec<Suggested>,
}

/// A template that could be sent instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggested {
    /// Its name.
    pub name: String,
    /// Its language, as the platform spells it.
    pub language: String,
    /// Its category.
    pub category: String,
}

impl Record {
    /// What the rules said of a send on facts.
    #[must_use]
    pub fn new(send: Send, facts: Facts, decision: Decision, suggested: Vec<Suggested>) -> Self {
        let passed = decision.results.iter().filter(|result| result.outcome == Outcome::Passed);
        Self {
            send,
            facts,
            state: decision.state,
            violations: decision.violations,
            warnings: decision.warnings,
            passed: passed.map(|result| Cow::Borrowed(result.code)).collect(),
            earliest_allowed_at: decision.earliest_allowed_at,
            free_of_charge: decision.free_of_charge,
            suggested,
        }
    }
}
