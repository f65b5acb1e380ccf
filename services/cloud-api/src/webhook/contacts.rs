//! Who a customer is: the ids that an item names, completed from the `contacts[]` of its change.
//!
//! A contact belongs to an item only if an id says so. Two ids taken for one person's by mistake
//! would make two customers one; an id that is missed is learned with a later message.

use std::collections::HashMap;

use super::item::ContactIds;
use crate::lenient::{Malformed, Node};

/// The keys under which an object names one person.
#[derive(Clone, Copy)]
pub(super) struct IdKeys {
    pub(super) wa_id: &'static str,
    pub(super) user_id: &'static str,
}

impl IdKeys {
    /// In `contacts[]`, and in the notice of a number change.
    pub(super) const OWN: Self = Self::new("wa_id", "user_id");
    /// Who wrote or called.
    pub(super) const FROM: Self = Self::new("from", "from_user_id");
    /// Whom the business wrote to.
    pub(super) const TO: Self = Self::new("to", "to_user_id");
    /// The same in a status.
    pub(super) const RECIPIENT: Self = Self::new("recipient_id", "recipient_user_id");

    const fn new(wa_id: &'static str, user_id: &'static str) -> Self {
        Self { wa_id, user_id }
    }
}

/// The ids that an object names: perhaps none.
#[derive(Clone, Default)]
pub(super) struct LooseIds {
    pub(super) wa_id: Option<String>,
    pub(super) user_id: Option<String>,
}

/// A person with the name in the profile.
pub(super) struct Person {
    pub(super) ids: ContactIds,
    pub(super) name: Option<String>,
}

/// The contacts of one change, found by id.
#[derive(Default)]
pub(super) struct Contacts {
    all: Vec<Contact>,
    by_wa_id: HashMap<String, usize>,
    by_user_id: HashMap<String, usize>,
}

struct Contact {
    ids: LooseIds,
    name: Option<String>,
}

// === impl LooseIds ===

impl LooseIds {
    pub(super) fn read(object: &Node<'_>, keys: IdKeys) -> Self {
        let user_id = object.id(keys.user_id);
        match number(object, keys.wa_id) {
            // Where a number is withheld, some senders put the user id in its place.
            Some(id) if is_user_id(&id) => Self { wa_id: None, user_id: user_id.or(Some(id)) },
            wa_id => Self { wa_id, user_id },
        }
    }

    fn is_empty(&self) -> bool {
        self.wa_id.is_none() && self.user_id.is_none()
    }
}

/// A phone-number id. The platform writes numbers both with and without a `+`.
pub(super) fn number(object: &Node<'_>, key: &str) -> Option<String> {
    let id = object.id(key)?;
    Some(id.strip_prefix('+').unwrap_or(&id).to_owned())
}

/// A business-scoped user id starts with a country and a dot; a number never does.
fn is_user_id(id: &str) -> bool {
    matches!(id.as_bytes(), [a, b, b'.', _, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}

// === impl Contacts ===

impl Contacts {
    pub(super) fn read(value: &Node<'_>) -> Self {
        let mut contacts = Self::default();
        for contact in value.child("contacts").elements().into_iter().flatten() {
            contacts.push(Contact {
                ids: LooseIds::read(&contact, IdKeys::OWN),
                name: contact.child("profile").text("name").map(str::to_owned),
            });
        }
        contacts
    }

    fn push(&mut self, contact: Contact) {
        let index = self.all.len();
        if let Some(wa_id) = &contact.ids.wa_id {
            self.by_wa_id.entry(wa_id.clone()).or_insert(index);
        }
        if let Some(user_id) = &contact.ids.user_id {
            self.by_user_id.entry(user_id.clone()).or_insert(index);
        }
        self.all.push(contact);
    }

    /// The person whom `item` names under `keys`, completed by the contact that shares an id.
    pub(super) fn complete(&self, item: &Node<'_>, keys: IdKeys) -> Result<Person, Malformed> {
        let named = LooseIds::read(item, keys);
        let contact = self.find(&named);
        let known = contact.map_or_else(LooseIds::default, |contact| contact.ids.clone());
        let ids = ContactIds::new(named.wa_id.or(known.wa_id), named.user_id.or(known.user_id))
            .ok_or_else(|| {
                item.malformed(keys.wa_id, "a phone number, where no user id is given")
            })?;
        Ok(Person { ids, name: contact.and_then(|contact| contact.name.clone()) })
    }

    fn find(&self, named: &LooseIds) -> Option<&Contact> {
        if named.is_empty() {
            // Nobody else can be meant where there is but one.
            return match self.all.as_slice() {
                [only] => Some(only),
                _ => None,
            };
        }
        let by_user_id = || self.by_user_id.get(named.user_id.as_ref()?);
        let by_wa_id = || self.by_wa_id.get(named.wa_id.as_ref()?);
        let contact = self.all.get(*by_user_id().or_else(by_wa_id)?)?;
        // A number that two user ids claim was recycled: this contact is the other person.
        let other_person = named.user_id.is_some()
            && contact.ids.user_id.is_some()
            && named.user_id != contact.ids.user_id;
        (!other_person).then_some(contact)
    }
}
