//! Nobody gets the same template about the same matter twice in a row.

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::time::later;

/// No longer than what the ledger remembers of a contact with as many templates as may be sent.
static PERIOD: Parameter = Parameter::seconds("period", 86_400, 60, 86_400);

/// The rule.
pub static RULE: Rule =
    Rule { code: "DUPLICATE_SEND", remedy: Remedy::Wait, parameters: &[&PERIOD], check };

fn check(case: &Case<'_>) -> Finding {
    let names_its_matter = case.send.justification.as_ref().is_some_and(|it| it.has_reference);
    if case.counted_category().is_none() || !names_its_matter {
        return Finding::NotApplicable;
    }
    let until = case.facts.contact.same_sent_at.map(|at| later(at, case.duration(&PERIOD)));
    match until.and_then(|until| case.if_to_come(until)) {
        None => Finding::Passed,
        Some(until) => Finding::until(until, [("period", case.told(&PERIOD))]),
    }
}
