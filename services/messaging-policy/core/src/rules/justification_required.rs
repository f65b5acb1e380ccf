//! Outside the window nobody is written to without a reason.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "JUSTIFICATION_REQUIRED",
    remedy: Remedy::AddJustification,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    if case.category_to_justify().is_none() {
        return Finding::NotApplicable;
    }
    Finding::failed_if(case.justified().is_none())
}
