//! What was sent to one contact id, as far as rules ask: templates with their instants. A person with
//! several ids has several ledgers, which are read together.

use azeer_domain::Time;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::facts::SentTemplate;
use crate::send::Category;
use crate::time::later;

/// Longer ago than this nothing counts, but for the newest MARKETING templates: the bounds of the
/// rules' parameters see to that.
const KEPT_FOR: TimeDelta = TimeDelta::days(7);
/// So many MARKETING templates are kept whatever their age: the customer may not have answered them.
const MARKETING_KEPT: usize = 20;
/// More of MARKETING, or of UTILITY, are not kept: no rule can count so many, and no more go out
/// within the time in which one is taken for a duplicate, unless the caps are off.
const MOST_KEPT: usize = 128;

/// The templates that were sent to a contact id, oldest first. AUTHENTICATION is not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    entries: Vec<Entry>,
}

/// One template that was sent, or that may be at any moment: a reservation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The decision that allowed it.
    pub decision: Uuid,
    /// When it did.
    pub at: Time,
    /// The template's category then.
    pub category: Category,
    /// Of the template and what it was about; 0: it named nothing.
    pub fingerprint: i64,
}

impl Ledger {
    /// A ledger as it was kept.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries }
    }

    /// What is to be kept.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Adds a reservation and forgets what no rule asks for any more.
    pub fn reserve(&mut self, entry: Entry) {
        let now = entry.at;
        let place = self.entries.partition_point(|known| known.at <= now);
        self.entries.insert(place, entry);
        let mut newer = [0_usize; 2];
        let mut kept = std::mem::take(&mut self.entries);
        kept.reverse();
        kept.retain(|entry| {
            let marketing = entry.category == Category::Marketing;
            let newer = &mut newer[usize::from(marketing)];
            *newer += 1;
            let recent = later(entry.at, KEPT_FOR) > now;
            (recent || (marketing && *newer <= MARKETING_KEPT)) && *newer <= MOST_KEPT
        });
        kept.reverse();
        self.entries = kept;
    }

    /// Takes a decision's reservation back. Gives whether it was among them.
    pub fn release(&mut self, decision: Uuid) -> bool {
        let before = self.entries.len();
        self.entries.retain(|entry| entry.decision != decision);
        self.entries.len() < before
    }
}

/// What several ledgers of one person say together: the templates, newest first.
#[must_use]
pub fn templates<'a>(ledgers: impl IntoIterator<Item = &'a Ledger>) -> Vec<SentTemplate> {
    let entries = ledgers.into_iter().flat_map(|ledger| &ledger.entries);
    let mut sent: Vec<_> =
        entries.map(|entry| SentTemplate { at: entry.at, category: entry.category }).collect();
    sent.sort_by_key(|sent| std::cmp::Reverse(sent.at));
    sent
}

/// When the same template was last sent about the same, over several ledgers of one person.
#[must_use]
pub fn same_sent_at<'a>(
    ledgers: impl IntoIterator<Item = &'a Ledger>,
    fingerprint: i64,
) -> Option<Time> {
    let entries = ledgers.into_iter().flat_map(|ledger| &ledger.entries);
    let same = entries.filter(|entry| fingerprint != 0 && entry.fingerprint == fingerprint);
    same.map(|entry| entry.at).max()
}
