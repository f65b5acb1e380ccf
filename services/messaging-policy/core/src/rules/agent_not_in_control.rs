//! A person takes the conversation from the bot before writing in it.

use azeer_domain::ActorKind;

use crate::case::Case;
use crate::decision::State;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "AGENT_NOT_IN_CONTROL", remedy: Remedy::HandOff, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    let Some(conversation) = case.conversation() else { return Finding::NotApplicable };
    if case.is_template() || !case.is_sent_by(ActorKind::Agent) {
        return Finding::NotApplicable;
    }
    match case.facts.state(case.window_now) {
        State::Bot => Finding::failed([("handler_epoch", conversation.handler_epoch.to_string())]),
        State::Open | State::Expired | State::Closed => Finding::Passed,
    }
}
