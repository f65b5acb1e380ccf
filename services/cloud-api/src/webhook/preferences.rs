//! What customers wish of marketing (`user_preferences[]`).

use super::change::Change;
use super::contacts::IdKeys;
use super::item::Content;
use super::news::Preference;
use super::skip::Skip;
use crate::lenient::{Malformed, Node};

/// The only category so far; what is said without one is about it.
const MARKETING: &str = "marketing_messages";

pub(super) fn read(change: &Change<'_>, wish: &Node<'_>) -> Result<Content, Malformed> {
    if wish.text("category").is_some_and(|category| category != MARKETING) {
        return Ok(Skip::PolicyField(None).into());
    }
    Ok(Content::Preference(Preference {
        channel: change.channel()?,
        contact: change.person(wish, IdKeys::OWN)?.ids,
        value: wish.required_text("value")?.to_owned(),
        timestamp: wish.instant("timestamp")?,
    }))
}
