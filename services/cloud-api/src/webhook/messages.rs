//! A message from a customer (`messages[]`), and the words in it that routing looks at. Notices of
//! the platform come by the same list; `system` reads them.

use super::change::Change;
use super::contacts::IdKeys;
use super::item::{Content, Inbound, InboundKind};
use super::message_type::{Nature, in_group, nature, type_name};
use super::skip::Skip;
use super::system;
use crate::lenient::{Malformed, Node};

pub(super) fn read(change: &Change<'_>, message: &Node<'_>) -> Result<Content, Malformed> {
    let type_name = type_name(message)?;
    let kind = match nature(message, type_name) {
        Nature::System => return system::read(change, message),
        _ if in_group(message) => return Ok(Skip::GroupMessage.into()),
        Nature::Edit => return Ok(Skip::Edit.into()),
        Nature::Deletion => return Ok(Skip::Deletion.into()),
        Nature::Reaction => InboundKind::Reaction,
        Nature::Message => InboundKind::Message,
    };
    let sender = change.person(message, IdKeys::FROM)?;
    Ok(Content::Inbound(Inbound {
        channel: change.channel()?,
        contact: sender.ids,
        contact_name: sender.name,
        message_id: message.required_id("id")?,
        timestamp: message.seconds("timestamp")?,
        kind,
        text: words(message, type_name).map(str::to_owned),
        type_name: type_name.to_owned(),
    }))
}

/// What the customer wrote or chose. A flow's answer (`nfm_reply`) has no words of the customer's:
/// its body is the platform's.
fn words<'a>(message: &Node<'a>, type_name: &str) -> Option<&'a str> {
    let content = message.child(type_name);
    match type_name {
        "text" => content.text("body"),
        "button" | "order" => content.text("text"),
        "image" | "video" | "document" => content.text("caption"),
        "interactive" => ["button_reply", "list_reply"]
            .iter()
            .find_map(|reply| content.child(reply).text("title")),
        _ => None,
    }
}
