//! The parameters are those of the approved template: number, names and format.

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "TEMPLATE_PARAMETER_MISMATCH",
    remedy: Remedy::FixRequest,
    parameters: &[],
    check,
};

/// So many differences are told: who mends those sees the others next.
const MOST_TOLD: usize = 10;

fn check(case: &Case<'_>) -> Finding {
    let Some(template) = case.template() else { return Finding::NotApplicable };
    let all = &template.mismatches;
    if all.is_empty() {
        return Finding::Passed;
    }
    let first = &all[..all.len().min(MOST_TOLD)];
    Finding::failed([("count", all.len().to_string()), ("mismatches", first.join("; "))])
}
