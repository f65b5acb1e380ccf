//! Messages that the business sent from its phone app (`message_echoes[]` of the
//! `smb_message_echoes` field): a person's replies, beside this system.

use super::change::Change;
use super::contacts::IdKeys;
use super::item::{Content, Echo};
use super::message_type::{Nature, in_group, nature, type_name};
use super::skip::Skip;
use crate::lenient::{Malformed, Node};

pub(super) fn read(change: &Change<'_>, echo: &Node<'_>) -> Result<Content, Malformed> {
    let type_name = type_name(echo)?;
    let skip = match nature(echo, type_name) {
        Nature::System => Skip::SystemNotice,
        _ if in_group(echo) => Skip::GroupMessage,
        Nature::Edit => Skip::Edit,
        Nature::Deletion => Skip::Deletion,
        Nature::Reaction => Skip::ReactionEcho,
        Nature::Message => return reply(change, echo, type_name),
    };
    Ok(skip.into())
}

fn reply(change: &Change<'_>, echo: &Node<'_>, type_name: &str) -> Result<Content, Malformed> {
    Ok(Content::Echo(Echo {
        channel: change.channel()?,
        contact: change.person(echo, IdKeys::TO)?.ids,
        message_id: echo.required_id("id")?,
        timestamp: echo.seconds("timestamp")?,
        type_name: type_name.to_owned(),
    }))
}
