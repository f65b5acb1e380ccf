//! What sends take and give back, as a batch has it in hand: the contacts' ledgers and rates, whom
//! portfolios reached, and for whom notes were used. What was loaded and what has changed of it are
//! one; the tenants' locks are held.
//!
//! - [`take`]: what an allowed send takes; [`give_back`]: what one that did not go out gives back
//! - [`write`]: what has changed, for the statement that writes a batch

mod give_back;
mod take;
mod write;

pub(super) use give_back::Returning;
pub(super) use take::Taking;
pub(super) use write::{PARAMETERS, parts};

use std::collections::{BTreeSet, HashMap};

use azeer_domain::{ChannelId, ContactId, TenantId, Time};
use messaging_policy_core::rate::Returned;
use messaging_policy_core::{Ledger, Rate, Reservations, rate};

use super::aliases::PersonKey;
use super::contacts::{Contact, ContactKey};
use super::notes::{NoteKey, NoteUse};
use super::portfolios::{PortfolioKey, Reach, ReachedKey};

/// A person, by all ids that are known: the one that it is kept under first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who<'a> {
    pub(super) tenant: &'a TenantId,
    pub(super) ids: &'a [ContactId],
}

/// What was loaded, and what has changed of it.
#[derive(Default)]
pub(super) struct Ledgers {
    contacts: HashMap<PersonKey, Vec<(ContactKey, Contact)>>,
    reach: HashMap<PortfolioKey, Reach>,
    reached: HashMap<ReachedKey, Reservations>,
    notes: HashMap<NoteKey, HashMap<ContactId, Reservations>>,
    changed: Changed,
}

/// Which of the values have changed.
#[derive(Default)]
struct Changed {
    contacts: BTreeSet<ContactKey>,
    portfolios: BTreeSet<PortfolioKey>,
    reached: BTreeSet<ReachedKey>,
    /// Ids under which a person is not counted any more.
    left: BTreeSet<ReachedKey>,
    notes: BTreeSet<(NoteKey, ContactId)>,
    /// Ids under which a person is not told as one whom a note was for any more.
    unused: BTreeSet<(NoteKey, ContactId)>,
}

impl<'a> Who<'a> {
    /// Its ids with the tenant.
    pub(super) fn keys(self) -> impl Iterator<Item = (&'a TenantId, &'a ContactId)> {
        self.ids.iter().map(move |id| (self.tenant, id))
    }

    fn contact(self, id: &ContactId, channel: &ChannelId) -> ContactKey {
        (self.tenant.clone(), id.clone(), channel.clone())
    }

    fn reached(self, id: &ContactId, portfolio: &PortfolioKey) -> ReachedKey {
        (self.tenant.clone(), id.clone(), portfolio.1.clone())
    }
}

// === impl Ledgers ===

impl Ledgers {
    pub(super) fn add_contacts(&mut self, rows: Vec<(ContactKey, Contact)>) {
        for (key, contact) in rows {
            let person = (key.0.clone(), key.1.clone());
            self.contacts.entry(person).or_default().push((key, contact));
        }
    }

    pub(super) fn add_reach(&mut self, rows: Vec<(PortfolioKey, Reach)>) {
        self.reach.extend(rows);
    }

    pub(super) fn add_reached(&mut self, rows: Vec<(ReachedKey, Reservations)>) {
        self.reached.extend(rows);
    }

    pub(super) fn add_notes(&mut self, rows: Vec<NoteUse>) {
        for (note, contact, reservations) in rows {
            self.notes.entry(note).or_default().insert(contact, reservations);
        }
    }

    /// The rows of a contact id, of all channels.
    pub(super) fn of_contact(&self, tenant: &TenantId, id: &ContactId) -> &[(ContactKey, Contact)] {
        self.contacts.get(&(tenant.clone(), id.clone())).map_or(&[], Vec::as_slice)
    }

    /// How many contacts a portfolio has reached, if any.
    pub(super) fn reach(&self, portfolio: &PortfolioKey) -> Option<&Reach> {
        self.reach.get(portfolio)
    }

    /// When a portfolio last reached somebody under an id.
    pub(super) fn reached_at(&self, contact: &ReachedKey) -> Option<Time> {
        self.reached.get(contact)?.last()
    }

    /// When a note was last used for each contact.
    pub(super) fn note_uses(&self, note: &NoteKey) -> impl Iterator<Item = (&ContactId, Time)> {
        let uses = self.notes.get(note).into_iter().flatten();
        uses.filter_map(|(contact, reservations)| Some((contact, reservations.last()?)))
    }

    fn contact(&self, key: &ContactKey) -> Option<&Contact> {
        let rows = self.of_contact(&key.0, &key.1);
        rows.iter().find(|(known, _)| known == key).map(|(_, row)| row)
    }

    /// A contact's row, which is written whatever becomes of it.
    fn contact_mut(&mut self, key: ContactKey, now: Time) -> &mut Contact {
        let rows = self.contacts.entry((key.0.clone(), key.1.clone())).or_default();
        let place = rows.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            let new = Contact { ledger: Ledger::default(), rate: Rate::free(now) };
            rows.push((key.clone(), new));
            rows.len() - 1
        });
        self.changed.contacts.insert(key);
        &mut rows[place].1
    }

    /// Takes the channel's rate of all ids of a person, for it to be kept under one of them from here
    /// on: apart they would become free in parallel.
    fn gather_rate(&mut self, who: Who<'_>, channel: &ChannelId, now: Time) -> Rate {
        let mut each = Vec::new();
        let (mut returned, mut filled_at) = (Vec::new(), None);
        for id in who.ids {
            let rows = self.contacts.get_mut(&(who.tenant.clone(), id.clone()));
            for (key, row) in rows.into_iter().flatten() {
                if key.2 == *channel && !row.rate.is_over(now) {
                    let rate = std::mem::replace(&mut row.rate, Rate::free(now));
                    each.push(rate.free_at);
                    returned.extend(rate.returned);
                    filled_at = filled_at.max(rate.filled_at);
                    self.changed.contacts.insert(key.clone());
                }
            }
        }
        returned.sort_by_key(|returned: &Returned| returned.at);
        Rate { free_at: rate::free_at(each, now).unwrap_or(now), returned, filled_at }
    }
}
