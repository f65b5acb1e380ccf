//! What an approved template requires of a send, normalised: its wording is not here, so two
//! templates are equal where the same parameters fit both. This form is stored.

use serde::{Deserialize, Serialize};

/// The components of a template.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Components {
    /// The message itself.
    #[serde(skip_serializing_if = "Parts::is_plain")]
    pub message: Parts,
    /// The cards of its carousel, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Parts>,
    /// Whether it is an offer with a countdown, whose end is given.
    #[serde(skip_serializing_if = "is_false")]
    pub offer_expires: bool,
    /// Further components, which require nothing that is known: their types, in lower case.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

/// What a message and a card of a carousel have alike.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Parts {
    /// The header, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Header>,
    /// The variables of the body.
    #[serde(skip_serializing_if = "Variables::is_none")]
    pub body: Variables,
    /// The buttons, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Button>,
}

/// A header, by its format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "named as the platform's formats are")]
pub enum Header {
    Text(Variables),
    Image,
    Video,
    Gif,
    Document,
    Location,
    Product,
    /// A format that is not known: any parameters may be right.
    Other,
}

/// The variables of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Variables {
    /// So many, given in order.
    Positional(u32),
    /// By name: at least one, sorted.
    Named(Vec<String>),
}

/// A button, by what it requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Button {
    /// Sends its text back; may get a payload.
    QuickReply,
    /// Opens an address that is the same for everyone.
    Url,
    /// Opens an address whose end is given. The buttons of one-time passwords are of this kind.
    UrlWithVariable,
    /// Copies a coupon code, which is given.
    CopyCode,
    /// Calls a phone number.
    PhoneNumber,
    /// Calls the business over the platform.
    VoiceCall,
    /// Opens a flow; may get a token and data.
    Flow,
    /// Opens the catalog; may get the product to show.
    Catalog,
    /// Opens a list of products, which is given.
    MultiProduct,
    /// Opens the product of the header.
    SingleProduct,
    /// Opens an order, which is given.
    OrderDetails,
    /// A kind that is not known: any parameters may be right.
    Other,
}

// === impl Parts ===

impl Parts {
    fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

// === impl Variables ===

impl Variables {
    /// So many variables, given in order.
    #[must_use]
    pub fn positional(count: usize) -> Self {
        Self::Positional(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for Variables {
    fn default() -> Self {
        Self::Positional(0)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it may skip by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}
