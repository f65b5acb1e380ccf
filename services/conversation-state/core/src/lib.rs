//! What a conversation is and how it changes.
//!
//! Everything here is a function of its arguments: no I/O, no clock, no database types. `now` is
//! always passed in. [`apply`] is the one door for changes, [`Conversation::state`] the one
//! place that says which state a conversation is in.

pub mod apply;
pub mod channel;
pub mod command;
pub mod conversation;
pub mod counts;
pub mod event;
pub mod identity;
pub mod routing;
pub mod state;
pub mod time;

pub use azeer_domain::{
    Actor, ActorKind, AgentId, ChannelId, ContactId, ConversationId, MessageId, PLATFORM_BEGAN,
    Target, TeamId, TenantId, Time, id,
};

pub use apply::{
    Applied, Identity, Key, Outcome, Refusal, announce_expiry, apply, begin, erase, release,
};
pub use channel::{Channel, OnInboundWhenClosed};
pub use command::{
    Assign, Close, CloseReason, Command, HandOff, Identified, Inbound, InboundKind, Outbound,
    OutboundKind, Reopen, ReturnToBot, WindowClosed,
};
pub use conversation::{Closing, Conversation, Handler, HandlerKind};
pub use event::{Event, EventType, Placement, Reason};
pub use routing::{InvalidKeyword, Keyword, MatchKind, Routing, RoutingRule, RuleId};
pub use state::{AllowedAction, State, Tab};
