//! What a send gives back that did not go out: all that it took, wherever that is kept by now, as far
//! as time has not given it back yet.

use azeer_domain::{ChannelId, Time};
use messaging_policy_core::Rate;
use messaging_policy_core::facts::Portfolio;
use messaging_policy_core::rate::Slot;
use uuid::Uuid;

use super::super::notes::NoteKey;
use super::super::portfolios::PortfolioKey;
use super::{Ledgers, Who};

/// A send that did not go out.
pub(in crate::store) struct Returning<'a> {
    pub(in crate::store) decision: Uuid,
    pub(in crate::store) who: Who<'a>,
    pub(in crate::store) channel: &'a ChannelId,
    /// What it took of the rate; none: nobody knows.
    pub(in crate::store) slot: Option<Slot>,
    /// The note that it was justified by.
    pub(in crate::store) note: Option<NoteKey>,
}

impl Ledgers {
    /// Gives it back. Who asks does so once: time that was taken bears no name.
    pub(in crate::store) fn give_back(&mut self, returning: &Returning<'_>, now: Time) {
        self.give_back_rate(returning, now);
        self.give_back_ledger(returning);
        let portfolios = self.reach.keys().filter(|(tenant, _)| tenant == returning.who.tenant);
        for portfolio in portfolios.cloned().collect::<Vec<_>>() {
            self.give_back_portfolio(returning, &portfolio, now);
        }
        if let Some(note) = &returning.note {
            self.give_back_note(returning, note);
        }
    }

    fn give_back_rate(&mut self, returning: &Returning<'_>, now: Time) {
        let Returning { who, channel, slot, .. } = *returning;
        let Some((contact, slot)) = who.ids.first().zip(slot) else { return };
        let mut rate = self.gather_rate(who, channel, now);
        if rate == Rate::free(now) {
            return;
        }
        rate.give_back(slot, now);
        self.contact_mut(who.contact(contact, channel), now).rate = rate;
    }

    fn give_back_ledger(&mut self, returning: &Returning<'_>) {
        for (tenant, id) in returning.who.keys() {
            let rows = self.contacts.get_mut(&(tenant.clone(), id.clone()));
            for (key, row) in rows.into_iter().flatten() {
                if row.ledger.release(returning.decision) {
                    self.changed.contacts.insert(key.clone());
                }
            }
        }
    }

    /// Who was reached by other sends too was reached when the last of those was decided.
    fn give_back_portfolio(
        &mut self,
        returning: &Returning<'_>,
        portfolio: &PortfolioKey,
        now: Time,
    ) {
        let counts = |at: &Time| *at > now - Portfolio::DAY;
        for id in returning.who.ids {
            let key = returning.who.reached(id, portfolio);
            let Some(reservations) = self.reached.get_mut(&key) else { continue };
            let before = reservations.last();
            if !reservations.release(returning.decision) {
                continue;
            }
            let last = reservations.last();
            let reach = self.reach.entry(portfolio.clone()).or_default();
            if let Some(at) = before.filter(counts) {
                reach.forget(at);
            }
            reach.reached += i64::from(last.is_some_and(|at| counts(&at)));
            self.changed.portfolios.insert(portfolio.clone());
            if last.is_some() {
                self.changed.reached.insert(key);
            } else {
                self.reached.remove(&key);
                self.changed.reached.remove(&key);
                self.changed.left.insert(key);
            }
        }
    }

    fn give_back_note(&mut self, returning: &Returning<'_>, note: &NoteKey) {
        let Some(uses) = self.notes.get_mut(note) else { return };
        for id in returning.who.ids {
            let Some(reservations) = uses.get_mut(id) else { continue };
            if !reservations.release(returning.decision) {
                continue;
            }
            let key = (note.clone(), id.clone());
            if reservations.last().is_some() {
                self.changed.notes.insert(key);
            } else {
                uses.remove(id);
                self.changed.notes.remove(&key);
                self.changed.unused.insert(key);
            }
        }
    }
}
