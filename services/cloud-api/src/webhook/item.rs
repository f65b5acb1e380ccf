//! What comes out of a body. Plain values; how they are found is told where they are read.

use super::news::{News, Preference, Status};
use super::skip::Skip;
use crate::lenient::Malformed;

/// One item of one change: a message, a call, a status, or a change that is one thing as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Where it stands in the body: `entry[0].changes[1].value.messages[0]`.
    pub path: String,
    /// The `WhatsApp` Business Account (`entry[].id`), where the entry names it.
    pub waba_id: Option<String>,
    /// When the platform told it (`entry[].time`), in Unix seconds, where the entry says so.
    pub told_at: Option<i64>,
    /// The change's `field`, such as `messages`; empty where it can't be read.
    pub field: String,
    /// What it says.
    pub content: Content,
}

/// What an item says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A customer wrote, or reacted.
    Inbound(Inbound),
    /// A customer called.
    Call(Call),
    /// The business wrote from its phone app.
    Echo(Echo),
    /// A customer has a new number or a new user id.
    NumberChange(NumberChange),
    /// What became of a message that the business sent.
    Status(Status),
    /// A customer's wish about marketing.
    Preference(Preference),
    /// Something of the business itself changed.
    News(News),
    /// Nothing to act on.
    Skipped(Skip),
}

/// The business phone number that an item came by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// The platform's id of the number (`metadata.phone_number_id`).
    pub phone_number_id: String,
    /// The number as people write it, in whichever form the platform sends
    /// (`metadata.display_phone_number`).
    pub display_phone_number: Option<String>,
}

/// The ids by which the platform names one person: at least one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactIds {
    wa_id: Option<String>,
    user_id: Option<String>,
}

/// A message or reaction from a customer (`messages[]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The number that the customer wrote to.
    pub channel: Channel,
    /// Who wrote.
    pub contact: ContactIds,
    /// The name in the customer's profile (`contacts[].profile.name`).
    pub contact_name: Option<String>,
    /// The platform's id of the message.
    pub message_id: String,
    /// When it was written, in Unix seconds.
    pub timestamp: i64,
    /// A message or a reaction.
    pub kind: InboundKind,
    /// The words that the customer wrote or chose: a text, a caption, a button's or list row's
    /// title, the note of an order.
    pub text: Option<String>,
    /// The platform's `type`, such as `image`.
    pub type_name: String,
}

/// What an [`Inbound`] is for the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboundKind {
    /// A message, of whatever type: types that are not known yet too.
    Message,
    /// A reaction to a message, or the removal of one.
    Reaction,
}

/// A call from a customer (`calls[]`).
///
/// The platform sends several events of one call under the same id; each is a `Call`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The number that the customer called.
    pub channel: Channel,
    /// Who called.
    pub contact: ContactIds,
    /// The name in the customer's profile (`contacts[].profile.name`).
    pub contact_name: Option<String>,
    /// The platform's id of the call.
    pub call_id: String,
    /// When this event of the call happened, in Unix seconds.
    pub timestamp: i64,
}

/// A message that the business sent from its phone app (`message_echoes[]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Echo {
    /// The number that the business wrote from.
    pub channel: Channel,
    /// The customer whom it wrote to.
    pub contact: ContactIds,
    /// The platform's id of the message.
    pub message_id: String,
    /// When it was sent, in Unix seconds.
    pub timestamp: i64,
    /// The platform's `type`, such as `text`.
    pub type_name: String,
}

/// A customer's number or user id became another: old and new ids are one person's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberChange {
    /// The number in whose thread the platform tells it.
    pub channel: Channel,
    /// The ids until now.
    pub old: ContactIds,
    /// The ids from now on. One that did not change may be repeated, or left out.
    pub new: ContactIds,
    /// The platform's id of the notice.
    pub message_id: String,
    /// When it happened, in Unix seconds.
    pub timestamp: i64,
}

// === impl ContactIds ===

impl ContactIds {
    /// The ids of one person; `None` where neither is given.
    #[must_use]
    pub fn new(wa_id: Option<String>, user_id: Option<String>) -> Option<Self> {
        (wa_id.is_some() || user_id.is_some()).then_some(Self { wa_id, user_id })
    }

    /// The phone-number id, without a leading `+`. Withheld by customers who go by a username.
    #[must_use]
    pub fn wa_id(&self) -> Option<&str> {
        self.wa_id.as_deref()
    }

    /// The id of this person for this business (the business-scoped user id), such as
    /// `US.13491208655302741918`.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// The ids that are known, the user id first: numbers are recycled, user ids are not.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.user_id().into_iter().chain(self.wa_id())
    }
}

// === impl Content ===

impl From<Skip> for Content {
    fn from(skip: Skip) -> Self {
        Self::Skipped(skip)
    }
}

impl From<Malformed> for Content {
    fn from(malformed: Malformed) -> Self {
        Self::Skipped(Skip::Malformed(malformed))
    }
}
