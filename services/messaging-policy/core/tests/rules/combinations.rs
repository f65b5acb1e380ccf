//! Runs the cases in which several rules have something to say.

use messaging_policy_core::{Violation, evaluate};

use crate::book::Book;
use crate::offset::{Offset, now};

#[test]
fn every_combination() {
    let book = Book::open();
    assert!(!book.combinations.is_empty());
    for case in &book.combinations {
        let situation = book.situation(case);
        let decision = evaluate(&situation.facts(), &situation.send(), &situation.policy(), now());
        let (name, expected) = (&case.name, &case.expect);
        assert_eq!(codes(&decision.violations), expected.violations, "{name}");
        assert_eq!(codes(&decision.warnings), expected.warnings, "{name}");
        assert_eq!(decision.verdict, expected.verdict, "{name}");
        assert_eq!(decision.earliest_allowed_at, expected.earliest.map(Offset::at), "{name}");
        assert_eq!(decision.free_of_charge, expected.free, "{name}");
    }
}

fn codes(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|violation| violation.code.as_str()).collect()
}
