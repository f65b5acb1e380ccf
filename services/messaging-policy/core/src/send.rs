//! What somebody wants to send, without any personal value: of a note only its measure is here, of
//! a reference only whether there is one.

use azeer_domain::ActorKind;
use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

/// A message that is to be judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// Who sends it.
    pub sender: ActorKind,
    /// The handler's epoch as the sender knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler_epoch: Option<i64>,
    /// What it is.
    pub content: Content,
    /// Why it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Justification>,
}

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A message of the sender's own words or media.
    FreeForm,
    /// An approved template.
    Template {
        /// Its name.
        name: String,
        /// Its language, as the sender wrote it.
        language: String,
    },
}

/// Why a template is sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Justification {
    /// The reason.
    pub reason: Reason,
    /// Whether it says what it is about.
    pub has_reference: bool,
    /// Its note's measure.
    pub note: Note,
}

/// The measure of a note, after trimming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// How many characters it has.
    pub characters: u32,
    /// How many words, divided by spaces.
    pub words: u32,
    /// Whether any character of it is a letter.
    pub has_letters: bool,
}

impl Note {
    /// Measures a note.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            characters: count(text.chars().count()),
            words: count(text.split_whitespace().count()),
            has_letters: text.chars().any(char::is_alphabetic),
        }
    }
}

/// Reasons for templates.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reason {
    /// News of an order.
    OrderUpdate,
    /// News of a payment.
    PaymentUpdate,
    /// An appointment that was made.
    AppointmentReminder,
    /// Something about the customer's account.
    AccountAlert,
    /// An answer to what the customer asked.
    ReplyToInquiry,
    /// Going on with a matter that support took up.
    SupportFollowUp,
    /// An offer that the customer asked for.
    RequestedOffer,
    /// A campaign to many.
    Campaign,
}

impl Reason {
    /// Whether it is the reason of one who answers a message of the customer.
    #[must_use]
    pub fn answers_a_message(self) -> bool {
        matches!(self, Self::ReplyToInquiry | Self::RequestedOffer)
    }

    /// Whether a template of this category can have this reason. AUTHENTICATION needs none.
    #[must_use]
    pub fn fits(self, category: Category) -> bool {
        match category {
            Category::Authentication => true,
            Category::Utility => !matches!(self, Self::RequestedOffer | Self::Campaign),
            Category::Marketing => {
                matches!(self, Self::ReplyToInquiry | Self::RequestedOffer | Self::Campaign)
            }
        }
    }
}

/// The platform's categories of templates.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    IntoStaticStr,
    EnumString,
    Serialize,
    Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Category {
    /// News that the customer waits for.
    Utility,
    /// Everything that promotes.
    Marketing,
    /// One-time codes.
    Authentication,
}
