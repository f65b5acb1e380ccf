//! The bot does not talk over a person, nor on what it saw before somebody else had the conversation.

use azeer_domain::ActorKind;

use crate::case::Case;
use crate::facts::Handler;
use crate::rule::{Finding, Remedy, Rule};

/// The rule.
pub static RULE: Rule =
    Rule { code: "BOT_NOT_IN_CONTROL", remedy: Remedy::ReturnToBot, parameters: &[], check };

fn check(case: &Case<'_>) -> Finding {
    let Some(conversation) = case.conversation() else { return Finding::NotApplicable };
    if !case.is_sent_by(ActorKind::Bot) {
        return Finding::NotApplicable;
    }
    let knows = case.send.handler_epoch == Some(conversation.handler_epoch);
    if conversation.handler == Handler::Bot && knows {
        return Finding::Passed;
    }
    Finding::failed([
        ("handler", <&str>::from(conversation.handler).to_owned()),
        ("handler_epoch", conversation.handler_epoch.to_string()),
    ])
}
