//! Whose the ids are that came together.

use std::collections::BTreeSet;

use azeer_domain::ContactId;

use crate::conversation::Conversation;

/// Whose the ids are that came together for one person.
#[derive(Debug, Default)]
pub struct Link<'a> {
    /// The person's conversations, the oldest first: more than one turn out to be one person's.
    pub conversations: Vec<&'a Conversation>,
    /// Ids that were another person's until now, each with that person's conversation.
    pub taken: Vec<(&'a ContactId, &'a Conversation)>,
}

/// Finds out whose `ids` are, which came together for one person; `owner_of` tells who has an id.
///
/// A user id is one person's for good. Numbers are recycled: a number that comes with a user id
/// other than its owner's has changed hands. So has one of several numbers whose owners are known
/// to be different persons; the number named first tells who is meant then. Owners of whom nothing
/// else is known are this person.
pub fn link<'a>(
    ids: &'a [ContactId],
    owner_of: impl Fn(&ContactId) -> Option<&'a Conversation>,
) -> Link<'a> {
    let mut link = Link::default();
    let mut user_ids: BTreeSet<&ContactId> = ids.iter().filter(|id| id.is_user_id()).collect();
    let numbers = ids.iter().filter(|id| !id.is_user_id());
    for id in user_ids.clone().into_iter().chain(numbers) {
        let Some(owner) = owner_of(id) else { continue };
        if link.conversations.iter().any(|known| known.id == owner.id) {
            continue;
        }
        let mut theirs = owner.contact_ids().filter(|id| id.is_user_id());
        let same_person =
            id.is_user_id() || user_ids.is_empty() || theirs.all(|id| user_ids.contains(id));
        if same_person {
            user_ids.extend(owner.contact_ids().filter(|id| id.is_user_id()));
            link.conversations.push(owner);
        } else {
            link.taken.push((id, owner));
        }
    }
    link.conversations.sort_by_key(|conversation| (conversation.create_time, conversation.id));
    link
}
