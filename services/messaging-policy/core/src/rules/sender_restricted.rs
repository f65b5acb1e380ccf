//! A number that the platform has stopped, by itself or with its account, sends nothing.

use crate::case::Case;
use crate::facts::{Restriction, Sender, SenderStatus};
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "SENDER_RESTRICTED", remedy: Remedy::ContactAdmin, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    let Sender { status, restriction, .. } = &case.facts.sender;
    let told = || [("status", <&str>::from(*status).to_owned())];
    match status {
        SenderStatus::Restricted | SenderStatus::Disconnected | SenderStatus::Banned => {
            return Finding::failed(told());
        }
        SenderStatus::Unknown | SenderStatus::Connected | SenderStatus::Flagged => {}
    }
    match restriction {
        Some(Restriction { until: None }) => Finding::failed(told()),
        Some(Restriction { until: Some(until) }) if *until > case.now => {
            Finding::until(*until, told())
        }
        Some(_) | None => Finding::Passed,
    }
}
