//! A justification says what it is about.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "JUSTIFICATION_REFERENCE_REQUIRED",
    remedy: Remedy::AddJustification,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some((_, justification)) = case.justified() else { return Finding::NotApplicable };
    Finding::failed_if(!justification.has_reference)
}
