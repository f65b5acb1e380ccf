//! What an allowed send takes: its place in the rate of its channel, in the contact's ledger, among
//! the contacts of the portfolio, and among the uses of its note.

use azeer_domain::{ContactId, Time};
use messaging_policy_core::Ledger;
use messaging_policy_core::facts::Portfolio;
use messaging_policy_core::ledger::{self, Entry};
use uuid::Uuid;

use super::super::contacts::{Contact, ContactKey};
use super::super::notes::NoteKey;
use super::super::portfolios::PortfolioKey;
use super::decide::Deciding;
use super::facts::Sending;

impl Deciding {
    /// Takes it under the id that the contact is kept under.
    pub(super) fn reserve(&mut self, sending: &Sending<'_>, decision: Uuid) {
        let Some((tenant, contact)) = sending.item.ids().next() else { return };
        if let Some(channel) = sending.item.channel() {
            let key = (tenant.clone(), contact.clone(), channel.clone());
            self.take_of_contact(sending, &key, decision);
        }
        if let Some((portfolio, _)) = sending.portfolio() {
            self.take_of_portfolio(sending, portfolio, contact);
        }
        if let Some(note) = sending.note() {
            self.take_of_note(sending, &note, contact);
        }
    }

    fn take_of_contact(&mut self, sending: &Sending<'_>, contact: &ContactKey, decision: Uuid) {
        let now = sending.now;
        let rate = self.gather_rate(sending, contact);
        let (tenant, id, _) = contact;
        let rows = self.loaded.contacts.entry((tenant.clone(), id.clone())).or_default();
        let place = rows.iter().position(|(known, _)| known == contact).unwrap_or_else(|| {
            let new = Contact { ledger: Ledger::default(), rate_free_at: now };
            rows.push((contact.clone(), new));
            rows.len() - 1
        });
        let row = &mut rows[place].1;
        row.rate_free_at = ledger::rate_after(rate, &sending.settings.policy, now);
        if let Some(category) = sending.counted_category() {
            let fingerprint = sending.fingerprint();
            row.ledger.reserve(Entry { decision, at: now, category, fingerprint });
        }
        self.rows.contacts.insert(contact.clone());
    }

    /// What is left of the channel's rate for all ids of the person: it is kept under one of them
    /// from here on, since apart they would become free in parallel.
    fn gather_rate(&mut self, sending: &Sending<'_>, contact: &ContactKey) -> Option<Time> {
        let now = sending.now;
        let mut left = Vec::new();
        for (tenant, id) in sending.item.ids() {
            let rows = self.loaded.contacts.get_mut(&(tenant.clone(), id.clone()));
            for (key, row) in rows.into_iter().flatten() {
                if key.2 != contact.2 || row.rate_free_at <= now {
                    continue;
                }
                left.push(row.rate_free_at);
                if key != contact {
                    row.rate_free_at = now;
                    self.rows.contacts.insert(key.clone());
                }
            }
        }
        ledger::rate_free_at(left, now)
    }

    /// A person counts once here, too.
    fn take_of_note(&mut self, sending: &Sending<'_>, note: &NoteKey, contact: &ContactId) {
        let uses = self.loaded.notes.entry(note.clone()).or_default();
        for (_, id) in sending.item.ids() {
            if uses.remove(id).is_some() {
                self.rows.notes.remove(&(note.clone(), id.clone()));
                self.rows.unused.insert((note.clone(), id.clone()));
            }
        }
        uses.insert(contact.clone(), sending.now);
        self.rows.unused.remove(&(note.clone(), contact.clone()));
        self.rows.notes.insert((note.clone(), contact.clone()));
    }

    /// A person counts once, under one id: a person's other ids, of whom it was not known that they
    /// are one, are removed.
    fn take_of_portfolio(
        &mut self,
        sending: &Sending<'_>,
        portfolio: PortfolioKey,
        contact: &ContactId,
    ) {
        let now = sending.now;
        let reach = self.loaded.reach.entry(portfolio.clone()).or_default();
        for (tenant, id) in sending.item.ids() {
            let key = (tenant.clone(), id.clone(), portfolio.1.clone());
            let Some(at) = self.loaded.reached.remove(&key) else { continue };
            if at > now - Portfolio::DAY {
                reach.forget(at);
            }
            self.rows.reached.remove(&key);
            self.rows.left.insert(key);
        }
        reach.reached += 1;
        let key = (portfolio.0.clone(), contact.clone(), portfolio.1.clone());
        self.loaded.reached.insert(key.clone(), now);
        self.rows.left.remove(&key);
        self.rows.reached.insert(key);
        self.rows.portfolios.insert(portfolio);
    }
}
