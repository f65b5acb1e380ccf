//! The caps by a plain list: every send that was allowed, looked through from the beginning each time
//! that anything is asked. One that was given back is as if it had not been, but for what was known
//! of its person by then.

use chrono::TimeDelta;
use conversation_state_core::Time;

use super::super::stand::TEMPLATES;
use super::op::{ALIASES, Asked, CONTACTS, LIMIT, Numbers, POLICIES};

const DAY: TimeDelta = TimeDelta::days(1);
const WEEK: TimeDelta = TimeDelta::days(7);
/// Longer than any history.
const EVER: TimeDelta = TimeDelta::days(10_000);

/// What was allowed, and what is known of contacts.
pub(super) struct Naive {
    pub(super) now: Time,
    pub(super) policy: &'static Numbers,
    sent: Vec<Sent>,
    /// Of each contact, when it last wrote, and whether its ids are known to be one person's.
    wrote_at: [Option<Time>; CONTACTS.len()],
    is_one: [bool; CONTACTS.len()],
}

/// A send that was allowed.
struct Sent {
    at: Time,
    asked: Asked,
    /// All ids that the person was known by then.
    ids: Vec<&'static str>,
    outside: bool,
    interval: TimeDelta,
    given_back: bool,
}

impl Naive {
    pub(super) fn at(now: Time) -> Self {
        let (wrote_at, is_one) = Default::default();
        Self { now, policy: &POLICIES[0], sent: Vec::new(), wrote_at, is_one }
    }

    /// A contact writes. Gives when: between the instants at which anything is sent.
    pub(super) fn writes(&mut self, contact: usize, both_ids: bool) -> Time {
        let at = self.now - TimeDelta::milliseconds(500);
        self.wrote_at[contact] = Some(at);
        self.is_one[contact] |= both_ids;
        at
    }

    /// The rules that refuse it. If none does, it is sent.
    pub(super) fn send(&mut self, asked: &Asked) -> Vec<&'static str> {
        let ids = self.ids(asked);
        let outside = self.is_outside(asked);
        let refused: Vec<_> = [
            ("JUSTIFICATION_REUSED", outside && self.note_is_used_up(asked, &ids)),
            ("DUPLICATE_SEND", self.is_duplicate(asked, &ids)),
            ("CONTACT_COOLDOWN", self.is_too_soon(asked, &ids)),
            ("CONTACT_FREQUENCY_CAP", self.is_too_often(asked, &ids)),
            ("UNANSWERED_TEMPLATE_LIMIT", self.is_unanswered(asked, &ids)),
            ("PAIR_RATE_LIMIT", self.is_too_fast(&ids)),
            ("PORTFOLIO_LIMIT_REACHED", outside && self.portfolio_is_full(&ids)),
        ]
        .into_iter()
        .filter_map(|(rule, refuses)| refuses.then_some(rule))
        .collect();
        if refused.is_empty() {
            let interval = self.policy.interval;
            let (at, asked, given_back) = (self.now, *asked, false);
            self.sent.push(Sent { at, asked, ids, outside, interval, given_back });
        }
        refused
    }

    /// Gives a send back, where the model can tell what that leaves of the rate: at once, or when
    /// nothing of it is taken any more.
    pub(super) fn give_back(&mut self, place: usize) -> bool {
        let Sent { at, given_back, asked, .. } = &self.sent[place];
        let at_once = *at == self.now;
        let known = [&self.sent[place].ids[..], &self.ids(asked)].concat();
        let rate_is_free = self.rate_left(&known).is_zero();
        if *given_back || !(at_once || rate_is_free) {
            return false;
        }
        let sent = &mut self.sent[place];
        sent.given_back = true;
        if at_once {
            sent.interval = TimeDelta::zero();
        }
        true
    }

    /// The ids that the person is known by.
    fn ids(&self, asked: &Asked) -> Vec<&'static str> {
        if self.is_one[asked.contact] {
            vec![CONTACTS[asked.contact], ALIASES[asked.contact]]
        } else {
            vec![asked.id()]
        }
    }

    /// When the person wrote: as an alias of nobody, never.
    fn wrote_at(&self, asked: &Asked) -> Option<Time> {
        let known = self.is_one[asked.contact] || !asked.by_alias;
        self.wrote_at[asked.contact].filter(|_| known)
    }

    fn is_outside(&self, asked: &Asked) -> bool {
        let margin = TimeDelta::seconds(5);
        self.wrote_at(asked).is_none_or(|at| self.now + margin > at + DAY)
    }

    /// What went to any of the ids less than so long ago.
    fn to<'a>(&'a self, ids: &'a [&str], within: TimeDelta) -> impl Iterator<Item = &'a Sent> {
        let since = self.now - within;
        let to_any = |sent: &Sent| sent.ids.iter().any(|id| ids.contains(id));
        let counts = move |sent: &&Sent| sent.at > since && !sent.given_back;
        self.sent.iter().filter(counts).filter(move |sent| to_any(sent))
    }

    /// How many people other than this one are among sends of the last day, by what was known of
    /// them when they were last sent to.
    fn others(&self, ids: &[&str], among: impl Fn(&Sent) -> bool) -> usize {
        let mut people: Vec<(&[&str], bool)> = Vec::new();
        for sent in self.sent.iter().filter(|sent| among(sent)).rev() {
            let counts = sent.at > self.now - DAY && !sent.given_back;
            let is_same =
                |(person, _): &&mut (&[&str], bool)| sent.ids.iter().any(|id| person.contains(id));
            match people.iter_mut().find(is_same) {
                Some((_, is_among)) => *is_among |= counts,
                None => people.push((&sent.ids, counts)),
            }
        }
        let others = people.iter().filter(|(person, _)| !person.iter().any(|id| ids.contains(id)));
        others.filter(|(_, is_among)| *is_among).count()
    }

    fn note_is_used_up(&self, asked: &Asked, ids: &[&str]) -> bool {
        // The first one is empty, and says nothing.
        let same = |sent: &Sent| sent.outside && sent.asked.note == asked.note;
        asked.note != 0 && self.others(ids, same) >= self.policy.notes
    }

    fn portfolio_is_full(&self, ids: &[&str]) -> bool {
        let is_new = !self.to(ids, DAY).any(|sent| sent.outside);
        is_new && self.others(ids, |sent| sent.outside) >= usize::try_from(LIMIT).unwrap()
    }

    fn is_duplicate(&self, asked: &Asked, ids: &[&str]) -> bool {
        let same = |sent: &Sent| {
            sent.asked.template == asked.template && sent.asked.reference == asked.reference
        };
        asked.reference != 0 && self.to(ids, DAY).any(same)
    }

    fn is_too_soon(&self, asked: &Asked, ids: &[&str]) -> bool {
        self.to(ids, self.policy.cooldown[category(asked)]).next().is_some()
    }

    fn is_too_often(&self, asked: &Asked, ids: &[&str]) -> bool {
        let category = category(asked);
        let sent = |within| {
            self.to(ids, within).filter(|sent| self::category(&sent.asked) == category).count()
        };
        let by_week = category == 0 && sent(WEEK) >= self.policy.per_week;
        by_week || sent(DAY) >= self.policy.per_day[category]
    }

    fn is_unanswered(&self, asked: &Asked, ids: &[&str]) -> bool {
        let wrote_at = self.wrote_at(asked);
        let unanswered = self
            .to(ids, EVER)
            .filter(|sent| category(&sent.asked) == 0)
            .filter(|sent| wrote_at.is_none_or(|wrote_at| sent.at > wrote_at));
        let times: Vec<Time> = unanswered.map(|sent| sent.at).collect();
        let newest = times.last().is_some_and(|at| *at + WEEK > self.now);
        category(asked) == 0 && times.len() >= self.policy.unanswered && newest
    }

    fn is_too_fast(&self, ids: &[&str]) -> bool {
        self.rate_left(ids) > self.policy.interval * (self.policy.burst - 1)
    }

    /// Each send takes its interval, after those before it. What several ids had taken apart is added
    /// up by the first send that knows them as one.
    fn rate_left(&self, ids: &[&str]) -> TimeDelta {
        let mut taken: Vec<(&str, Time)> = Vec::new();
        let left = |taken: &[(&str, Time)], ids: &[&str], now: Time| {
            let of_ids = taken.iter().filter(|(id, free_at)| ids.contains(id) && *free_at > now);
            of_ids.fold(TimeDelta::zero(), |sum, (_, free_at)| sum + (*free_at - now))
        };
        for sent in &self.sent {
            let free_at = sent.at + left(&taken, &sent.ids, sent.at) + sent.interval;
            taken.retain(|(id, _)| !sent.ids.contains(id));
            taken.push((sent.ids[0], free_at));
        }
        left(&taken, ids, self.now)
    }
}

/// 0 of MARKETING, 1 of UTILITY.
fn category(asked: &Asked) -> usize {
    usize::from(TEMPLATES[asked.template].1 == "UTILITY")
}
