//! What has changed, on its way to the database: parts of the statement that writes a batch, and
//! their parameters.

use azeer_domain::Time;
use azeer_runtime::statement::Part;
use messaging_policy_core::Reservations;
use postgres_types::ToSql;

use super::super::contacts::{self, ContactWrite};
use super::super::notes::{self, NoteWrite};
use super::super::portfolios::{self, PortfolioWrite, ReachedWrite};
use super::Ledgers;

/// The parameters, by the names that the parts know them by.
pub(in crate::store) const PARAMETERS: [(&str, &str); 6] = [
    ("$contacts", "contact_write_v2[]"),
    ("$portfolios", "portfolio_write_v1[]"),
    ("$reached", "reached_write_v2[]"),
    ("$left", "reached_write_v2[]"),
    ("$notes", "note_write_v2[]"),
    ("$unused", "note_write_v2[]"),
];

/// The parts of a statement that writes whatever holds ledgers.
pub(in crate::store) fn parts<R: AsRef<Ledgers>>() -> Vec<Part<R>> {
    let part = |name, text, needed| Part { name, text, needed };
    vec![
        part("taken", contacts::WRITE, |rows: &R| !rows.as_ref().changed.contacts.is_empty()),
        part("counted", portfolios::WRITE, |rows| !rows.as_ref().changed.portfolios.is_empty()),
        part("moved", portfolios::SET_REACHED, |rows| !rows.as_ref().changed.reached.is_empty()),
        part("removed", portfolios::REMOVE_REACHED, |rows| !rows.as_ref().changed.left.is_empty()),
        part("used", notes::WRITE, |rows| !rows.as_ref().changed.notes.is_empty()),
        part("unused", notes::REMOVE, |rows| !rows.as_ref().changed.unused.is_empty()),
    ]
}

/// What has changed, as it is now.
pub(in crate::store) struct Writes<'a> {
    contacts: Vec<ContactWrite<'a>>,
    portfolios: Vec<PortfolioWrite>,
    reached: Vec<ReachedWrite<'a>>,
    left: Vec<ReachedWrite<'a>>,
    notes: Vec<NoteWrite<'a>>,
    unused: Vec<NoteWrite<'a>>,
}

impl Ledgers {
    /// What has changed, as it is now.
    pub(in crate::store) fn writes(&self, now: Time) -> Writes<'_> {
        let changed = &self.changed;
        let none = Reservations::default();
        Writes {
            contacts: changed
                .contacts
                .iter()
                .filter_map(|key| Some(ContactWrite::new(key, self.contact(key)?)))
                .collect(),
            portfolios: changed
                .portfolios
                .iter()
                .filter_map(|key| Some(PortfolioWrite::new(key, self.reach.get(key)?.reached, now)))
                .collect(),
            reached: changed
                .reached
                .iter()
                .filter_map(|key| Some(ReachedWrite::new(key, self.reached.get(key)?)))
                .collect(),
            left: changed.left.iter().map(|key| ReachedWrite::new(key, &none)).collect(),
            notes: changed
                .notes
                .iter()
                .filter_map(|(note, contact)| {
                    Some(NoteWrite::new(note, contact, self.notes.get(note)?.get(contact)?))
                })
                .collect(),
            unused: changed
                .unused
                .iter()
                .map(|(note, contact)| NoteWrite::new(note, contact, &none))
                .collect(),
        }
    }
}

impl Writes<'_> {
    /// The values of [`PARAMETERS`].
    pub(in crate::store) fn parameters(&self) -> [&(dyn ToSql + Sync); 6] {
        [&self.contacts, &self.portfolios, &self.reached, &self.left, &self.notes, &self.unused]
    }
}
