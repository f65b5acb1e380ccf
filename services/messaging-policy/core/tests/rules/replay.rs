//! What a replay tells of past decisions, from a table of single ones and for any of them.

use std::collections::{BTreeMap, BTreeSet};

use azeer_domain::{ActorKind, Time};
use chrono::TimeDelta;
use messaging_policy_core::facts::{Conversation, Handler};
use messaging_policy_core::replay::{MOST_EXAMPLES, MOST_OF_RULE, Past, Summary};
use messaging_policy_core::{Content, Facts, Mode, Policy, RULES, Send, Verdict, evaluate};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use crate::generators::{Question, policy, question};
use crate::offset::now;

const EXPIRED: &str = "WINDOW_EXPIRED";
const CLOSED: &str = "CONVERSATION_CLOSED";

/// Past decisions, each as its own policy had it, a microsecond apart.
fn decided(asked: Vec<Question>) -> Vec<Past> {
    let each = asked.into_iter().enumerate().map(|(place, asked)| {
        let Question { facts, send, policy } = asked;
        let decided_at = now() + TimeDelta::microseconds(i64::try_from(place).unwrap());
        let decision = evaluate(&facts, &send, &policy, decided_at);
        let codes = decision.violations.into_iter().map(|it| it.code).collect();
        let id = Uuid::from_u128(u128::try_from(place).unwrap() + 1);
        Past { id, decided_at, verdict: decision.verdict, codes, send, facts }
    });
    each.collect()
}

fn replay(past: &[Past], policy: &Policy) -> Summary {
    let mut summary = Summary::default();
    for past in past {
        summary.add(past, policy);
    }
    summary
}

/// An agent's own words to an open conversation, or one whose window has ended, or a closed one.
fn free_form(window_ends: Time, closed: bool, policy: Policy) -> Question {
    let facts = serde_json::json!({"as_of": now()});
    let conversation = Conversation {
        closed,
        handler: Handler::Human,
        handler_epoch: 1,
        last_inbound_at: Some(now() - TimeDelta::days(1)),
        window_expires_at: Some(window_ends),
    };
    let send = Send {
        sender: ActorKind::Agent,
        handler_epoch: None,
        content: Content::FreeForm,
        justification: None,
    };
    let facts: Facts = serde_json::from_value(facts).unwrap();
    Question { facts: Facts { conversation: Some(conversation), ..facts }, send, policy }
}

fn with(modes: &[(&str, Mode)]) -> Policy {
    let mut policy = Policy::default();
    for (code, mode) in modes {
        policy.set_mode(code, *mode).unwrap();
    }
    policy
}

/// What was decided and by which policy; the policy proposed; how many are newly denied and newly
/// allowed; the rules that newly refuse, and that no longer do.
type Row<'a> = (Question, &'a Policy, [u64; 2], &'a [&'a str], &'a [&'a str]);

#[test]
fn each_change_is_told_by_its_rule() {
    let (open, ended) = (now() + TimeDelta::hours(1), now() - TimeDelta::hours(1));
    let (default, off) = (Policy::default(), with(&[(EXPIRED, Mode::Off)]));
    let warn = with(&[(EXPIRED, Mode::Warn)]);
    let both_off = with(&[(EXPIRED, Mode::Off), (CLOSED, Mode::Off)]);
    let rows: [Row<'_>; 8] = [
        (free_form(open, false, default.clone()), &default, [0, 0], &[], &[]),
        (free_form(ended, false, default.clone()), &default, [0, 0], &[], &[]),
        (free_form(ended, false, default.clone()), &off, [0, 1], &[], &[EXPIRED]),
        (free_form(ended, false, default.clone()), &warn, [0, 1], &[], &[EXPIRED]),
        (free_form(ended, false, warn.clone()), &off, [0, 0], &[], &[]),
        (free_form(ended, false, off.clone()), &default, [1, 0], &[EXPIRED], &[]),
        (free_form(ended, true, default.clone()), &off, [0, 0], &[], &[EXPIRED]),
        (free_form(ended, true, both_off), &default, [1, 0], &[CLOSED, EXPIRED], &[]),
    ];
    for (place, (asked, proposed, [denied, allowed], refused, passed)) in
        rows.into_iter().enumerate()
    {
        let past = decided(vec![asked]);
        let told = replay(&past, proposed);
        let counts = [told.examined, told.newly_denied.count, told.newly_allowed.count];
        assert_eq!(counts, [1, denied, allowed], "row {place}");
        let of = |counted: fn(&(&str, u64, u64)) -> bool| -> Vec<&str> {
            let rules = told.rules.iter().map(|(code, it)| {
                (code.as_str(), it.newly_refused.count, it.no_longer_refused.count)
            });
            rules.filter(counted).map(|(code, ..)| code).collect()
        };
        assert_eq!(of(|rule| rule.1 == 1), refused, "row {place}");
        assert_eq!(of(|rule| rule.2 == 1), passed, "row {place}");
        assert!(told.rules.values().all(|it| {
            it.newly_refused
                .first
                .iter()
                .chain(&it.no_longer_refused.first)
                .all(|id| *id == past[0].id)
        }));
    }
}

#[test]
fn a_rule_that_nobody_knows_any_more_no_longer_refuses() {
    let ended = now() - TimeDelta::hours(1);
    let mut past = decided(vec![free_form(ended, false, Policy::default())]);
    past[0].codes.push("MOON_IS_FULL".to_owned());
    let told = replay(&past, &Policy::default());
    assert_eq!(told.rules.keys().collect::<Vec<_>>(), ["MOON_IS_FULL"]);
    assert_eq!(told.rules["MOON_IS_FULL"].no_longer_refused.first, [past[0].id]);
    assert_eq!((told.newly_denied.count, told.newly_allowed.count), (0, 0));
}

#[test]
fn of_many_the_first_are_shown() {
    let ended = now() - TimeDelta::hours(1);
    let asked = vec![free_form(ended, false, Policy::default()); 3 * MOST_EXAMPLES];
    let past = decided(asked);
    let told = replay(&past, &with(&[(EXPIRED, Mode::Off)]));
    let ids: Vec<_> = past.iter().map(|past| past.id).collect();
    let shown: Vec<_> = told.newly_allowed.first.iter().map(|example| example.id).collect();
    assert_eq!((told.newly_allowed.count, &shown[..]), (60, &ids[..MOST_EXAMPLES]));
    let of_rule = &told.rules[EXPIRED].no_longer_refused;
    assert_eq!((of_rule.count, &of_rule.first[..]), (60, &ids[..MOST_OF_RULE]));
}

/// The part of a list that is shown of two that follow each other.
fn joined<T: Clone>(earlier: &[T], later: &[T], most: usize) -> Vec<T> {
    earlier.iter().chain(later).take(most).cloned().collect()
}

proptest! {
    #[test]
    fn one_by_one_comes_to_the_same(
        asked in vec(question(), 0..40), proposed in policy(), is_other in any::<bool>(),
    ) {
        // As often as not they were decided by the very policy that is proposed.
        let asked = asked.into_iter().map(|it| {
            let policy = if is_other { it.policy } else { proposed.clone() };
            Question { policy, ..it }
        });
        let past = decided(asked.collect());
        let told = replay(&past, &proposed);
        prop_assert_eq!(told.examined, u64::try_from(past.len()).unwrap());
        if !is_other {
            prop_assert_eq!(&told, &Summary { examined: told.examined, ..Summary::default() });
        }
        let mut verdicts = [0, 0];
        let mut refused = BTreeMap::<String, [u64; 2]>::new();
        for past in &past {
            let again = evaluate(&past.facts, &past.send, &proposed, past.decided_at);
            verdicts[0] += u64::from(past.verdict == Verdict::Allow && again.verdict == Verdict::Deny);
            verdicts[1] += u64::from(past.verdict == Verdict::Deny && again.verdict == Verdict::Allow);
            for rule in RULES {
                let did = past.codes.iter().any(|code| code == rule.code);
                let would = again.violations.iter().any(|it| it.code == rule.code);
                if did != would {
                    refused.entry(rule.code.to_owned()).or_default()[usize::from(did)] += 1;
                }
            }
        }
        prop_assert_eq!([told.newly_denied.count, told.newly_allowed.count], verdicts);
        let rules = told.rules.into_iter();
        let rules = rules.map(|(code, it)| (code, [it.newly_refused.count, it.no_longer_refused.count]));
        prop_assert_eq!(rules.collect::<BTreeMap<_, _>>(), refused);
    }

    #[test]
    fn two_parts_add_up_to_the_whole(
        asked in vec(question(), 0..60), proposed in policy(), cut in 0..60_usize,
    ) {
        let past = decided(asked);
        let (earlier, later) = past.split_at(cut.min(past.len()));
        let [whole, earlier, later] =
            [&past[..], earlier, later].map(|part| replay(part, &proposed));
        prop_assert_eq!(whole.examined, earlier.examined + later.examined);
        let pairs = [
            (&whole.newly_denied, &earlier.newly_denied, &later.newly_denied),
            (&whole.newly_allowed, &earlier.newly_allowed, &later.newly_allowed),
        ];
        for (whole, earlier, later) in pairs {
            prop_assert_eq!(whole.count, earlier.count + later.count);
            prop_assert_eq!(&whole.first, &joined(&earlier.first, &later.first, MOST_EXAMPLES));
        }
        for (code, whole) in &whole.rules {
            let [earlier, later] = [&earlier, &later].map(|it| it.rules.get(code).cloned().unwrap_or_default());
            let pairs = [
                (&whole.newly_refused, &earlier.newly_refused, &later.newly_refused),
                (&whole.no_longer_refused, &earlier.no_longer_refused, &later.no_longer_refused),
            ];
            for (whole, earlier, later) in pairs {
                prop_assert_eq!(whole.count, earlier.count + later.count);
                prop_assert_eq!(&whole.first, &joined(&earlier.first, &later.first, MOST_OF_RULE));
            }
        }
        let told = |it: &Summary| it.rules.keys().cloned().collect::<BTreeSet<_>>();
        prop_assert_eq!(told(&whole), &told(&earlier) | &told(&later));
    }
}
