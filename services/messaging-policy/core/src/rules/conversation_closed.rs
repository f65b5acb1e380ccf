//! Nothing is sent to a closed conversation, but what a program tells the customer of itself: that
//! leaves it closed.

use azeer_domain::ActorKind;

use crate::case::Case;
use crate::rule::{Finding, Remedy, Rule};
use crate::send::Category;

/// The rule.
pub static RULE: Rule = Rule {
    code: "CONVERSATION_CLOSED",
    remedy: Remedy::ReopenConversation,
    parameters: &[],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some(conversation) = case.conversation() else { return Finding::NotApplicable };
    Finding::failed_if(conversation.closed && !leaves_it_closed(case))
}

fn leaves_it_closed(case: &Case<'_>) -> bool {
    let is_news = matches!(case.category(), Some(Category::Utility | Category::Authentication));
    case.is_sent_by(ActorKind::System) && is_news
}
