//! Reads what the `WhatsApp` Cloud API sends, tolerantly: bytes in, typed items out.
//!
//! Pure: no I/O, no clock, no opinion on what an item means for a conversation. Times are Unix
//! seconds, as the platform sends them. Ids stay as they came, but for the `+` before a number;
//! whoever uses them checks their length and characters.

mod json;
mod lenient;
mod webhook;

pub use lenient::Malformed;
pub use webhook::{
    BodyError, Call, Channel, ContactIds, Content, Echo, Inbound, InboundKind, Item, NumberChange,
    Skip, parse_webhook,
};
