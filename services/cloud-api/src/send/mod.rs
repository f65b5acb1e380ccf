//! A body that is about to be posted to `/{phone-number-id}/messages`: whom it goes to, and whether
//! it is a template or free-form.
//!
//! Here: the envelope. What each message type must hold is in `content`, a template's parameters
//! are read in `components` and `parameter`. All that is wrong is told at once.

mod components;
mod content;
mod faults;
mod parameter;
mod unambiguous;

use serde_json::Value;

pub use components::{SentButton, SentCard, SentComponent, parse_sent_components};
pub use content::{FreeFormKind, SendContent, SentTemplate};
pub use faults::MalformedSend;
pub use parameter::{ParameterType, SentParameter, SentValue};

use crate::lenient::{Malformed, Node};
use faults::Faults;

/// How long a body may be, in bytes. The longest text that the platform takes is a fraction of it.
const MOST_BYTES: usize = 64 * 1024;

/// A message as it would be posted to the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendBody {
    /// Whom it goes to, as written: `to`, then `recipient`, which holds a business-scoped user id.
    /// At least one; where both are given the platform sends to the first.
    pub recipients: Vec<String>,
    /// What is sent.
    pub content: SendContent,
}

/// Reads a body that is to be posted to the platform's messages endpoint.
///
/// What the platform would refuse for its shape is malformed, and so is what this system doesn't
/// serve (groups) or must not take for a message (read receipts, typing indicators). Beyond that
/// unknown fields are fine, and so are types that the platform may add.
pub fn parse_send(body: &[u8]) -> Result<SendBody, MalformedSend> {
    let body = read(body)?;
    let root = Node::root(&body);
    root.object()?;
    refuse_signals(&root)?;

    let mut faults = Faults::default();
    faults.note(messaging_product(&root));
    faults.note(recipient_type(&root));
    let recipients = recipients(&root, &mut faults);
    let content = content::read(&root, &mut faults);
    match content {
        Some(content) if faults.is_empty() => Ok(SendBody { recipients, content }),
        _ => Err(faults.into()),
    }
}

fn read(body: &[u8]) -> Result<Value, Malformed> {
    if body.len() > MOST_BYTES {
        return Err(Malformed { field: String::new(), must_be: "of at most 65536 bytes" });
    }
    unambiguous::read(body)
}

/// Read receipts and typing indicators are posted to the same place, and say nothing to anybody.
/// All else that such a body lacks is beside the point.
fn refuse_signals(root: &Node<'_>) -> Result<(), Malformed> {
    match ["status", "typing_indicator"].into_iter().find(|key| root.has(key)) {
        Some(key) => Err(root.malformed(
            key,
            "absent: a read receipt or a typing indicator is not a message that is sent",
        )),
        None => Ok(()),
    }
}

fn messaging_product(root: &Node<'_>) -> Result<(), Malformed> {
    match root.text("messaging_product") {
        Some("whatsapp") => Ok(()),
        _ => Err(root.malformed("messaging_product", "`whatsapp`")),
    }
}

fn recipient_type(root: &Node<'_>) -> Result<(), Malformed> {
    match root.text("recipient_type") {
        Some("individual") => Ok(()),
        None if root.child("recipient_type").is_blank() => Ok(()),
        _ => Err(root.malformed("recipient_type", "`individual`: groups are not served")),
    }
}

fn recipients(root: &Node<'_>, faults: &mut Faults) -> Vec<String> {
    let mut recipients = Vec::new();
    let mut named = false;
    for key in ["to", "recipient"] {
        if !root.child(key).is_blank() {
            named = true;
            recipients.extend(faults.note(root.required_id(key)));
        }
    }
    if !named {
        faults.add(root.malformed("to", "the recipient's phone number or user id"));
    }
    recipients
}
