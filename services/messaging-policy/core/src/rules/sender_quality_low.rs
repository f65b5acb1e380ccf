//! A number that customers complain of sends no marketing.

use crate::case::Case;
use crate::facts::Quality;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "SENDER_QUALITY_LOW", remedy: Remedy::ContactAdmin, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    if !case.is_marketing() {
        return Finding::NotApplicable;
    }
    Finding::failed_if(case.facts.sender.quality == Quality::Red)
}
