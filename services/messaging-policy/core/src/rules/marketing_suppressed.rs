//! Marketing waits while the platform takes none for the contact.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "MARKETING_SUPPRESSED", remedy: Remedy::Wait, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    if !case.is_marketing() {
        return Finding::NotApplicable;
    }
    match case.facts.marketing_suppressed_until.and_then(|until| case.if_to_come(until)) {
        None => Finding::Passed,
        Some(until) => Finding::until(until, []),
    }
}
