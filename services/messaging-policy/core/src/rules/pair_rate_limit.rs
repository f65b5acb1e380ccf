//! One number writes to one contact only so often: the platform's own limit, kept so as not to meet it.

use chrono::TimeDelta;

use crate::case::Case;
use crate::policy::Policy;
use crate::rule::{Finding, Parameter, Remedy, Rule};
use crate::time::earlier;

static INTERVAL: Parameter = Parameter::seconds("interval", 6, 1, 3_600);
static BURST: Parameter = Parameter::count("burst", 45, 1, 1_000);

/// The rule.
pub static RULE: Rule =
    Rule { code: "PAIR_RATE_LIMIT", remedy: Remedy::Wait, parameters: &[&INTERVAL, &BURST], check };

/// How much of the rate one message takes.
pub(crate) fn interval(policy: &Policy) -> TimeDelta {
    TimeDelta::seconds(policy.value(&RULE, &INTERVAL))
}

/// How much of it there is.
pub(crate) fn full(policy: &Policy) -> TimeDelta {
    let burst = i32::try_from(policy.value(&RULE, &BURST)).unwrap_or(i32::MAX);
    interval(policy) * burst
}

fn check(case: &Case<'_>) -> Finding {
    let Some(free_at) = case.facts.contact.rate_free_at else { return Finding::Passed };
    let others = i32::try_from(case.count(&BURST) - 1).unwrap_or(i32::MAX);
    // Each message that counts takes an interval; the burst is how many may count at once.
    let until = earlier(free_at, case.duration(&INTERVAL) * others);
    match case.if_to_come(until) {
        None => Finding::Passed,
        Some(until) => Finding::until(
            until,
            [("burst", case.told(&BURST)), ("interval", case.told(&INTERVAL))],
        ),
    }
}
