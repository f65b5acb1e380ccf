//! The ledger against a list that forgets nothing.

use azeer_domain::{ActorKind, Time};
use chrono::TimeDelta;
use messaging_policy_core::facts::{
    Consent, Contact, Conversation, Handler, KnownTemplate, Template,
};
use messaging_policy_core::ledger::{Entry, Ledger, same_sent_at, templates};
use messaging_policy_core::{
    Category, Content, Decision, Facts, Justification, Mode, Note, Policy, Reason, Send, Verdict,
    evaluate,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use crate::generators::numbers;
use crate::offset::now;

/// A template that somebody wants to send after some time.
#[derive(Debug, Clone)]
struct Attempt {
    after: TimeDelta,
    category: Category,
    /// Which of the person's ids it goes to.
    id: usize,
    fingerprint: i64,
    customer_writes: bool,
}

/// Two ledgers of one person, and all that was ever sent there.
#[derive(Default)]
struct Person {
    ledgers: [Ledger; 2],
    all: Vec<Entry>,
    wrote_at: Option<Time>,
}

impl Person {
    fn reserve(&mut self, attempt: &Attempt, number: usize, at: Time) {
        let decision = Uuid::from_u128(number as u128);
        let Attempt { category, fingerprint, .. } = *attempt;
        let entry = Entry { decision, at, category, fingerprint };
        self.ledgers[attempt.id].reserve(entry.clone());
        self.all.push(entry);
    }

    /// What is decided by the ledgers, and by all that was ever sent.
    fn decide(&self, attempt: &Attempt, policy: &Policy, at: Time) -> [Decision; 2] {
        let everything = [Ledger::new(self.all.clone())];
        [&self.ledgers[..], &everything[..]].map(|ledgers| {
            let contact = Contact {
                templates: templates(ledgers),
                same_sent_at: same_sent_at(ledgers, attempt.fingerprint),
                rate_free_at: None,
            };
            let facts = facts(attempt.category, contact, self.wrote_at, at);
            evaluate(&facts, &send(), policy, at)
        })
    }
}

fn send() -> Send {
    Send {
        sender: ActorKind::System,
        handler_epoch: None,
        content: Content::Template { name: "news".to_owned(), language: "ar".to_owned() },
        justification: Some(Justification {
            reason: Reason::ReplyToInquiry,
            has_reference: true,
            note: Note::of("what she asked about"),
        }),
    }
}

/// Facts by which a template is refused for nothing but what was sent before.
fn facts(category: Category, contact: Contact, wrote_at: Option<Time>, at: Time) -> Facts {
    let template = KnownTemplate {
        status: KnownTemplate::APPROVED.to_owned(),
        category: Some(category),
        category_change: None,
        mismatches: vec![],
    };
    let conversation = Conversation {
        closed: false,
        handler: Handler::Human,
        handler_epoch: 1,
        last_inbound_at: wrote_at,
        window_expires_at: None,
    };
    Facts {
        as_of: at,
        conversation: Some(conversation),
        recipient_matches: None,
        template: Some(Template::Known(template)),
        referred_message_at: Some(at),
        sender: messaging_policy_core::facts::Sender::default(),
        consent: Some(Consent::OptedIn),
        marketing_suppressed_until: None,
        contact,
        note_used_for_others: vec![],
        portfolio: None,
    }
}

fn attempts(
    after: impl Strategy<Value = TimeDelta> + Clone,
) -> impl Strategy<Value = Vec<Attempt>> {
    // A person has one id, or two.
    (1..3_usize).prop_flat_map(move |ids| vec(attempt(after.clone(), ids), 1..400))
}

fn attempt(after: impl Strategy<Value = TimeDelta>, ids: usize) -> impl Strategy<Value = Attempt> {
    let parts = (
        after,
        select(vec![Category::Marketing, Category::Utility]),
        0..ids,
        prop_oneof![3 => 1..4_i64, 7 => 100..i64::MAX],
        prop_oneof![60 => Just(false), 1 => Just(true)],
    );
    parts.prop_map(|(after, category, id, fingerprint, customer_writes)| Attempt {
        after,
        category,
        id,
        fingerprint,
        customer_writes,
    })
}

/// Often in quick succession, now and then days apart.
fn minutes_to_days() -> impl Strategy<Value = TimeDelta> + Clone {
    prop_oneof![
        20 => (0..5_i64).prop_map(TimeDelta::minutes),
        4 => (0..120_i64).prop_map(TimeDelta::minutes),
        1 => (1..8_i64).prop_map(TimeDelta::days),
    ]
}

/// Hundreds in a day, and hundreds more after nearly as long as anything counts.
fn bursts() -> impl Strategy<Value = TimeDelta> + Clone {
    prop_oneof![
        100 => (0..600_i64).prop_map(TimeDelta::seconds),
        1 => (0..600_i64).prop_map(|by| TimeDelta::days(7) - TimeDelta::minutes(by)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Only what is allowed is sent, as it is where the rules are enforced.
    #[test]
    fn what_is_forgotten_changes_no_decision(
        attempts in attempts(minutes_to_days()),
        policy in numbers(),
    ) {
        let (mut person, mut at) = (Person::default(), now());
        for (number, attempt) in attempts.iter().enumerate() {
            at += attempt.after;
            if attempt.customer_writes {
                person.wrote_at = Some(at);
            }
            let [by_ledgers, by_all] = person.decide(attempt, &policy, at);
            prop_assert_eq!(&by_ledgers, &by_all, "at {}", at);
            if by_ledgers.verdict == Verdict::Allow {
                person.reserve(attempt, number, at);
            }
        }
    }

    /// All of it is sent, as it is where the caps only warn: they are told right all the same. More
    /// than the ledger keeps are then sent within a day, and a duplicate among them may be missed.
    #[test]
    fn caps_are_told_right_whatever_was_sent(
        attempts in attempts(bursts()),
        mut policy in numbers(),
    ) {
        let (mut person, mut at) = (Person::default(), now());
        policy.set_mode("DUPLICATE_SEND", Mode::Off).unwrap();
        for (number, attempt) in attempts.iter().enumerate() {
            at += attempt.after;
            if attempt.customer_writes {
                person.wrote_at = Some(at);
            }
            let [by_ledgers, by_all] = person.decide(attempt, &policy, at);
            prop_assert_eq!(&by_ledgers, &by_all, "at {}", at);
            person.reserve(attempt, number, at);
        }
    }

    #[test]
    fn entries_are_kept_oldest_first_and_within_bounds(
        attempts in attempts((-600..600_i64).prop_map(TimeDelta::seconds)),
    ) {
        let (mut person, mut at) = (Person::default(), now());
        for (number, attempt) in attempts.iter().enumerate() {
            at += attempt.after;
            person.reserve(attempt, number, at);
            let entries = person.ledgers[attempt.id].entries();
            prop_assert!(entries.is_sorted_by_key(|entry| entry.at));
            prop_assert!(entries.len() <= 256);
        }
    }
}

fn entry(number: u128, at: Time, category: Category) -> Entry {
    Entry { decision: Uuid::from_u128(number), at, category, fingerprint: 7 }
}

#[test]
fn after_seven_days_only_the_newest_marketing_is_kept() {
    let kept_after = |category, passed| {
        let mut ledger = Ledger::default();
        for number in 0..30 {
            ledger.reserve(entry(number, now(), category));
        }
        ledger.reserve(entry(30, now() + passed, category));
        ledger.entries().len()
    };
    let week = TimeDelta::days(7);
    let almost = week - TimeDelta::microseconds(1);
    assert_eq!(kept_after(Category::Marketing, almost), 31);
    assert_eq!(kept_after(Category::Marketing, week), 20);
    assert_eq!(kept_after(Category::Utility, almost), 31);
    assert_eq!(kept_after(Category::Utility, week), 1);
}
