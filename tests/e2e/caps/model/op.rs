//! What may happen, how likely, and by which policies it is judged.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::super::stand::TEMPLATES;

/// The contacts, and each one's other id: strangers, until they write under both.
pub(super) const CONTACTS: [&str; 4] = ["ali", "mona", "omar", "sara"];
pub(super) const ALIASES: [&str; 4] = ["SA.1", "SA.2", "SA.3", "SA.4"];
/// How many people the portfolio may reach.
pub(super) const LIMIT: i64 = 5;
/// Notes; the first is none.
pub(super) const NOTES: [&str; 3] = ["", "it leaves today", "it has come back"];

/// The rules that hold, in the order in which they are told.
pub(super) const RULES: [&str; 7] = [
    "JUSTIFICATION_REUSED",
    "DUPLICATE_SEND",
    "CONTACT_COOLDOWN",
    "CONTACT_FREQUENCY_CAP",
    "UNANSWERED_TEMPLATE_LIMIT",
    "PAIR_RATE_LIMIT",
    "PORTFOLIO_LIMIT_REACHED",
];

/// A policy's numbers.
pub(super) struct Numbers {
    pub(super) settings: &'static [(&'static str, i64)],
    pub(super) notes: usize,
    pub(super) cooldown: [TimeDelta; 2],
    pub(super) per_day: [usize; 2],
    pub(super) per_week: usize,
    pub(super) unanswered: usize,
    pub(super) interval: TimeDelta,
    pub(super) burst: i32,
}

/// Numbers of MARKETING come before those of UTILITY.
pub(super) const POLICIES: [Numbers; 2] = [
    Numbers {
        settings: &[
            ("JUSTIFICATION_REUSED contacts", 3),
            ("CONTACT_COOLDOWN marketing", 60),
            ("CONTACT_COOLDOWN utility", 0),
            ("CONTACT_FREQUENCY_CAP utility_per_day", 4),
            ("UNANSWERED_TEMPLATE_LIMIT templates", 4),
            ("PAIR_RATE_LIMIT burst", 3),
        ],
        notes: 3,
        cooldown: [TimeDelta::seconds(60), TimeDelta::zero()],
        per_day: [3, 4],
        per_week: 6,
        unanswered: 4,
        interval: TimeDelta::seconds(6),
        burst: 3,
    },
    Numbers {
        settings: &[
            ("JUSTIFICATION_REUSED contacts", 2),
            ("CONTACT_COOLDOWN marketing", 0),
            ("CONTACT_COOLDOWN utility", 12),
            ("CONTACT_FREQUENCY_CAP marketing_per_day", 2),
            ("CONTACT_FREQUENCY_CAP marketing_per_week", 4),
            ("UNANSWERED_TEMPLATE_LIMIT templates", 3),
            ("PAIR_RATE_LIMIT burst", 2),
            ("PAIR_RATE_LIMIT interval", 30),
        ],
        notes: 2,
        cooldown: [TimeDelta::zero(), TimeDelta::seconds(12)],
        per_day: [2, 10],
        per_week: 4,
        unanswered: 3,
        interval: TimeDelta::seconds(30),
        burst: 2,
    },
];

/// What somebody asks to send, to whom and about what; reference 0 is none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    pub(super) contact: usize,
    pub(super) by_alias: bool,
    pub(super) template: usize,
    pub(super) reference: usize,
    pub(super) note: usize,
}

impl Asked {
    pub(super) fn id(&self) -> &'static str {
        if self.by_alias { ALIASES[self.contact] } else { CONTACTS[self.contact] }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub(super) enum Op {
    Advance(TimeDelta),
    Judge(usize),
    /// A contact writes, under one id, or under both: then both are one person.
    Writes {
        contact: usize,
        both_ids: bool,
    },
    Send(Asked),
    /// What was sent so many sends ago did not go out.
    GiveBack(usize),
}

pub(super) fn op() -> impl Strategy<Value = Op> {
    let contact = || 0..CONTACTS.len();
    // Whole multiples of what counts: often a place is free at that very instant.
    let advance = prop_oneof![
        4 => (1i32..6).prop_map(|n| TimeDelta::seconds(6) * n),
        3 => (1i32..5).prop_map(|n| TimeDelta::minutes(15) * n),
        3 => (1i32..5).prop_map(|n| TimeDelta::hours(6) * n),
        1 => (1i32..8).prop_map(|n| TimeDelta::days(1) * n),
    ];
    let asked =
        (contact(), prop::bool::weighted(0.3), 0..TEMPLATES.len(), 0usize..3, 0..NOTES.len());
    prop_oneof![
        5 => advance.prop_map(Op::Advance),
        1 => (0..POLICIES.len()).prop_map(Op::Judge),
        2 => (contact(), prop::bool::weighted(0.3))
            .prop_map(|(contact, both_ids)| Op::Writes { contact, both_ids }),
        16 => asked.prop_map(|(contact, by_alias, template, reference, note)| {
            Op::Send(Asked { contact, by_alias, template, reference, note })
        }),
        5 => (0usize..8).prop_map(Op::GiveBack),
    ]
}
