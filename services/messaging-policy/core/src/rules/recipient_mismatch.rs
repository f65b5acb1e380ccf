//! A body that is to be posted goes to the conversation's own contact.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "RECIPIENT_MISMATCH", remedy: Remedy::FixRequest, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    match case.facts.recipient_matches {
        None => Finding::NotApplicable,
        Some(matches) => Finding::failed_if(!matches),
    }
}
