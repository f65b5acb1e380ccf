//! What kind of thing a message is, by the platform's `type`: for messages from customers and for
//! echoes of the business's own alike. What follows from it is decided where they are read.

use crate::lenient::{Malformed, Node};

/// The keys under which messages carry their content, which `type` repeats.
const CONTENT_KEYS: &[&str] = &[
    "audio",
    "button",
    "contacts",
    "document",
    "edit",
    "image",
    "interactive",
    "location",
    "order",
    "reaction",
    "revoke",
    "sticker",
    "system",
    "text",
    "unsupported",
    "video",
];

/// The kinds that differ in what follows from them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// Something was said. Any type that is not known is: the platform adds types.
    Message,
    Reaction,
    Edit,
    Deletion,
    System,
}

/// The platform's `type`; where it is missing, the content that is there tells it.
pub(super) fn type_name<'a>(message: &Node<'a>) -> Result<&'a str, Malformed> {
    message
        .required_text("type")
        .or_else(|missing| CONTENT_KEYS.iter().find(|key| message.has(key)).copied().ok_or(missing))
}

pub(super) fn nature(message: &Node<'_>, type_name: &str) -> Nature {
    match type_name {
        "reaction" => Nature::Reaction,
        "edit" => Nature::Edit,
        "revoke" => Nature::Deletion,
        "system" => Nature::System,
        // The platform passes on what it can't show, and mostly names what it was.
        "unsupported" => match message.child("unsupported").text("type") {
            Some("reaction") => Nature::Reaction,
            Some("edit") => Nature::Edit,
            Some("revoke") => Nature::Deletion,
            _ => Nature::Message,
        },
        _ => Nature::Message,
    }
}

/// Whether it was written in a group rather than between the business and one customer.
pub(super) fn in_group(message: &Node<'_>) -> bool {
    message.id("group_id").is_some()
}
