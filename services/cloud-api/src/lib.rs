//! Reads the bodies of the `WhatsApp` Cloud API, tolerantly: bytes in, typed values out. Webhooks,
//! what is posted to the messages endpoint, and listings of message templates.
//!
//! Pure: no I/O, no clock, no opinion on what an item means for a conversation. Times are Unix
//! seconds, as the platform sends them. Ids stay as they came, but for the `+` before a number in
//! a webhook; whoever uses them checks their length and characters.

mod json;
mod lenient;
mod send;
mod template;
mod webhook;

pub use lenient::Malformed;
pub use send::{
    FreeFormKind, MalformedSend, ParameterType, SendBody, SendContent, SentButton, SentCard,
    SentComponent, SentParameter, SentTemplate, SentValue, parse_send, parse_sent_components,
};
pub use template::{
    Button, Components, Header, Invalid, ListedTemplate, Listing, ListingError, Mismatch, Parts,
    Problem, Variables, language_key, parse_listing,
};
pub use webhook::{
    AccountRestriction, BodyError, Call, Channel, ContactIds, ContactLimit, Content, Echo, Inbound,
    InboundKind, Item, NamedTemplate, News, NumberChange, Preference, Skip, Status, StatusError,
    parse_webhook,
};
