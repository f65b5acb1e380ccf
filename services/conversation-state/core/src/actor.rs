//! Who does things to conversations.

use crate::id::AgentId;

/// Who did something. Writers vouch for the actor that they name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Which one. None for the customer, who is the conversation's contact, and where the
    /// platform does not tell which person wrote.
    pub id: Option<AgentId>,
}

/// The kinds of actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorKind {
    /// A member of the team.
    Agent,
    /// The automation that answers in an agent's place.
    Bot,
    /// A program of the platform itself.
    System,
    /// The contact.
    Customer,
}

impl Actor {
    /// The contact of the conversation.
    pub const CUSTOMER: Self = Self { kind: ActorKind::Customer, id: None };
    /// The platform itself.
    pub const SYSTEM: Self = Self { kind: ActorKind::System, id: None };
    /// A person of the business whom nobody named.
    pub const SOMEONE: Self = Self { kind: ActorKind::Agent, id: None };
}
