//! What the contact wants, and what was sent there.

use azeer_domain::Time;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::send::Category;

/// What a contact said of marketing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Consent {
    /// It is welcome.
    OptedIn,
    /// No marketing.
    OptedOut,
}

/// What was sent to a contact, over all its ids.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The templates, newest first: those of the last seven days and, of MARKETING, some older ones.
    /// AUTHENTICATION is not among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<SentTemplate>,
    /// When this template was last sent with the same reference.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_sent_at: Option<Time>,
    /// When nothing of what went through this channel will count for its rate any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_free_at: Option<Time>,
}

impl Contact {
    /// The instants of templates of one category, newest first.
    pub fn sent(&self, category: Category) -> impl Iterator<Item = Time> {
        let sent = self.templates.iter().filter(move |sent| sent.category == category);
        sent.map(|sent| sent.at)
    }
}

/// A template that was sent to a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentTemplate {
    /// When.
    pub at: Time,
    /// Its category then.
    pub category: Category,
}
