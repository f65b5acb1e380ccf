//! The account must have the template in the very language.

use crate::case::Case;
use crate::facts::Template;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule = Rule {
    code: "TEMPLATE_LANGUAGE_NOT_FOUND",
    remedy: Remedy::UseOtherTemplate,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some((name, language)) = case.asked_template() else { return Finding::NotApplicable };
    match &case.facts.template {
        Some(Template::Known(_)) => Finding::Passed,
        Some(Template::OtherLanguages(languages)) => Finding::failed([
            ("template", name.to_owned()),
            ("language", language.to_owned()),
            ("languages", languages.join(", ")),
        ]),
        Some(Template::Unknown) | None => Finding::NotApplicable,
    }
}
