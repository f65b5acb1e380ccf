//! The rows that a batch writes.

use std::collections::{BTreeMap, HashMap};

use conversation_state_core::counts::CounterDelta;
use conversation_state_core::{
    ChannelId, Command, ContactId, Conversation, ConversationId, MessageId, TenantId, Time,
};

use super::super::counts::CountWrite;
use super::super::events::LoggedEvent;
use super::super::identities::{AliasWrite, MergeWrite};
use super::super::messages::MessageWrite;
use super::super::requests::{Request, RequestWrite};
use super::super::tenants::TenantWrite;
use super::Action;
use super::decide::Tenant;

/// The rows of one batch.
#[derive(Default)]
pub(super) struct Rows {
    pub(super) tenants: Vec<TenantWrite>,
    /// Each with the version that its row must have; none: there must be none.
    pub(super) conversations: Vec<(TenantId, Option<i64>, Conversation)>,
    pub(super) events: Vec<(TenantId, LoggedEvent)>,
    pub(super) messages: Vec<MessageWrite>,
    pub(super) requests: Vec<RequestWrite>,
    pub(super) counts: Vec<CountWrite>,
    pub(super) aliases: Vec<AliasWrite>,
    pub(super) merges: Vec<MergeWrite>,
    /// Conversations that are erased, each with the version that its row must have; none: the batch
    /// began it.
    pub(super) erasures: Vec<(TenantId, ConversationId, Option<i64>)>,
}

impl Rows {
    pub(super) fn add_event(&mut self, tenant: &TenantId, event: LoggedEvent) {
        self.events.push((tenant.clone(), event));
    }

    pub(super) fn add_message(
        &mut self,
        tenant: &TenantId,
        message: &MessageId,
        conversation: ConversationId,
        action: &Action,
        now: Time,
    ) {
        let (occurred_at, inbound) = match action {
            Action::Command(Command::Inbound(message)) => (message.occurred_at, true),
            Action::Command(Command::Outbound(message)) => (message.occurred_at, false),
            Action::Command(Command::Identified(notice)) => (notice.occurred_at, false),
            _ => return,
        };
        self.messages.push(MessageWrite {
            tenant_id: tenant.as_str().to_owned(),
            message_id: message.as_str().to_owned(),
            conversation_id: conversation.0,
            occurred_at,
            inbound,
            recorded_at: now,
        });
    }

    pub(super) fn add_request(
        &mut self,
        tenant: &TenantId,
        request: &Request,
        conversation: ConversationId,
        now: Time,
    ) {
        self.requests.push(RequestWrite {
            tenant_id: tenant.as_str().to_owned(),
            rpc: request.rpc,
            request_id: request.id,
            content_hash: request.content_hash.to_vec(),
            conversation_id: Some(conversation.0),
            recorded_at: now,
        });
    }

    /// Remembers a request that erases, but nothing of whom it is about.
    pub(super) fn add_erasing_request(&mut self, tenant: &TenantId, request: &Request, now: Time) {
        self.requests.push(RequestWrite {
            tenant_id: tenant.as_str().to_owned(),
            rpc: request.rpc,
            request_id: request.id,
            content_hash: Vec::new(),
            conversation_id: None,
            recorded_at: now,
        });
    }

    pub(super) fn add_conversation(
        &mut self,
        tenant: TenantId,
        version_before: Option<i64>,
        now: Conversation,
    ) {
        self.conversations.push((tenant, version_before, now));
    }

    /// An id of a contact leads to the conversation, or is an alias no more.
    pub(super) fn add_alias(
        &mut self,
        tenant: &TenantId,
        channel: &ChannelId,
        contact: &ContactId,
        conversation: Option<ConversationId>,
    ) {
        self.aliases.push(AliasWrite {
            tenant_id: tenant.as_str().to_owned(),
            channel_id: channel.as_str().to_owned(),
            contact_id: contact.as_str().to_owned(),
            conversation_id: conversation.map(|id| id.0),
        });
    }

    pub(super) fn add_merge(
        &mut self,
        tenant: &TenantId,
        gone: ConversationId,
        version_before: Option<i64>,
        survivor: ConversationId,
    ) {
        self.merges.push(MergeWrite {
            tenant_id: tenant.as_str().to_owned(),
            conversation_id: gone.0,
            expected_version: version_before.unwrap_or(0),
            survivor_id: survivor.0,
        });
    }

    /// A conversation is erased: what the batch itself was about to keep of it, too.
    pub(super) fn add_erasure(
        &mut self,
        tenant: &TenantId,
        gone: ConversationId,
        version_before: Option<i64>,
    ) {
        let (of, id) = (tenant.as_str(), gone.0);
        self.messages.retain(|row| row.tenant_id != of || row.conversation_id != id);
        self.requests.retain(|row| row.tenant_id != of || row.conversation_id != Some(id));
        for (tenant, logged) in &mut self.events {
            if tenant.as_str() == of && logged.conversation_id == gone {
                logged.event.note = None;
            }
        }
        self.erasures.push((tenant.clone(), gone, version_before));
    }

    pub(super) fn add_counts(&mut self, deltas: &BTreeMap<TenantId, CounterDelta>) {
        for (tenant, delta) in deltas {
            let changes = delta.iter().filter(|(_, by)| !by.is_zero());
            self.counts.extend(changes.map(|(key, by)| CountWrite::new(tenant, key, *by)));
        }
    }

    pub(super) fn add_tenants(&mut self, tenants: &HashMap<TenantId, Tenant>) {
        let moved = tenants.iter().filter(|(_, t)| t.revision != t.revision_before);
        self.tenants.extend(moved.map(|(id, tenant)| TenantWrite {
            tenant_id: id.as_str().to_owned(),
            expected_revision: tenant.revision_before,
            revision: tenant.revision,
        }));
    }
}
