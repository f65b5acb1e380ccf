//! A business reaches only so many people outside their windows within a day.

use crate::case::Case;
use crate::facts::Portfolio;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "PORTFOLIO_LIMIT_REACHED", remedy: Remedy::Wait, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    if !case.is_template() || case.is_in_window() {
        return Finding::NotApplicable;
    }
    let Some(portfolio) = &case.facts.portfolio else { return Finding::NotApplicable };
    let Some(limit) = portfolio.limit else { return Finding::NotApplicable };
    let is_free = portfolio.frees_at.is_some_and(|at| at <= case.now);
    if portfolio.has_reached_contact || portfolio.reached < limit || is_free {
        return Finding::Passed;
    }
    let values = [
        ("limit", limit.to_string()),
        ("period", format!("{}s", Portfolio::DAY.num_seconds())),
        ("reached", portfolio.reached.to_string()),
    ];
    match portfolio.frees_at {
        Some(at) => Finding::until(at, values),
        None => Finding::failed(values),
    }
}
