//! A template must be approved, and of a category whose rules are known.

use crate::case::Case;
use crate::facts::KnownTemplate;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "TEMPLATE_NOT_APPROVED",
    remedy: Remedy::UseOtherTemplate,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some(template) = case.template() else { return Finding::NotApplicable };
    let category = case.category();
    if template.status == KnownTemplate::APPROVED && category.is_some() {
        return Finding::Passed;
    }
    Finding::failed([
        ("status", template.status.clone()),
        ("category", category.map_or("UNKNOWN", <&str>::from).to_owned()),
    ])
}
