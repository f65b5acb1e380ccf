//! A template must be one of the account's.

use crate::case::Case;
use crate::facts::Template;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "TEMPLATE_NOT_FOUND", remedy: Remedy::UseOtherTemplate, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    let Some((name, _)) = case.asked_template() else { return Finding::NotApplicable };
    match &case.facts.template {
        Some(Template::Known(_) | Template::OtherLanguages(_)) => Finding::Passed,
        // Nobody looked: that is no permission.
        Some(Template::Unknown) | None => Finding::failed([("template", name.to_owned())]),
    }
}
