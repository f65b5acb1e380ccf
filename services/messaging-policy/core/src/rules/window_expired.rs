//! Once the window has ended only templates may be sent.

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};

/// How long before its end the window counts as closed: a send takes its time to arrive.
pub(crate) static MARGIN: Parameter = Parameter::seconds("margin", 5, 0, 300);

/// The rule.
pub static RULE: Rule = Rule {
    code: "WINDOW_EXPIRED",
    remedy: Remedy::UseApprovedTemplate,
    parameters: &[&MARGIN],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    if case.is_template() || case.facts.window_expires_at().is_none() {
        return Finding::NotApplicable;
    }
    if case.is_in_window() {
        Finding::Passed
    } else {
        Finding::failed([("margin", case.told(&MARGIN))])
    }
}
