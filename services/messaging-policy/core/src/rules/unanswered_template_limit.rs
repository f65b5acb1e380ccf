//! Marketing pauses for a customer who does not answer it.

use azeer_domain::Time;

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::send::Category;
use crate::time::later;

static TEMPLATES: Parameter = Parameter::count("templates", 3, 1, 10);
static PAUSE: Parameter = Parameter::seconds("pause", 7 * 86_400, 3_600, 30 * 86_400);

/// The rule.
pub static RULE: Rule = Rule {
    code: "UNANSWERED_TEMPLATE_LIMIT",
    remedy: Remedy::Wait,
    parameters: &[&TEMPLATES, &PAUSE],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    if !case.is_marketing() {
        return Finding::NotApplicable;
    }
    let wrote_at = case.conversation().and_then(|conversation| conversation.last_inbound_at);
    let unanswered = case
        .facts
        .contact
        .sent(Category::Marketing)
        .filter(|at| wrote_at.is_none_or(|it| *at > it));
    match paused_until(case, unanswered) {
        None => Finding::Passed,
        Some(until) => {
            Finding::until(until, [("limit", case.told(&TEMPLATES)), ("pause", case.told(&PAUSE))])
        }
    }
}

/// Until when it pauses: as long as it must after the newest, if they are as many.
fn paused_until(case: &Case<'_>, unanswered: impl Iterator<Item = Time>) -> Option<Time> {
    let mut unanswered = unanswered.peekable();
    let newest = *unanswered.peek()?;
    let count = i64::try_from(unanswered.count()).unwrap_or(i64::MAX);
    let until = later(newest, case.duration(&PAUSE));
    case.if_to_come(until).filter(|_| count >= case.count(&TEMPLATES))
}
