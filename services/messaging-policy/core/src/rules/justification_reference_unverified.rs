//! Who says to answer the customer names a message that the customer wrote, here and not long ago.

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::time::later;

static MAX_AGE: Parameter = Parameter::seconds("max_age", 30 * 86_400, 3_600, 365 * 86_400);

/// The rule.
pub static RULE: Rule = Rule {
    code: "JUSTIFICATION_REFERENCE_UNVERIFIED",
    remedy: Remedy::AddJustification,
    parameters: &[&MAX_AGE],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some((_, justification)) = case.justified() else { return Finding::NotApplicable };
    if !justification.has_reference || !justification.reason.answers_a_message() {
        return Finding::NotApplicable;
    }
    let wrote_at = case.facts.referred_message_at;
    let is_recent =
        wrote_at.is_some_and(|at| case.if_to_come(later(at, case.duration(&MAX_AGE))).is_some());
    if is_recent { Finding::Passed } else { Finding::failed([("max_age", case.told(&MAX_AGE))]) }
}
