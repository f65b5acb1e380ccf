//! Templates to a contact keep their distance, whatever category the last one had.

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::send::Category;
use crate::time::later;

static MARKETING: Parameter = Parameter::seconds("marketing", 1_800, 0, 604_800);
static UTILITY: Parameter = Parameter::seconds("utility", 60, 0, 604_800);

/// The rule.
pub static RULE: Rule = Rule {
    code: "CONTACT_COOLDOWN",
    remedy: Remedy::Wait,
    parameters: &[&MARKETING, &UTILITY],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some(category) = case.counted_category() else { return Finding::NotApplicable };
    let pause = if category == Category::Marketing { &MARKETING } else { &UTILITY };
    let contact = &case.facts.contact;
    let newest = [Category::Marketing, Category::Utility].map(|of| contact.sent(of).next());
    let until = newest.into_iter().flatten().max().map(|at| later(at, case.duration(pause)));
    match until.and_then(|until| case.if_to_come(until)) {
        None => Finding::Passed,
        Some(until) => Finding::until(
            until,
            [("category", <&str>::from(category).to_owned()), ("pause", case.told(pause))],
        ),
    }
}
