//! Who does things to conversations, and sends.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr};

use crate::id::AgentId;

/// Who did something. Writers vouch for the actor that they name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// Which one. None for the customer, who is the conversation's contact, and where the
    /// platform does not tell which person wrote.
    pub id: Option<AgentId>,
}

/// The kinds of actors. Databases keep their names: a variant that is renamed needs a migration.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString, Serialize, Deserialize,
)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_go_by_one_name_everywhere() {
        let names = [
            (ActorKind::Agent, "AGENT"),
            (ActorKind::Bot, "BOT"),
            (ActorKind::System, "SYSTEM"),
            (ActorKind::Customer, "CUSTOMER"),
        ];
        for (kind, name) in names {
            assert_eq!(<&str>::from(kind), name);
            assert_eq!(name.parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), name);
            assert_eq!(serde_json::from_value::<ActorKind>(name.into()).unwrap(), kind);
        }
    }

    #[test]
    fn an_actor_is_read_as_it_was_written() {
        let agent = Actor { kind: ActorKind::Agent, id: AgentId::parse("omar").ok() };
        for actor in [agent, Actor::CUSTOMER, Actor::SYSTEM, Actor::SOMEONE] {
            let json = serde_json::to_string(&actor).unwrap();
            assert_eq!(serde_json::from_str::<Actor>(&json).unwrap(), actor, "{json}");
        }
        assert!(serde_json::from_str::<Actor>(r#"{"kind":"AGENT","id":"a b"}"#).is_err());
    }
}
