//! What is known of the number that sends, its account and its portfolio.

use azeer_domain::Time;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// The number that sends, with its account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sender {
    /// Its quality.
    #[serde(default)]
    pub quality: Quality,
    /// Its status.
    #[serde(default)]
    pub status: SenderStatus,
    /// What else keeps it from sending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restriction: Option<Restriction>,
}

/// The quality of a number.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Quality {
    /// Not known.
    #[default]
    Unknown,
    /// Good.
    Green,
    /// Middling.
    Yellow,
    /// Bad.
    Red,
}

/// The status of a number.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SenderStatus {
    /// Not known.
    #[default]
    Unknown,
    /// It works.
    Connected,
    /// It works, and its quality is bad.
    Flagged,
    /// It reached its limit.
    Restricted,
    /// Not connected yet, or no longer.
    Disconnected,
    /// Banned.
    Banned,
}

/// A restriction of a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// When it ends; none: when it is lifted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
}

/// A portfolio's reach: the contacts that got a template outside their window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portfolio {
    /// How many contacts it may reach within [`Self::DAY`]; none: no limit, or none is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// How many it has reached.
    pub reached: i64,
    /// Whether this contact is one of them.
    pub has_reached_contact: bool,
    /// When the count next falls below the limit; none if it is below.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frees_at: Option<Time>,
}

impl Portfolio {
    /// How long a contact counts.
    pub const DAY: TimeDelta = TimeDelta::days(1);
}
