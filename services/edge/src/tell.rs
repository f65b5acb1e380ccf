//! The services' words as messages of both carry them.

use azeer_domain::{Actor, ActorKind, Target};
use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;

/// An actor.
#[must_use]
pub fn actor(actor: &Actor) -> common::Actor {
    let kind = match actor.kind {
        ActorKind::Agent => common::ActorKind::Agent,
        ActorKind::Bot => common::ActorKind::Bot,
        ActorKind::System => common::ActorKind::System,
        ActorKind::Customer => common::ActorKind::Customer,
    };
    let id = actor.id.as_ref().map(ToString::to_string).unwrap_or_default();
    common::Actor { kind: kind.into(), id }
}

/// A conversation: its id, which is empty where it goes by its contact.
#[must_use]
pub fn target(target: &Target) -> (String, Option<pb::ContactRef>) {
    match target {
        Target::Conversation(id) => (id.to_string(), None),
        Target::Contact(channel, contact) => {
            let (channel_id, contact_id) = (channel.to_string(), contact.to_string());
            (String::new(), Some(pb::ContactRef { channel_id, contact_id }))
        }
    }
}
