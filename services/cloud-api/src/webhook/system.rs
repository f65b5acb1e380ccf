//! Notices of the platform in a customer's thread (`type: system`). One kind matters: the customer
//! has other ids now. Notices come without `contacts`.

use super::change::Change;
use super::contacts::{IdKeys, LooseIds, number};
use super::item::{ContactIds, Content, NumberChange};
use super::skip::Skip;
use crate::lenient::{Malformed, Node};

/// Kinds of notice that must carry new ids. Any other that does is read the same.
const ID_CHANGES: &[&str] =
    &["user_changed_number", "user_changed_user_id", "customer_changed_number"];

pub(super) fn read(change: &Change<'_>, message: &Node<'_>) -> Result<Content, Malformed> {
    let notice = message.child("system");
    let new = new_ids(&notice);
    let old = old_ids(message, &notice, &new);

    let Some(new) = ContactIds::new(new.wa_id, new.user_id) else {
        return match notice.text("type") {
            Some(kind) if ID_CHANGES.contains(&kind) => {
                Err(notice.malformed("wa_id", "the new number, where no new user id is given"))
            }
            _ => Ok(Skip::SystemNotice.into()),
        };
    };
    let old = ContactIds::new(old.wa_id, old.user_id).ok_or_else(|| {
        message.malformed("from", "the old number, where no old user id is given")
    })?;
    if new.iter().all(|id| old.iter().any(|known| known == id)) {
        return Ok(Skip::SystemNotice.into());
    }
    Ok(Content::NumberChange(NumberChange {
        channel: change.channel()?,
        old,
        new,
        message_id: message.required_id("id")?,
        timestamp: message.seconds("timestamp")?,
    }))
}

/// Older versions of the platform call the new number `new_wa_id`.
fn new_ids(notice: &Node<'_>) -> LooseIds {
    let ids = LooseIds::read(notice, IdKeys::OWN);
    LooseIds { wa_id: ids.wa_id.or_else(|| number(notice, "new_wa_id")), ..ids }
}

/// The old user id is `previous_user_id`. The sender's may be the old one or already the new one,
/// and only in the first case does it belong with the old number.
fn old_ids(message: &Node<'_>, notice: &Node<'_>, new: &LooseIds) -> LooseIds {
    let sender = LooseIds::read(message, IdKeys::FROM);
    let still_old = |id: &String| new.user_id.as_ref() != Some(id);
    LooseIds {
        wa_id: sender.wa_id.or_else(|| number(notice, "customer")),
        user_id: notice.id("previous_user_id").or_else(|| sender.user_id.filter(still_old)),
    }
}
