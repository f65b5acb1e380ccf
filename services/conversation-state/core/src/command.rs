//! What can be asked of a conversation. What comes of it is decided in [`crate::apply`].

use std::collections::BTreeMap;

use azeer_domain::{Actor, AgentId, TeamId, Time};
use strum::{EnumString, IntoStaticStr};

/// A fact to record or a change to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The customer wrote, called or reacted.
    Inbound(Inbound),
    /// The business wrote.
    Outbound(Outbound),
    /// The platform refused a send because the window is closed.
    WindowClosed(WindowClosed),
    /// The platform told other ids of the contact's.
    Identified(Identified),
    /// End the conversation.
    Close(Close),
    /// Reopen it.
    Reopen(Reopen),
    /// Pass it to a team or a person.
    HandOff(HandOff),
    /// Give it back to the bot.
    ReturnToBot(ReturnToBot),
    /// Change team and agent.
    Assign(Assign),
}

/// The customer wrote, called or reacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// When, by the platform's clock; never later than `now`.
    pub occurred_at: Time,
    /// What it is.
    pub kind: InboundKind,
    /// What the customer wrote; only for routing.
    pub text: Option<String>,
    /// The contact's name, if the platform told it.
    pub contact_name: Option<String>,
}

/// What a customer can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum InboundKind {
    /// A message of any type.
    Message,
    /// A call.
    Call,
    /// A reaction to a message.
    Reaction,
}

/// The business wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outbound {
    /// When; never later than `now`.
    pub occurred_at: Time,
    /// Who: an agent, the bot or the system.
    pub sender: Actor,
    /// What.
    pub kind: OutboundKind,
    /// The handler's epoch that the sender knew, if told.
    pub handler_epoch: Option<i64>,
}

/// What the business can send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OutboundKind {
    /// Anything but a template.
    FreeForm,
    /// An approved template.
    Template,
}

/// The platform refused a send because the window is closed (its code 131047).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowClosed {
    /// When the refused message was sent; never later than `now`.
    pub sent_at: Time,
}

/// The platform told other ids of the contact's: a new number or user id. Which ones comes with
/// the command, as with a message ([`crate::apply::Identity`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// When; never later than `now`.
    pub occurred_at: Time,
}

/// End a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Close {
    /// Who asks.
    pub actor: Actor,
    /// Why.
    pub reason: CloseReason,
    /// For the team.
    pub note: Option<String>,
    /// The customer's last message needs no answer.
    pub acknowledge_unanswered: bool,
}

/// Why a conversation was closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CloseReason {
    /// The inquiry is solved.
    Resolved,
    /// The order is complete.
    OrderCompleted,
    /// The customer did not answer.
    NoResponse,
    /// Spam.
    Spam,
    /// Anything else.
    Other,
}

/// Reopen a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reopen {
    /// Who asks.
    pub actor: Actor,
    /// For the team.
    pub note: Option<String>,
}

/// Pass a conversation to a team, a person, or people in general.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOff {
    /// Who asks.
    pub actor: Actor,
    /// To which team.
    pub team: Option<TeamId>,
    /// To whom.
    pub agent: Option<AgentId>,
    /// For whoever takes over.
    pub note: Option<String>,
    /// What the bot gathered.
    pub collected: BTreeMap<String, String>,
    /// The handler's epoch that the actor knows; a bot always tells it.
    pub handler_epoch: Option<i64>,
}

impl HandOff {
    /// How many keys a conversation's `collected` has at the most.
    pub const MOST_KEYS: usize = 64;
    /// How long its keys and values are together at the most: pages of 500 conversations stay
    /// below the 4 MiB that clients take.
    pub const MOST_BYTES: usize = 4_096;

    /// Whether this much can be held.
    #[must_use]
    pub fn holds(collected: &BTreeMap<String, String>) -> bool {
        let bytes: usize = collected.iter().map(|(key, value)| key.len() + value.len()).sum();
        collected.len() <= Self::MOST_KEYS && bytes <= Self::MOST_BYTES
    }
}

/// Give a conversation back to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnToBot {
    /// Who asks.
    pub actor: Actor,
    /// For the team.
    pub note: Option<String>,
}

/// Change team and agent of a conversation that people handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    /// Who asks.
    pub actor: Actor,
    /// To which team.
    pub team: Option<TeamId>,
    /// To whom.
    pub agent: Option<AgentId>,
}

impl Command {
    /// When the platform says that it happened, for what the platform tells.
    pub fn told_at_mut(&mut self) -> Option<&mut Time> {
        match self {
            Self::Inbound(message) => Some(&mut message.occurred_at),
            Self::Outbound(message) => Some(&mut message.occurred_at),
            Self::WindowClosed(report) => Some(&mut report.sent_at),
            Self::Identified(notice) => Some(&mut notice.occurred_at),
            Self::Close(_)
            | Self::Reopen(_)
            | Self::HandOff(_)
            | Self::ReturnToBot(_)
            | Self::Assign(_) => None,
        }
    }
}
