//! Requests to domain values: what each field must be, all bad ones told at once.
//!
//! This module holds the checks that several requests share.

mod channel;
mod command;
mod listing;
mod message;
mod routing;
mod watching;

pub(super) use channel::{ChannelChange, ChannelPage};
pub(super) use listing::{Counting, EventPage, Listing};
pub(super) use watching::Watching;

use std::collections::HashSet;

use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;
use conversation_state_core::{
    Actor, ActorKind, AgentId, ChannelId, ContactId, ConversationId, MessageId, PLATFORM_BEGAN,
    TenantId, Time,
};

use crate::store::Target;

/// A request for one conversation, with messages to verify.
pub(super) struct Lookup {
    pub(super) tenant: TenantId,
    pub(super) target: Target,
    pub(super) messages: Vec<MessageId>,
}

impl Lookup {
    const MOST_MESSAGES: usize = 10;

    pub(super) fn of_get(request: &pb::GetConversationRequest) -> Result<Self, Problem> {
        Self::new(&request.tenant_id, &request.conversation_id, request.contact.as_ref(), &[])
    }

    pub(super) fn of_context(request: &pb::GetSendContextRequest) -> Result<Self, Problem> {
        let messages = &request.inbound_message_ids;
        Self::new(&request.tenant_id, &request.conversation_id, request.contact.as_ref(), messages)
    }

    fn new(
        tenant_id: &str,
        conversation_id: &str,
        contact: Option<&pb::ContactRef>,
        messages: &[String],
    ) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, tenant_id);
        let target = target(&mut fields, conversation_id, contact);
        let most = Self::MOST_MESSAGES;
        if messages.len() > most {
            fields.bad("inbound_message_ids", format_args!("must be at most {most}"));
        }
        let mut parsed = Vec::new();
        for (i, id) in messages.iter().take(most).enumerate() {
            let path = format!("inbound_message_ids[{i}]");
            parsed.extend(fields.take(&path, MessageId::parse(id)));
        }
        fields.finish(|| Some(Self { tenant: tenant?, target: target?, messages: parsed }))
    }
}

/// A request for many conversations.
pub(super) struct Batch<'a> {
    pub(super) tenant: TenantId,
    /// Each once, in the order asked for.
    pub(super) ids: Vec<ConversationId>,
    /// The same as the caller wrote them.
    pub(super) as_written: Vec<&'a str>,
}

impl<'a> Batch<'a> {
    const MOST: usize = 500;

    pub(super) fn new(request: &'a pb::BatchGetConversationsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let count = request.conversation_ids.len();
        if !(1..=Self::MOST).contains(&count) {
            fields.bad("conversation_ids", format_args!("must be 1-{}", Self::MOST));
        }
        let mut known = HashSet::new();
        let (mut ids, mut as_written) = (Vec::new(), Vec::new());
        for (i, text) in request.conversation_ids.iter().take(Self::MOST).enumerate() {
            let id = conversation_id(&mut fields, &format!("conversation_ids[{i}]"), text);
            if let Some(id) = id.filter(|id| known.insert(*id)) {
                ids.push(id);
                as_written.push(text.as_str());
            }
        }
        fields.finish(|| Some(Self { tenant: tenant?, ids, as_written }))
    }
}

fn tenant(fields: &mut Fields, id: &str) -> Option<TenantId> {
    fields.take("tenant_id", TenantId::parse(id))
}

fn conversation_id(fields: &mut Fields, path: &str, text: &str) -> Option<ConversationId> {
    fields.take(path, uuid(text)).map(ConversationId)
}

/// A conversation by its id or by whom it is with: exactly one of the two.
fn target(
    fields: &mut Fields,
    conversation: &str,
    contact: Option<&pb::ContactRef>,
) -> Option<Target> {
    match (conversation.is_empty(), contact) {
        (false, None) => {
            conversation_id(fields, "conversation_id", conversation).map(Target::Conversation)
        }
        (true, Some(contact)) => {
            let channel = fields.take("contact.channel_id", ChannelId::parse(&contact.channel_id));
            let contact = fields.take("contact.contact_id", ContactId::parse(&contact.contact_id));
            Some(Target::Contact(channel?, contact?))
        }
        (both_empty, _) => {
            let must =
                if both_empty { "must be set, or contact" } else { "must not be set with contact" };
            fields.bad("conversation_id", must);
            None
        }
    }
}

/// An agent, bot or system.
fn actor(fields: &mut Fields, path: &str, given: Option<&common::Actor>) -> Option<Actor> {
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

/// When something happened. How far ahead it may be is the store's matter, which knows the time.
fn told_at(
    fields: &mut Fields,
    path: &str,
    given: Option<&prost_types::Timestamp>,
) -> Option<Time> {
    fields.instant(path, given, PLATFORM_BEGAN.., "must be a time from 2009 on")
}

/// The handler's epoch; 0 is none.
fn epoch(fields: &mut Fields, given: i64) -> Option<i64> {
    fields.require("handler_epoch", given >= 0, "must not be negative");
    (given > 0).then_some(given)
}
