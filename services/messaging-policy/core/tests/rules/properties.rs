//! What holds for any send, any facts and any policy.

use azeer_domain::Time;
use chrono::TimeDelta;
use messaging_policy_core::catalogue::message;
use messaging_policy_core::facts::Template;
use messaging_policy_core::{
    Decision, Facts, Language, Mode, Outcome, Policy, RULES, Send, Verdict, Violation, evaluate,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::generators::{Question, question, wild_question};
use crate::offset::now;

const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);

impl Question {
    fn decide(&self) -> Decision {
        evaluate(&self.facts, &self.send, &self.policy, now())
    }

    /// The same question asked at another instant, nothing else having happened.
    fn decide_at(&self, at: Time) -> Decision {
        let facts = Facts { as_of: self.facts.as_of + (at - now()), ..self.facts.clone() };
        evaluate(&facts, &self.send, &self.policy, at)
    }

    /// Whether the template's category will change.
    fn will_change(&self) -> bool {
        match &self.facts.template {
            Some(Template::Known(known)) => {
                known.category_change.is_some_and(|change| change.at > now())
            }
            _ => false,
        }
    }
}

/// What it is after it was written down.
fn written<T: Serialize + DeserializeOwned>(value: &T) -> T {
    serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn any_facts_are_decided_the_same_again_and_from_the_record(asked in wild_question()) {
        let decision = asked.decide();
        prop_assert_eq!(&asked.decide(), &decision);

        let (facts, send, policy): (Facts, Send, Policy) =
            (written(&asked.facts), written(&asked.send), written(&asked.policy));
        prop_assert_eq!(&facts, &asked.facts);
        prop_assert_eq!(&send, &asked.send);
        prop_assert_eq!(&policy, &asked.policy);
        prop_assert_eq!(evaluate(&facts, &send, &policy, now()), decision);
    }

    #[test]
    fn it_is_allowed_iff_no_rule_that_is_enforced_refuses(asked in wild_question()) {
        let decision = asked.decide();
        prop_assert_eq!(decision.verdict == Verdict::Allow, decision.violations.is_empty());

        let codes: Vec<_> = decision.results.iter().map(|result| result.code).collect();
        prop_assert_eq!(codes, RULES.iter().map(|rule| rule.code).collect::<Vec<_>>());
        for (rule, result) in RULES.iter().zip(&decision.results) {
            let tells = |told: &[Violation]| {
                told.iter().filter(|violation| violation.code == rule.code).count()
            };
            let failed = usize::from(result.outcome == Outcome::Failed);
            let (refused, warned) = match asked.policy.mode(rule) {
                Mode::Enforce => (failed, 0),
                Mode::Warn => (0, failed),
                Mode::Off => {
                    prop_assert_eq!(result.outcome, Outcome::NotApplicable);
                    (0, 0)
                }
            };
            prop_assert_eq!(tells(&decision.violations), refused, "{}", rule.code);
            prop_assert_eq!(tells(&decision.warnings), warned, "{}", rule.code);
        }
    }

    #[test]
    fn the_earliest_instant_is_allowed_and_the_one_before_is_not(asked in question()) {
        let decision = asked.decide();
        if let Some(at) = decision.earliest_allowed_at {
            prop_assert!(at > now() && decision.verdict == Verdict::Deny);
            prop_assert_eq!(asked.decide_at(at).violations, vec![], "at {}", at);
            if at - MICROSECOND > now() {
                let just_before = asked.decide_at(at - MICROSECOND);
                prop_assert_eq!(just_before.verdict, Verdict::Deny, "before {}", at);
            }
        }
    }

    #[test]
    fn a_rule_passes_from_its_earliest_instant_on_and_not_before(asked in question()) {
        // Rules tell their instants as the category is now.
        if asked.will_change() {
            return Ok(());
        }
        for refused in asked.decide().violations {
            let Some(at) = refused.earliest_allowed_at else { continue };
            let still = |at| asked.decide_at(at).violations.iter().any(|it| it.code == refused.code);
            prop_assert!(at > now() && !still(at), "{refused:?}");
            prop_assert!(still(at - MICROSECOND), "{refused:?}");
        }
    }

    #[test]
    fn a_rule_on_warn_only_warns_and_one_that_is_off_says_nothing(asked in question()) {
        let decision = asked.decide();
        for (place, refused) in decision.violations.iter().enumerate() {
            let mut others = decision.violations.clone();
            others.remove(place);
            let with = |mode| {
                let mut policy = asked.policy.clone();
                policy.set_mode(&refused.code, mode).unwrap();
                Question { policy, ..asked.clone() }.decide()
            };
            let warned = with(Mode::Warn);
            prop_assert_eq!(&warned.violations, &others);
            prop_assert!(warned.warnings.contains(refused));
            prop_assert_eq!(&warned.results, &decision.results);

            let silent = with(Mode::Off);
            prop_assert_eq!(&silent.violations, &others);
            prop_assert_eq!(&silent.warnings, &decision.warnings);
            let result = silent.results.iter().find(|result| result.code == refused.code);
            prop_assert_eq!(result.unwrap().outcome, Outcome::NotApplicable);
        }
    }

    #[test]
    fn every_refusal_can_be_told(asked in wild_question()) {
        let decision = asked.decide();
        for refused in decision.violations.iter().chain(&decision.warnings) {
            for language in [Language::English, Language::Arabic] {
                let told = message(refused, now(), language);
                prop_assert!(!told.is_empty() && !told.contains('…'), "{told}");
            }
        }
    }
}

/// The properties above are about something only if each kind of decision is drawn.
#[test]
fn each_kind_of_decision_and_each_rules_refusal_is_drawn() {
    let mut runner = TestRunner::deterministic();
    let (mut allowed, mut later, mut never) = (0, 0, 0);
    let mut refusals = vec![0; RULES.len()];
    for _ in 0..4_000 {
        let decision = question().new_tree(&mut runner).unwrap().current().decide();
        match (decision.verdict, decision.earliest_allowed_at) {
            (Verdict::Allow, _) => allowed += 1,
            (Verdict::Deny, Some(_)) => later += 1,
            (Verdict::Deny, None) => never += 1,
        }
        for (count, result) in refusals.iter_mut().zip(&decision.results) {
            *count += u32::from(result.outcome == Outcome::Failed);
        }
    }
    assert!(allowed > 100 && later > 100 && never > 100, "{allowed}, {later}, {never}");
    for (rule, count) in RULES.iter().zip(refusals) {
        assert!(count > 5, "{}: {count}", rule.code);
    }
}
