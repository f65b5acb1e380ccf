//! A template is not sent for a reason that will be wrong by the time it is read: its category is
//! about to become one that the reason does not fit.

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::time::earlier;

/// How long before the change it is refused.
static NOTICE: Parameter = Parameter::seconds("notice", 3_600, 0, 86_400);

/// The rule.
pub static RULE: Rule = Rule {
    code: "TEMPLATE_CATEGORY_CHANGING",
    remedy: Remedy::UseOtherTemplate,
    parameters: &[&NOTICE],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some(template) = case.template() else { return Finding::NotApplicable };
    let Some(justification) = &case.send.justification else { return Finding::NotApplicable };
    let Some(change) = template.category_change else { return Finding::Passed };
    let is_near = change.at > case.now && earlier(change.at, case.duration(&NOTICE)) <= case.now;
    // A category that nobody knows fits no reason.
    let fits = change.to.is_some_and(|category| justification.reason.fits(category));
    if fits || !is_near {
        return Finding::Passed;
    }
    Finding::until(
        change.at,
        [
            ("new_category", change.to.map_or("UNKNOWN", <&str>::from).to_owned()),
            ("reason", <&str>::from(justification.reason).to_owned()),
        ],
    )
}
