//! What comes of judging a send.

use azeer_domain::Time;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::rule::{Remedy, Values};

/// Whether a send may go, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may go.
    pub verdict: Verdict,
    /// What refuses it, by every rule that does.
    pub violations: Vec<Violation>,
    /// What would refuse it, by rules that only warn.
    pub warnings: Vec<Violation>,
    /// What came of each rule, in their order.
    pub results: Vec<RuleResult>,
    /// The conversation's state.
    pub state: State,
    /// When the same send would pass, if nothing but time has to pass.
    pub earliest_allowed_at: Option<Time>,
    /// Whether the platform charges nothing for it.
    pub free_of_charge: bool,
}

/// Whether a send may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// It may.
    Allow,
    /// It must not.
    Deny,
}

/// What a rule has against a send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule.
    pub code: String,
    /// The values behind it.
    pub values: Values,
    /// What would help.
    pub remedy: Remedy,
    /// When the rule would pass, if nothing but time has to pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub earliest_allowed_at: Option<Time>,
}

/// What came of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleResult {
    /// The rule.
    pub code: &'static str,
    /// What came of it.
    pub outcome: Outcome,
}

/// What can come of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Outcome {
    /// It has nothing against the send.
    Passed,
    /// It refuses the send, or would if it were enforced.
    Failed,
    /// It is off, or not about such a send.
    NotApplicable,
}

/// The states of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// The window is open and people handle it.
    Open,
    /// The window has ended or never began.
    Expired,
    /// A member of the team ended it.
    Closed,
    /// The window is open and the bot handles it.
    Bot,
}
