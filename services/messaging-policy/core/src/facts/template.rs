//! What is known of the template that is to be sent.

use azeer_domain::Time;
use serde::{Deserialize, Serialize};

use crate::send::Category;

/// What is known of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// No template of the account has this name.
    Unknown,
    /// It has the name, but not the language.
    OtherLanguages(Vec<String>),
    /// It is there.
    Known(KnownTemplate),
}

/// A template of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownTemplate {
    /// Its status, as the platform says it.
    pub status: String,
    /// Its category; none for a value that nobody knows.
    pub category: Option<Category>,
    /// The change of category that the platform announced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category_change: Option<CategoryChange>,
    /// How the parameters differ from the approved components: places and problems, no values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mismatches: Vec<String>,
}

/// An announced change of category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryChange {
    /// The new category; none for a value that nobody knows.
    pub to: Option<Category>,
    /// When.
    pub at: Time,
}

impl KnownTemplate {
    /// The status of a template that may be sent.
    pub const APPROVED: &'static str = "APPROVED";

    /// Its category at an instant: an announced change may have taken place.
    #[must_use]
    pub fn category_at(&self, now: Time) -> Option<Category> {
        match self.category_change {
            Some(change) if change.at <= now => change.to,
            _ => self.category,
        }
    }
}
