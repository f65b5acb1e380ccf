//! Who is who: one person can have several ids on a channel, and ids can change hands.
//!
//! [`link`] tells from ids that came together which conversations are this person's and which ids
//! were somebody else's. [`unite`] makes one conversation of several. What this does to
//! a conversation's version and log is in [`crate::apply`].

mod link;
#[cfg(test)]
mod tests;
mod unite;

pub use link::{Link, link};
pub(crate) use unite::unite;

use azeer_domain::ContactId;

use crate::conversation::Conversation;

impl Conversation {
    /// All ids of the contact.
    pub fn contact_ids(&self) -> impl Iterator<Item = &ContactId> {
        std::iter::once(&self.contact_id).chain(&self.aliases)
    }

    /// Gives the contact one more id. Whether it is new.
    pub(crate) fn add_contact_id(&mut self, id: &ContactId) -> bool {
        *id != self.contact_id && self.aliases.insert(id.clone())
    }

    /// Takes an id from the contact, but never the last one. The conversation is then named by a
    /// user id, if the contact has one: it can't change hands. Whether the contact had it.
    pub(crate) fn remove_contact_id(&mut self, id: &ContactId) -> bool {
        if *id != self.contact_id {
            return self.aliases.remove(id);
        }
        let user_id = self.aliases.iter().find(|alias| alias.is_user_id());
        let Some(next) = user_id.or(self.aliases.first()).cloned() else { return false };
        self.aliases.remove(&next);
        self.contact_id = next;
        true
    }
}
