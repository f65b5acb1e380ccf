//! Marketing goes to those who asked for it.

use crate::case::Case;
use crate::facts::Consent;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "MARKETING_CONSENT_REQUIRED", remedy: Remedy::GetConsent, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    match case.facts.consent {
        _ if !case.is_marketing() => Finding::NotApplicable,
        // What they said is on record, and another rule's to judge.
        Some(Consent::OptedOut) => Finding::NotApplicable,
        Some(Consent::OptedIn) => Finding::Passed,
        None => Finding::failed([]),
    }
}
