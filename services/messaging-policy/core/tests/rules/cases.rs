//! Runs the cases of each rule, and sees to it that every rule has some of each kind.

use std::collections::BTreeSet;

use messaging_policy_core::{Decision, Outcome, RULES, Violation, evaluate};

use crate::book::{Alone, Book, Case};
use crate::offset::{Offset, now};

/// What came of a rule, with all that it told.
#[derive(Debug, PartialEq)]
struct Told {
    outcome: Outcome,
    violation: Option<Violation>,
}

#[test]
fn every_case_of_every_rule() {
    let book = Book::open();
    let mut wrong = Vec::new();
    for file in &book.rules {
        assert!(RULES.iter().any(|rule| rule.code == file.rule), "{} is no rule", file.rule);
        for case in &file.cases {
            let situation = book.situation(case);
            let (facts, send) = (situation.facts(), situation.send());
            let decision = evaluate(&facts, &send, &situation.policy(), now());
            let (told, expected) = (told(&decision, &file.rule), expected(case, &file.rule));
            if told != expected {
                let name = &case.name;
                wrong.push(format!("{}: {name}\n  is {told:?}\n  not {expected:?}", file.rule));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cases:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_has_cases_of_each_kind_and_each_case_a_name_of_its_own() {
    let book = Book::open();
    for rule in RULES {
        let Some(file) = book.rules.iter().find(|file| file.rule == rule.code) else {
            panic!("{} has no cases", rule.code)
        };
        for outcome in [Outcome::Passed, Outcome::Failed, Outcome::NotApplicable] {
            let has = file.cases.iter().any(|case| case.expect.outcome == outcome);
            assert!(has, "{} has no case that is {outcome:?}", rule.code);
        }
        let names: BTreeSet<_> = file.cases.iter().map(|case| &case.name).collect();
        assert_eq!(names.len(), file.cases.len(), "{}", rule.code);
    }
}

fn told(decision: &Decision, code: &str) -> Told {
    let result = decision.results.iter().find(|result| result.code == code).unwrap();
    let mut violations = decision.violations.iter().chain(&decision.warnings);
    let violation = violations.find(|violation| violation.code == code).cloned();
    Told { outcome: result.outcome, violation }
}

fn expected(case: &Case<Alone>, code: &str) -> Told {
    let Alone { outcome, values, earliest } = &case.expect;
    let rule = RULES.iter().find(|rule| rule.code == code).unwrap();
    let violation = Violation {
        code: code.to_owned(),
        values: values.clone(),
        remedy: rule.remedy,
        earliest_allowed_at: earliest.map(Offset::at),
    };
    let refuses = *outcome == Outcome::Failed;
    assert!(refuses || (values.is_empty() && earliest.is_none()), "{}", case.name);
    Told { outcome: *outcome, violation: refuses.then_some(violation) }
}
