//! What became of messages that the business sent (`statuses[]`).

use super::change::Change;
use super::contacts::IdKeys;
use super::item::{ContactIds, Content};
use super::news::{Status, StatusError};
use crate::lenient::{Malformed, Node};

pub(super) fn read(change: &Change<'_>, status: &Node<'_>) -> Result<Content, Malformed> {
    Ok(Content::Status(Status {
        channel: change.channel()?,
        contact: recipient(change, status),
        message_id: status.required_id("id")?,
        status: status.required_text("status")?.to_owned(),
        timestamp: status.instant("timestamp")?,
        errors: status
            .child("errors")
            .elements()
            .into_iter()
            .flatten()
            .filter_map(|each| error(&each))
            .collect(),
    }))
}

/// A group is nobody, and its id must not be taken for a person's.
fn recipient(change: &Change<'_>, status: &Node<'_>) -> Option<ContactIds> {
    if status.text("recipient_type") == Some("group") {
        return None;
    }
    Some(change.person(status, IdKeys::RECIPIENT).ok()?.ids)
}

/// An error whose code can be read; what else it says may be anywhere, or nowhere.
fn error(error: &Node<'_>) -> Option<StatusError> {
    let message = error.child("error_data").text("details");
    let message = message.or_else(|| error.text("message")).or_else(|| error.text("title"));
    Some(StatusError { code: error.integer("code")?, message: message.map(str::to_owned) })
}
