//! What was sent to one contact id, as far as rules ask: templates with their instants, and how full
//! the channel's rate is. A person with several ids has several ledgers, which are read together.

use azeer_domain::Time;
use chrono::TimeDelta;
use uuid::Uuid;

use crate::facts::SentTemplate;
use crate::policy::Policy;
use crate::rules::pair_rate_limit;
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

/// When nothing of what went to a person through a channel will count any more for its rate: what is
/// left of each id's time, added up.
#[must_use]
pub fn rate_free_at(each: impl IntoIterator<Item = Time>, now: Time) -> Option<Time> {
    let left = each.into_iter().map(|free_at| (free_at - now).max(TimeDelta::zero()));
    let sum = left.fold(TimeDelta::zero(), |sum, left| sum.checked_add(&left).unwrap_or(sum));
    (sum > TimeDelta::zero()).then(|| later(now, sum))
}

/// The same after one more message, which takes the channel's interval of time. It is kept with one
/// of the person's ids, and the others are free from then on: kept apart, each would become free in
/// the time that all of them take.
#[must_use]
pub fn rate_after(free_at: Option<Time>, policy: &Policy, now: Time) -> Time {
    let free_at = free_at.map_or(now, |free_at| free_at.max(now));
    // A full channel does not become fuller: while the rule only warns, more may be sent.
    let full_at = later(now, pair_rate_limit::full(policy));
    later(free_at, pair_rate_limit::interval(policy)).min(full_at)
}
