//! An agent's note is about this customer: one that goes to many is a campaign under another name.

use azeer_domain::ActorKind;

use crate::case::Case;
use crate::facts::Facts;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::send::Reason;

static CONTACTS: Parameter = Parameter::count("contacts", 20, 1, Facts::MOST_NOTE_USES);
static PERIOD: Parameter =
    Parameter::seconds("period", 86_400, 60, Facts::NOTE_USES_TOLD_FOR.num_seconds());

/// The rule.
pub static RULE: Rule = Rule {
    code: "JUSTIFICATION_REUSED",
    remedy: Remedy::AddJustification,
    parameters: &[&CONTACTS, &PERIOD],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some((_, justification)) = case.justified() else { return Finding::NotApplicable };
    if !case.is_sent_by(ActorKind::Agent) || justification.reason == Reason::Campaign {
        return Finding::NotApplicable;
    }
    // This contact would be one more.
    let others = case.facts.note_used_for_others.iter().copied();
    match case.full_until(others, &CONTACTS, case.duration(&PERIOD)) {
        None => Finding::Passed,
        Some(until) => {
            Finding::until(until, [("limit", case.told(&CONTACTS)), ("period", case.told(&PERIOD))])
        }
    }
}
