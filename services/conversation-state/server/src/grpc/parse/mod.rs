//! Requests to domain values: what each field must be, all bad ones told at once.
//!
//! This module holds the checks that several requests share.

mod channel;
mod command;
mod contexts;
mod erasure;
mod listing;
mod message;
mod routing;
mod watching;

pub(super) use channel::{ChannelChange, ChannelPage};
pub(super) use contexts::Contexts;
pub(super) use listing::{Counting, EventPage, Listing};
pub(super) use watching::Watching;

use std::collections::HashSet;

use azeer_edge::{actor, conversation_id, epoch, target, tenant, told_at};
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use conversation_state_core::{ConversationId, MessageId, TenantId};

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
        let lookup = Self::check(&mut fields, tenant_id, conversation_id, contact, messages);
        fields.finish(|| lookup)
    }

    fn check(
        fields: &mut Fields,
        tenant_id: &str,
        conversation_id: &str,
        contact: Option<&pb::ContactRef>,
        messages: &[String],
    ) -> Option<Self> {
        let tenant = tenant(fields, tenant_id);
        let target = target(fields, conversation_id, contact);
        let most = Self::MOST_MESSAGES;
        if messages.len() > most {
            fields.bad("inbound_message_ids", format_args!("must be at most {most}"));
        }
        let mut parsed = Vec::new();
        for (i, id) in messages.iter().take(most).enumerate() {
            let path = format!("inbound_message_ids[{i}]");
            parsed.extend(fields.take(&path, MessageId::parse(id)));
        }
        Some(Self { tenant: tenant?, target: target?, messages: parsed })
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
