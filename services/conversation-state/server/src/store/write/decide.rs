//! What each write of a batch comes to. Earlier writes of the batch count for later ones, so that
//! a batch is the same as its writes one by one.

use std::collections::HashMap;

use chrono::TimeDelta;
use conversation_state_core::{
    self as core, Channel, ChannelId, Command, ContactId, Conversation, ConversationId, Key,
    MessageId, Outcome, TenantId, Time,
};
use uuid::{ContextV7, Timestamp, Uuid};

use super::super::channels::TenantChannels;
use super::super::events::LoggedEvent;
use super::super::requests::{Done, Request, RequestKey};
use super::super::tenants::Locked;
use super::statement::Rows;
use super::{Action, Change, Target, Write, WriteError, Written};

/// What a batch read.
pub(super) struct Found {
    pub(super) now: Time,
    pub(super) conversations: Vec<(TenantId, Conversation)>,
    pub(super) seen: HashMap<(TenantId, MessageId), ConversationId>,
    pub(super) done: HashMap<RequestKey, Done>,
}

/// A conversation in the course of the batch.
pub(super) struct Slot {
    /// As it was read; none: the batch began it.
    pub(super) before: Option<Conversation>,
    pub(super) now: Conversation,
    pub(super) changed: bool,
}

/// A tenant in the course of the batch.
pub(super) struct Tenant {
    pub(super) revision_before: i64,
    pub(super) revision: i64,
    channels: TenantChannels,
}

/// A batch in the course of its decisions.
pub(super) struct Deciding {
    now: Time,
    tenants: HashMap<TenantId, Tenant>,
    conversations: HashMap<(TenantId, ConversationId), Slot>,
    contacts: HashMap<(TenantId, ChannelId, ContactId), ConversationId>,
    seen: HashMap<(TenantId, MessageId), ConversationId>,
    done: HashMap<RequestKey, Done>,
    ids: ContextV7,
    rows: Rows,
}

/// How far ahead of now something may be said to have happened: clocks differ.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

impl Deciding {
    pub(super) fn new(
        locked: Vec<Locked>,
        mut channels: HashMap<TenantId, TenantChannels>,
        found: Found,
    ) -> Self {
        let tenants = locked
            .into_iter()
            .map(|locked| {
                let channels = channels.remove(&locked.tenant).unwrap_or_default();
                let revision = locked.revision;
                (locked.tenant, Tenant { revision_before: revision, revision, channels })
            })
            .collect();
        let mut contacts = HashMap::new();
        let mut conversations = HashMap::new();
        for (tenant, found) in found.conversations {
            contacts.insert(contact_key(&tenant, &found), found.id);
            let slot = Slot { before: Some(found.clone()), now: found, changed: false };
            conversations.insert((tenant, slot.now.id), slot);
        }
        Self {
            now: found.now,
            tenants,
            conversations,
            contacts,
            seen: found.seen,
            done: found.done,
            ids: ContextV7::new(),
            rows: Rows::default(),
        }
    }

    /// What was decided, to be written.
    pub(super) fn into_rows(self) -> Rows {
        let mut rows = self.rows;
        rows.add_conversations(self.conversations);
        rows.add_tenants(&self.tenants);
        rows
    }

    pub(super) fn decide(&mut self, write: &Write) -> Result<Written, WriteError> {
        let action = in_time(&write.action, self.now)?;
        let tenant = self.tenants.get(&write.tenant).ok_or(WriteError::NotFound)?;
        if let Some(id) = self.repeated(write)? {
            return self.written(write, id, Change::Repeated);
        }
        let id = match &write.target {
            Target::Conversation(id) => Some(*id),
            Target::Contact(channel, contact) => self
                .contacts
                .get(&(write.tenant.clone(), channel.clone(), contact.clone()))
                .copied(),
        };
        let current = id.and_then(|id| self.conversations.get(&(write.tenant.clone(), id)));
        let applied = match (current, &write.target, &action) {
            (Some(slot), _, action) => {
                if write.expected_version.is_some_and(|version| version != slot.now.version) {
                    return Err(WriteError::VersionMismatch { current: slot.now.version });
                }
                let channel = channel(tenant, &slot.now.channel_id);
                self.apply(&slot.now, action, &channel)?
            }
            (None, Target::Contact(channel_id, contact), Action::Command(command)) => {
                let key = Key {
                    id: new_id(&self.ids, self.now),
                    channel_id: channel_id.clone(),
                    contact_id: contact.clone(),
                };
                core::begin(&key, command, &channel(tenant, channel_id), self.now)
                    .ok_or(WriteError::NotFound)
                    .map(Some)?
            }
            (None, ..) => return Err(WriteError::NotFound),
        };
        let changed = applied.is_some();
        let id = match applied {
            Some(applied) => self.record(write, &action, applied),
            None => id.ok_or(WriteError::NotFound)?,
        };
        self.written(write, id, if changed { Change::Made } else { Change::None })
    }

    fn apply(
        &self,
        current: &Conversation,
        action: &Action,
        channel: &Channel,
    ) -> Result<Option<core::Applied>, WriteError> {
        match action {
            Action::AnnounceExpiry => Ok(core::announce_expiry(current, self.now)),
            Action::Command(command) => match core::apply(current, command, channel, self.now) {
                Ok(Outcome::Applied(applied)) => Ok(Some(*applied)),
                Ok(Outcome::Unchanged) => Ok(None),
                Err(why) => Err(WriteError::refused(why, current, self.now)),
            },
        }
    }

    /// The conversation of the message or request, if it was recorded before.
    fn repeated(&self, write: &Write) -> Result<Option<ConversationId>, WriteError> {
        if let Some(request) = &write.request
            && let Some(done) = self.done.get(&request_key(write, request))
        {
            let same = done.content_hash == request.content_hash;
            let original = same.then_some(Some(done.conversation));
            return original.ok_or(WriteError::RequestIdReused(request.id));
        }
        let message = write.message.clone();
        Ok(message.and_then(|message| self.seen.get(&(write.tenant.clone(), message)).copied()))
    }

    /// Takes a change up: later writes of the batch see it, and it will be written.
    fn record(&mut self, write: &Write, action: &Action, applied: core::Applied) -> ConversationId {
        let conversation = applied.conversation;
        let id = conversation.id;
        if let Some(tenant) = self.tenants.get_mut(&write.tenant) {
            for event in applied.events {
                tenant.revision += 1;
                let logged = LoggedEvent {
                    revision: tenant.revision,
                    conversation_id: id,
                    recorded_at: self.now,
                    event,
                };
                self.rows.add_event(&write.tenant, logged);
            }
        }
        if let Some(message) = &write.message {
            self.seen.insert((write.tenant.clone(), message.clone()), id);
            self.rows.add_message(&write.tenant, message, id, action);
        }
        if let Some(request) = &write.request {
            let done = Done { content_hash: request.content_hash.to_vec(), conversation: id };
            self.done.insert(request_key(write, request), done);
            self.rows.add_request(&write.tenant, request, id, self.now);
        }
        self.contacts.insert(contact_key(&write.tenant, &conversation), id);
        let key = (write.tenant.clone(), id);
        // What the batch read stays known: versions and counters are changed by the difference.
        let slot = self.conversations.entry(key).or_insert_with(|| Slot {
            before: None,
            now: conversation.clone(),
            changed: true,
        });
        slot.now = conversation;
        slot.changed = true;
        id
    }

    fn written(
        &self,
        write: &Write,
        id: ConversationId,
        change: Change,
    ) -> Result<Written, WriteError> {
        let slot = self.conversations.get(&(write.tenant.clone(), id));
        let slot = slot.ok_or(WriteError::NotFound)?;
        Ok(Written { conversation: slot.now.clone(), as_of: self.now, change })
    }
}

/// Whether the write can begin a conversation: a message of either side to a contact.
pub(super) fn may_begin(write: &Write, now: Time) -> bool {
    let message =
        matches!(&write.action, Action::Command(Command::Inbound(_) | Command::Outbound(_)));
    message && matches!(&write.target, Target::Contact(..)) && in_time(&write.action, now).is_ok()
}

/// What is said to have happened a little ahead of now happened now.
fn in_time(action: &Action, now: Time) -> Result<Action, WriteError> {
    let mut action = action.clone();
    let Action::Command(command) = &mut action else { return Ok(action) };
    if let Some(told) = command.told_at_mut() {
        if *told > now + AHEAD {
            return Err(WriteError::AheadOfTime);
        }
        *told = (*told).min(now);
    }
    Ok(action)
}

fn channel(tenant: &Tenant, id: &ChannelId) -> Channel {
    tenant.channels.get(id).cloned().unwrap_or_default()
}

fn contact_key(tenant: &TenantId, of: &Conversation) -> (TenantId, ChannelId, ContactId) {
    (tenant.clone(), of.channel_id.clone(), of.contact_id.clone())
}

fn request_key(write: &Write, request: &Request) -> RequestKey {
    (write.tenant.clone(), request.rpc.to_owned(), request.id)
}

/// A time-ordered UUID (version 7) of the batch's time, not of this machine's clock.
fn new_id(ids: &ContextV7, now: Time) -> ConversationId {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    ConversationId(Uuid::new_v7(Timestamp::from_unix(ids, seconds, now.timestamp_subsec_nanos())))
}
