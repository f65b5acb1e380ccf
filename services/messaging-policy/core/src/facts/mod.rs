//! What a decision rests on, beside the send itself. Facts are recorded with the decision: the same
//! facts give the same verdict for ever. Ids, texts and parameter values are none of them.

mod contact;
mod sender;
mod template;

use azeer_domain::Time;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::decision::State;
use crate::policy::Policy;
use crate::time::later;

pub use contact::{Consent, Contact, SentTemplate};
pub use sender::{Portfolio, Quality, Restriction, Sender, SenderStatus};
pub use template::{CategoryChange, KnownTemplate, Template};

/// All facts of one decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The instant at which the window is judged, by conversation-state's clock.
    pub as_of: Time,
    /// The conversation; none if the contact is new to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<Conversation>,
    /// Whether the body's recipient is one of the contact's ids; none if no body was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient_matches: Option<bool>,
    /// What is known of the template, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// When the customer sent the message that the justification refers to; none if it is no message
    /// of the customer in this conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referred_message_at: Option<Time>,
    /// The number that sends.
    #[serde(default)]
    pub sender: Sender,
    /// What the contact said of marketing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// Until when the platform takes no marketing for the contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marketing_suppressed_until: Option<Time>,
    /// What was sent to the contact.
    #[serde(default)]
    pub contact: Contact,
    /// When the same note was last used for each of the contacts other than this one, newest first:
    /// the last 24 hours, and no more than [`Self::MOST_NOTE_USES`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub note_used_for_others: Vec<Time>,
    /// The number's portfolio; none within the window, where it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portfolio: Option<Portfolio>,
}

impl Facts {
    /// How many uses of a note are told: no rule asks for more.
    pub const MOST_NOTE_USES: i64 = 1_000;
    /// How long a use of a note is told: no rule looks further back.
    pub const NOTE_USES_TOLD_FOR: TimeDelta = TimeDelta::days(1);

    /// When the window ends or ended.
    #[must_use]
    pub fn window_expires_at(&self) -> Option<Time> {
        self.conversation.as_ref()?.window_expires_at
    }

    /// Whether at an instant of its own clock the window is open, and not about to end: the measure
    /// of what is outside, for free-form messages and for what a portfolio counts.
    #[must_use]
    pub fn is_in_window(&self, policy: &Policy, at: Time) -> bool {
        let conversation = self.conversation.as_ref();
        conversation.is_some_and(|conversation| conversation.is_in_window(policy, at))
    }

    /// The conversation's state at an instant of its own clock.
    #[must_use]
    pub fn state(&self, at: Time) -> State {
        let Some(conversation) = &self.conversation else { return State::Expired };
        let in_window = conversation.window_expires_at.is_some_and(|end| at <= end);
        match conversation {
            Conversation { closed: true, .. } => State::Closed,
            _ if !in_window => State::Expired,
            Conversation { handler: Handler::Bot, .. } => State::Bot,
            _ => State::Open,
        }
    }
}

/// A conversation, as conversation-state knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// A member of the team ended it.
    #[serde(default)]
    pub closed: bool,
    /// Who handles it.
    pub handler: Handler,
    /// Grows at each change of handler.
    pub handler_epoch: i64,
    /// When the customer last wrote, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_inbound_at: Option<Time>,
    /// When the window ends or ended; none if there never was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_expires_at: Option<Time>,
}

impl Conversation {
    /// As [`Facts::is_in_window`].
    #[must_use]
    pub fn is_in_window(&self, policy: &Policy, at: Time) -> bool {
        self.window_expires_at.is_some_and(|end| later(at, policy.window_margin()) <= end)
    }
}

/// Who handles a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString, Serialize, Deserialize)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Handler {
    /// The bot.
    Bot,
    /// A person or a team.
    Human,
}
