//! Who does not want marketing gets none.

use crate::case::Case;
use crate::facts::Consent;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "MARKETING_OPTED_OUT", remedy: Remedy::GetConsent, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    if !case.is_marketing() {
        return Finding::NotApplicable;
    }
    Finding::failed_if(case.facts.consent == Some(Consent::OptedOut))
}
