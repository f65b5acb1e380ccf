//! To a customer who never wrote only templates may be sent.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "WINDOW_NEVER_OPENED",
    remedy: Remedy::UseApprovedTemplate,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    if case.is_template() {
        return Finding::NotApplicable;
    }
    Finding::failed_if(case.facts.window_expires_at().is_none())
}
