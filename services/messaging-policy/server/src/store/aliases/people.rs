//! Whose ids are: one person can have several, and numbers change hands.
//!
//! A person is kept under one main id, and all the others name it: a user id where one is known,
//! since that is one person's for good. So a number that is a main id has nobody else's user id
//! against it, and no main id is ever a further id of somebody.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use azeer_domain::ContactId;

/// What is known of some persons: all of each.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct People {
    /// The main ids of further ones.
    mains: HashMap<ContactId, ContactId>,
}

/// What changes when ids come together.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::store) struct Met {
    /// Ids that have another main id now.
    pub(in crate::store) noted: BTreeSet<ContactId>,
    /// Numbers that were another person's until now, each with that person's main id.
    pub(in crate::store) taken: BTreeMap<ContactId, ContactId>,
}

/// Whose the ids are that came together for one person.
struct Link<'a> {
    /// The main ids of the person so far: more than one turn out to be one person's.
    mains: BTreeSet<&'a ContactId>,
    /// As in [`Met`].
    taken: BTreeMap<&'a ContactId, &'a ContactId>,
}

impl People {
    /// Adds an id that was noted before.
    pub(in crate::store) fn add(&mut self, id: ContactId, main: ContactId) {
        self.mains.insert(id, main);
    }

    /// The id that the person is kept under who has this one.
    pub(in crate::store) fn main_of<'a>(&'a self, id: &'a ContactId) -> &'a ContactId {
        self.mains.get(id).unwrap_or(id)
    }

    /// Of ids that came together for one person: the numbers that are another's, as far as is known.
    pub(in crate::store) fn of_others<'a>(
        &'a self,
        ids: &'a [ContactId],
    ) -> impl Iterator<Item = &'a ContactId> {
        self.link(ids).taken.into_keys()
    }

    /// Has ids be one person's that came together.
    pub(in crate::store) fn meet(&mut self, ids: &[ContactId]) -> Met {
        let link = self.link(ids);
        let Some(main) = link.mains.iter().copied().min_by_key(|id| (!id.is_user_id(), *id)) else {
            return Met::default();
        };
        let mut noted: BTreeSet<ContactId> = link.taken.keys().copied().cloned().collect();
        if link.mains.len() > 1 {
            let is_theirs = |main: &ContactId| link.mains.contains(main);
            let further = self.mains.iter().filter(|(_, of)| *of != main && is_theirs(of));
            noted.extend(further.map(|(id, _)| id.clone()));
            noted.extend(link.mains.iter().filter(|id| **id != main).copied().cloned());
        }
        let taken = link.taken.into_iter().map(|(id, former)| (id.clone(), former.clone()));
        let met = Met { taken: taken.collect(), noted };
        let main = main.clone();
        for id in &met.noted {
            self.mains.insert(id.clone(), main.clone());
        }
        met
    }

    /// A number that comes with a user id other than its owner's has changed hands. So has one of
    /// several numbers of different persons; the number named first tells who is meant then. Numbers
    /// of whose owners nothing else is known are this person's.
    fn link<'a>(&'a self, ids: &'a [ContactId]) -> Link<'a> {
        let (user_ids, numbers): (Vec<_>, Vec<_>) = ids.iter().partition(|id| id.is_user_id());
        let mut mains: BTreeSet<_> = user_ids.into_iter().map(|id| self.main_of(id)).collect();
        let mut is_known = !mains.is_empty();
        let mut taken = BTreeMap::new();
        for number in numbers {
            let main = self.main_of(number);
            if is_known && main.is_user_id() && !mains.contains(main) {
                taken.insert(number, main);
            } else {
                is_known |= main.is_user_id();
                mains.insert(main);
            }
        }
        Link { mains, taken }
    }
}
