//! What agents read of every refusal in the case files.

use messaging_policy_core::catalogue::message;
use messaging_policy_core::{Language, evaluate};

use crate::book::Book;
use crate::offset::now;

#[test]
fn every_refusal_is_told_in_both_languages_with_its_values() {
    let book = Book::open();
    for case in book.rules.iter().flat_map(|file| &file.cases) {
        let situation = book.situation(case);
        let decision = evaluate(&situation.facts(), &situation.send(), &situation.policy(), now());
        for refused in decision.violations.iter().chain(&decision.warnings) {
            for language in [Language::English, Language::Arabic] {
                let told = message(refused, now(), language);
                let about = format!("{}: {}: {told}", refused.code, case.name);
                assert!(!told.is_empty(), "{about}");
                // An empty place is told by an ellipsis.
                assert!(!told.contains(['{', '}', '…']), "{about}");
                if language == Language::Arabic {
                    assert!(
                        !told.contains(|c: char| c.is_ascii_digit()) || is_apart(&told),
                        "{about}"
                    );
                }
            }
        }
    }
}

/// Whether all ASCII digits stand in what is kept as it is: names and what the platform says.
fn is_apart(told: &str) -> bool {
    let mut depth = 0_i32;
    told.chars().all(|c| {
        depth += i32::from(c == '\u{2068}') - i32::from(c == '\u{2069}');
        depth > 0 || !c.is_ascii_digit()
    })
}
