//! Nobody gets too many templates.

use chrono::TimeDelta;

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::send::Category;

static MARKETING_PER_DAY: Parameter = Parameter::count("marketing_per_day", 3, 1, 50);
static MARKETING_PER_WEEK: Parameter = Parameter::count("marketing_per_week", 6, 1, 100);
static UTILITY_PER_DAY: Parameter = Parameter::count("utility_per_day", 10, 1, 100);

/// The rule.
pub static RULE: Rule = Rule {
    code: "CONTACT_FREQUENCY_CAP",
    remedy: Remedy::Wait,
    parameters: &[&MARKETING_PER_DAY, &MARKETING_PER_WEEK, &UTILITY_PER_DAY],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some(category) = case.category() else { return Finding::NotApplicable };
    let caps: &[_] = match category {
        Category::Marketing => {
            &[(&MARKETING_PER_DAY, TimeDelta::days(1)), (&MARKETING_PER_WEEK, TimeDelta::days(7))]
        }
        Category::Utility => &[(&UTILITY_PER_DAY, TimeDelta::days(1))],
        Category::Authentication => return Finding::NotApplicable,
    };
    let reached = caps.iter().filter_map(|(most, period)| {
        let until = case.full_until(case.facts.contact.sent(category), most, *period)?;
        Some((until, *most, *period))
    });
    // The one that holds longest.
    match reached.max_by_key(|(until, ..)| *until) {
        None => Finding::Passed,
        Some((until, most, period)) => Finding::until(
            until,
            [
                ("category", <&str>::from(category).to_owned()),
                ("limit", case.told(most)),
                ("period", format!("{}s", period.num_seconds())),
            ],
        ),
    }
}
