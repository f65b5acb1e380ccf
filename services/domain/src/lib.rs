//! The words that the services share: who, whom, when, and how texts are compared.
//!
//! Values and what makes them well formed; no rule, no I/O, no clock.

mod actor;
mod fold;
pub mod id;
mod text_id;
mod time;

pub use actor::{Actor, ActorKind};
pub use fold::fold;
pub use id::{AgentId, ChannelId, ContactId, ConversationId, MessageId, Target, TeamId, TenantId};
pub use time::{PLATFORM_BEGAN, Time};

// For what `text_id!` makes in other crates.
#[doc(hidden)]
pub use serde;
