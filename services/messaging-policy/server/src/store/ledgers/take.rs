//! What an allowed send takes: its place in the rate of its channel, in the contact's ledger, among
//! the contacts of the portfolio, and among the uses of its note. And what the platform says is taken.

use azeer_domain::{ChannelId, ContactId, Time};
use messaging_policy_core::facts::Portfolio;
use messaging_policy_core::ledger::Entry;
use messaging_policy_core::{Category, Policy, Reservations, rate};
use uuid::Uuid;

use super::super::notes::NoteKey;
use super::super::portfolios::PortfolioKey;
use super::{Ledgers, Who};

/// A send that is allowed.
pub(in crate::store) struct Taking<'a> {
    pub(in crate::store) decision: Uuid,
    pub(in crate::store) who: Who<'a>,
    pub(in crate::store) channel: &'a ChannelId,
    pub(in crate::store) policy: &'a Policy,
    /// The category and the fingerprint of a template that counts for the contact.
    pub(in crate::store) template: Option<(Category, i64)>,
    /// The portfolio that it counts for.
    pub(in crate::store) portfolio: Option<PortfolioKey>,
    /// The note whose use counts.
    pub(in crate::store) note: Option<NoteKey>,
}

impl Ledgers {
    /// Takes it under the id that the contact is kept under.
    pub(in crate::store) fn take(&mut self, taking: &Taking<'_>, now: Time) {
        let Some(contact) = taking.who.ids.first() else { return };
        self.take_of_contact(taking, contact, now);
        if let Some(portfolio) = &taking.portfolio {
            self.take_of_portfolio(taking, portfolio, contact, now);
        }
        if let Some(note) = &taking.note {
            self.take_of_note(taking, note, contact, now);
        }
    }

    fn take_of_contact(&mut self, taking: &Taking<'_>, contact: &ContactId, now: Time) {
        let Taking { who, channel, policy, decision, .. } = *taking;
        let mut rate = self.gather_rate(who, channel, now);
        rate.take(policy, now);
        let row = self.contact_mut(who.contact(contact, channel), now);
        row.rate = rate;
        if let Some((category, fingerprint)) = taking.template {
            row.ledger.reserve(Entry { decision, at: now, category, fingerprint });
        }
    }

    /// A person counts once, under one id: a person's other ids, of whom it was not known that they
    /// are one, are removed.
    fn take_of_portfolio(
        &mut self,
        taking: &Taking<'_>,
        portfolio: &PortfolioKey,
        contact: &ContactId,
        now: Time,
    ) {
        let reach = self.reach.entry(portfolio.clone()).or_default();
        let mut reservations = Reservations::default();
        for id in taking.who.ids {
            let key = taking.who.reached(id, portfolio);
            let Some(known) = self.reached.remove(&key) else { continue };
            if let Some(at) = known.last().filter(|at| *at > now - Portfolio::DAY) {
                reach.forget(at);
            }
            reservations.join(known);
            self.changed.reached.remove(&key);
            self.changed.left.insert(key);
        }
        reservations.reserve(taking.decision, now);
        reach.reached += 1;
        let key = taking.who.reached(contact, portfolio);
        self.reached.insert(key.clone(), reservations);
        self.changed.left.remove(&key);
        self.changed.reached.insert(key);
        self.changed.portfolios.insert(portfolio.clone());
    }

    /// A person counts once here, too.
    fn take_of_note(
        &mut self,
        taking: &Taking<'_>,
        note: &NoteKey,
        contact: &ContactId,
        now: Time,
    ) {
        let uses = self.notes.entry(note.clone()).or_default();
        let mut reservations = Reservations::default();
        for id in taking.who.ids {
            if let Some(known) = uses.remove(id) {
                reservations.join(known);
                let key = (note.clone(), id.clone());
                self.changed.notes.remove(&key);
                self.changed.unused.insert(key);
            }
        }
        reservations.reserve(taking.decision, now);
        uses.insert(contact.clone(), reservations);
        let key = (note.clone(), contact.clone());
        self.changed.unused.remove(&key);
        self.changed.notes.insert(key);
    }

    /// The rate of a channel and a contact is full at an instant: the platform says so.
    pub(in crate::store) fn fill_rate(
        &mut self,
        who: Who<'_>,
        channel: &ChannelId,
        policy: &Policy,
        at: Time,
        now: Time,
    ) {
        let full_at = rate::full_at(policy, at);
        let Some(contact) = who.ids.first().filter(|_| full_at > now) else { return };
        let mut rate = self.gather_rate(who, channel, now);
        rate.fill(full_at, now);
        self.contact_mut(who.contact(contact, channel), now).rate = rate;
    }
}
