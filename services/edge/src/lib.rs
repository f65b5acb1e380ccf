//! Reads what the services' requests have in common: who, whom and when, each bad field noted with
//! its path. What only one service knows is read there. [`tell`] goes the other way.

pub mod tell;

use azeer_domain::{
    Actor, ActorKind, AgentId, ChannelId, ContactId, ConversationId, PLATFORM_BEGAN, Target,
    TenantId, Time,
};
use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};

/// The tenant.
pub fn tenant(fields: &mut Fields, id: &str) -> Option<TenantId> {
    fields.take("tenant_id", TenantId::parse(id))
}

/// A conversation's id.
pub fn conversation_id(fields: &mut Fields, path: &str, text: &str) -> Option<ConversationId> {
    fields.take(path, uuid(text)).map(ConversationId)
}

/// A conversation by its id or by whom it is with: exactly one of the two.
pub fn target(
    fields: &mut Fields,
    conversation: &str,
    contact: Option<&pb::ContactRef>,
) -> Option<Target> {
    match (conversation.is_empty(), contact) {
        (false, None) => {
            conversation_id(fields, "conversation_id", conversation).map(Target::Conversation)
        }
        (true, Some(_)) => {
            let (channel, contact) = self::contact(fields, contact)?;
            Some(Target::Contact(channel, contact))
        }
        (both_empty, _) => {
            let must =
                if both_empty { "must be set, or contact" } else { "must not be set with contact" };
            fields.bad("conversation_id", must);
            None
        }
    }
}

/// A contact of a channel, which must be named.
pub fn contact(
    fields: &mut Fields,
    given: Option<&pb::ContactRef>,
) -> Option<(ChannelId, ContactId)> {
    let Some(given) = given else {
        fields.bad("contact", "must be set");
        return None;
    };
    let channel = fields.take("contact.channel_id", ChannelId::parse(&given.channel_id));
    let contact = fields.take("contact.contact_id", ContactId::parse(&given.contact_id));
    Some((channel?, contact?))
}

/// An agent, bot or system.
pub fn actor(fields: &mut Fields, path: &str, given: Option<&common::Actor>) -> Option<Actor> {
    let Some(given) = given else {
        fields.bad(path, "must be set");
        return None;
    };
    let kind = match given.kind() {
        common::ActorKind::Agent => Some(ActorKind::Agent),
        common::ActorKind::Bot => Some(ActorKind::Bot),
        common::ActorKind::System => Some(ActorKind::System),
        common::ActorKind::Unspecified | common::ActorKind::Customer => {
            fields.bad(format!("{path}.kind"), "must be AGENT, BOT or SYSTEM");
            None
        }
    };
    let id_path = format!("{path}.id");
    let id = if kind == Some(ActorKind::Agent) {
        Some(fields.take(&id_path, AgentId::parse(&given.id))?)
    } else {
        fields.optional(&id_path, &given.id, AgentId::parse)
    };
    Some(Actor { kind: kind?, id })
}

/// When something happened. How far ahead it may be is for those to say who know the time.
pub fn told_at(
    fields: &mut Fields,
    path: &str,
    given: Option<&prost_types::Timestamp>,
) -> Option<Time> {
    fields.instant(path, given, PLATFORM_BEGAN.., "must be a time from 2009 on")
}

/// The handler's epoch; 0 is none.
pub fn epoch(fields: &mut Fields, given: i64) -> Option<i64> {
    fields.require("handler_epoch", given >= 0, "must not be negative");
    (given > 0).then_some(given)
}
