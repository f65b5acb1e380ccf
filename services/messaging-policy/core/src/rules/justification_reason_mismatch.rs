//! The reason is one for which the platform allows templates of the category.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "JUSTIFICATION_REASON_MISMATCH",
    remedy: Remedy::AddJustification,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some((category, justification)) = case.justified() else { return Finding::NotApplicable };
    if justification.reason.fits(category) {
        return Finding::Passed;
    }
    Finding::failed([
        ("category", <&str>::from(category).to_owned()),
        ("reason", <&str>::from(justification.reason).to_owned()),
    ])
}
