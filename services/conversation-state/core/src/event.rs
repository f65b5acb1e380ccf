//! What the log tells about a conversation.

use std::str::FromStr;

use azeer_domain::{Actor, AgentId, ConversationId, TeamId, Time};
use strum::{EnumString, IntoStaticStr};

use crate::command::{CloseReason, InboundKind, OutboundKind};
use crate::conversation::{Conversation, Handler, HandlerKind};
use crate::routing::RuleId;
use crate::state::State;

/// One entry of the log, without its place in it, which the store gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub event_type: EventType,
    /// The state before; none if there was no conversation.
    pub from_state: Option<State>,
    /// The state after; none: there is no conversation any more.
    pub to_state: Option<State>,
    /// Who did it.
    pub actor: Actor,
    /// Why, or what kind of message it tells.
    pub reason: Option<Reason>,
    /// When it happened.
    pub occurred_at: Time,
    /// The conversation's version after it.
    pub version: i64,
    /// Who handles the conversation after it; of one that is no more, who did.
    pub handler: Handler,
    /// Whether the customer waits for an answer after it.
    pub awaiting_reply: bool,
    /// Where the inbox's filters found the conversation before it; none if there was no
    /// conversation.
    pub before: Option<Placement>,
    /// What the actor noted.
    pub note: Option<String>,
    /// Sent with an old epoch or to a closed conversation.
    pub out_of_turn: bool,
    /// The keyword rule that passed the conversation on.
    pub routed_by: Option<RuleId>,
    /// The conversations that are no more, since they turned out to be this one.
    pub merged: Vec<ConversationId>,
}

/// What the inbox's filters tell conversations apart by, beside the channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The bot or people.
    pub kind: HandlerKind,
    /// The handling team.
    pub team: Option<TeamId>,
    /// The handling agent.
    pub agent: Option<AgentId>,
    /// Whether the customer waits for an answer.
    pub awaiting_reply: bool,
}

impl Placement {
    /// That of a conversation.
    #[must_use]
    pub fn of(conversation: &Conversation) -> Self {
        Self::new(&conversation.handler, conversation.awaiting_reply())
    }

    fn new(handler: &Handler, awaiting_reply: bool) -> Self {
        let Handler { kind, team, agent, .. } = handler.clone();
        Self { kind, team, agent, awaiting_reply }
    }
}

impl Event {
    /// Where the filters found the conversation before it, if they find it elsewhere after it.
    #[must_use]
    pub fn changed_from(&self) -> Option<&Placement> {
        self.before.as_ref().filter(|before| **before != self.after())
    }

    /// Where the inbox's filters find the conversation after it.
    #[must_use]
    pub fn after(&self) -> Placement {
        Placement::new(&self.handler, self.awaiting_reply)
    }
}

/// What can happen to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// The first message, of either side.
    Created,
    /// The customer wrote, called or reacted.
    InboundRecorded,
    /// The business wrote.
    OutboundRecorded,
    /// A member of the team ended it.
    Closed,
    /// Someone, or the customer's message, reopened it.
    Reopened,
    /// It was passed on.
    HandedOff,
    /// The bot has it again.
    ReturnedToBot,
    /// Team and agent were set.
    Assigned,
    /// The window ended while it was open or the bot's.
    Expired,
    /// The platform said that the window is closed.
    WindowCorrected,
    /// The contact has one more id.
    AliasAdded,
    /// An id of the contact's is another person's now.
    AliasRemoved,
    /// Other conversations turned out to be this person's.
    ConversationMerged,
    /// The contact was erased, and the conversation with it.
    ContactErased,
}

/// Why something happened, or what kind of message it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Of a message of the customer.
    Inbound(InboundKind),
    /// Of a message of the business.
    Outbound(OutboundKind),
    /// Of a closing.
    Close(CloseReason),
}

// === impl Reason ===

/// A reason's name is that of what it holds: no two of them are alike.
impl From<Reason> for &'static str {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::Inbound(kind) => kind.into(),
            Reason::Outbound(kind) => kind.into(),
            Reason::Close(reason) => reason.into(),
        }
    }
}

impl FromStr for Reason {
    type Err = strum::ParseError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let inbound = name.parse().map(Self::Inbound);
        let outbound = |_| name.parse().map(Self::Outbound);
        inbound.or_else(outbound).or_else(|_| name.parse().map(Self::Close))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_known_by_its_name() {
        let reasons = [
            (Reason::Inbound(InboundKind::Message), "MESSAGE"),
            (Reason::Inbound(InboundKind::Call), "CALL"),
            (Reason::Inbound(InboundKind::Reaction), "REACTION"),
            (Reason::Outbound(OutboundKind::FreeForm), "FREE_FORM"),
            (Reason::Outbound(OutboundKind::Template), "TEMPLATE"),
            (Reason::Close(CloseReason::Resolved), "RESOLVED"),
            (Reason::Close(CloseReason::OrderCompleted), "ORDER_COMPLETED"),
            (Reason::Close(CloseReason::NoResponse), "NO_RESPONSE"),
            (Reason::Close(CloseReason::Spam), "SPAM"),
            (Reason::Close(CloseReason::Other), "OTHER"),
        ];
        for (reason, name) in reasons {
            assert_eq!(<&str>::from(reason), name);
            assert_eq!(name.parse(), Ok(reason));
        }
        assert!("".parse::<Reason>().is_err());
    }
}
