//! What the log tells about a conversation.

use crate::actor::Actor;
use crate::command::{CloseReason, InboundKind, OutboundKind};
use crate::conversation::Handler;
use crate::state::State;
use crate::time::Time;

/// One entry of the log, without its place in it, which the store gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What happened.
    pub event_type: EventType,
    /// The state before; none if there was no conversation.
    pub from_state: Option<State>,
    /// The state after.
    pub to_state: State,
    /// Who did it.
    pub actor: Actor,
    /// Why, or what kind of message it tells.
    pub reason: Option<Reason>,
    /// When it happened.
    pub occurred_at: Time,
    /// The conversation's version after it.
    pub version: i64,
    /// Who handles the conversation after it.
    pub handler: Handler,
    /// What the actor noted.
    pub note: Option<String>,
    /// Sent with an old epoch or to a closed conversation.
    pub out_of_turn: bool,
}

/// What can happen to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
