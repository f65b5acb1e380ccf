//! What each write of a batch comes to. Earlier writes of the batch count for later ones, so that
//! a batch is the same as its writes one by one.

mod erase;

use std::collections::HashMap;

use chrono::TimeDelta;
use conversation_state_core::identity::link;
use conversation_state_core::{
    self as core, Channel, ChannelId, Command, ContactId, Conversation, ConversationId, Identity,
    Key, MessageId, Outcome, TenantId, Time,
};
use uuid::ContextV7;

use super::super::channels::TenantChannels;
use super::super::conversations::new_id;
use super::super::events::LoggedEvent;
use super::super::lookup::Found;
use super::super::requests::{Done, Request, RequestKey};
use super::super::tenants::Locked;
use super::known::Known;
use super::rows::Rows;
use super::{Action, Change, Target, Write, WriteError, Written};

/// What a batch read.
pub(super) struct Loaded {
    pub(super) now: Time,
    pub(super) conversations: Vec<Found>,
    pub(super) seen: HashMap<(TenantId, MessageId), ConversationId>,
    pub(super) done: HashMap<RequestKey, Done>,
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
    known: Known,
    seen: HashMap<(TenantId, MessageId), ConversationId>,
    done: HashMap<RequestKey, Done>,
    ids: ContextV7,
    rows: Rows,
}

/// Whose conversation a write is about.
struct Whose {
    /// It; none: there is none yet.
    current: Option<Conversation>,
    /// What the write tells about the person.
    identity: Identity,
    /// Ids that were another person's until now, each with that person's conversation.
    taken: Vec<(ContactId, ConversationId)>,
}

/// How far ahead of now something may be said to have happened: clocks differ.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

impl Deciding {
    pub(super) fn new(
        locked: Vec<Locked>,
        mut channels: HashMap<TenantId, TenantChannels>,
        loaded: Loaded,
    ) -> Self {
        let tenants = locked
            .into_iter()
            .map(|locked| {
                let channels = channels.remove(&locked.tenant).unwrap_or_default();
                let revision = locked.revision;
                (locked.tenant, Tenant { revision_before: revision, revision, channels })
            })
            .collect();
        let mut known = Known::default();
        known.add(loaded.conversations);
        Self {
            now: loaded.now,
            tenants,
            known,
            seen: loaded.seen,
            done: loaded.done,
            ids: ContextV7::new(),
            rows: Rows::default(),
        }
    }

    /// What was decided, to be written, and the time of it.
    pub(super) fn into_rows(self) -> (Rows, Time) {
        let mut rows = self.rows;
        self.known.into_rows(&mut rows);
        rows.add_tenants(&self.tenants);
        (rows, self.now)
    }

    pub(super) fn decide(&mut self, write: &Write) -> Result<Written, WriteError> {
        if matches!(write.action, Action::Erase) {
            return self.erase(write);
        }
        let action = in_time(&write.action, self.now)?;
        if let Some(id) = self.repeated(write)? {
            return self.written(write, id, Change::Repeated);
        }
        let whose = self.whose(write);
        let applied = match &whose.current {
            Some(current) => {
                if write.expected_version.is_some_and(|version| version != current.version) {
                    return Err(WriteError::VersionMismatch { current: current.version });
                }
                self.apply(write, current, &whose.identity, &action)?
            }
            None => Some(self.begin(write, &whose, &action)?),
        };
        let Some(applied) = applied else {
            let id = whose.current.map(|current| current.id).ok_or(WriteError::NotFound)?;
            return self.written(write, id, Change::None);
        };
        self.disentangle(write, &whose);
        let id = self.record(write, &action, applied, &whose.identity);
        self.written(write, id, Change::Made)
    }

    /// Finds the conversation that a write is about, and whose the ids are that it tells.
    fn whose(&self, write: &Write) -> Whose {
        let (channel, contact) = match &write.target {
            Target::Conversation(id) => {
                let current = self.known.get(&write.tenant, *id).cloned();
                return Whose { current, identity: Identity::default(), taken: Vec::new() };
            }
            Target::Contact(channel, contact) => (channel, contact),
        };
        let ids: Vec<ContactId> = std::iter::once(contact).chain(&write.aliases).cloned().collect();
        let link = link(&ids, |id| self.known.of_contact(&write.tenant, channel, id));
        let mut conversations = link.conversations.into_iter().cloned();
        let current = conversations.next();
        let merged = conversations.collect();
        let taken = link.taken.into_iter().map(|(id, from)| (id.clone(), from.id)).collect();
        Whose { current, identity: Identity { ids, merged }, taken }
    }

    fn apply(
        &self,
        write: &Write,
        current: &Conversation,
        identity: &Identity,
        action: &Action,
    ) -> Result<Option<core::Applied>, WriteError> {
        let command = match action {
            Action::AnnounceExpiry => return Ok(core::announce_expiry(current, self.now)),
            Action::Command(command) => command,
            Action::Erase => return Ok(None), // decided apart
        };
        let channel = self.channel(write, &current.channel_id);
        match core::apply(current, identity, command, &channel, self.now) {
            Ok(Outcome::Applied(applied)) => Ok(Some(*applied)),
            Ok(Outcome::Unchanged) => Ok(None),
            Err(why) => Err(WriteError::refused(why, current, self.now)),
        }
    }

    fn begin(
        &self,
        write: &Write,
        whose: &Whose,
        action: &Action,
    ) -> Result<core::Applied, WriteError> {
        let (Target::Contact(channel, _), Action::Command(command)) = (&write.target, action)
        else {
            return Err(WriteError::NotFound);
        };
        let is_taken = |id: &ContactId| whose.taken.iter().any(|(taken, _)| taken == id);
        let ids = &whose.identity.ids;
        // An id that was another's is never what names a new conversation: that one's row may
        // still hold it while this one's is written.
        let contact_id = ids.iter().find(|id| !is_taken(id)).ok_or(WriteError::NotFound)?;
        let key = Key {
            id: new_id(&self.ids, self.now),
            channel_id: channel.clone(),
            contact_id: contact_id.clone(),
            aliases: ids.iter().filter(|id| *id != contact_id).cloned().collect(),
        };
        let channel = self.channel(write, channel);
        core::begin(&key, command, &channel, self.now).ok_or(WriteError::NotFound)
    }

    /// Takes ids from those who had them, and tells expiries of conversations that are about to be
    /// no more.
    fn disentangle(&mut self, write: &Write, whose: &Whose) {
        for (id, from) in &whose.taken {
            let from = self.known.get(&write.tenant, *from);
            if let Some(released) = from.and_then(|from| core::release(from, id, self.now)) {
                self.take_up(write, released);
            }
        }
        for merged in &whose.identity.merged {
            if let Some(announced) = core::announce_expiry(merged, self.now) {
                self.take_up(write, announced);
            }
        }
    }

    /// The conversation of the message or request, if it was recorded before.
    fn repeated(&self, write: &Write) -> Result<Option<ConversationId>, WriteError> {
        if let Some(request) = &write.request
            && let Some(done) = self.done.get(&request_key(write, request))
        {
            let same = done.content_hash == request.content_hash;
            let original = same.then_some(done.conversation);
            return original.ok_or(WriteError::RequestIdReused(request.id));
        }
        let message = write.message.clone();
        Ok(message.and_then(|message| self.seen.get(&(write.tenant.clone(), message)).copied()))
    }

    /// Records a write: later ones of the batch see it, and it will be written.
    fn record(
        &mut self,
        write: &Write,
        action: &Action,
        applied: core::Applied,
        identity: &Identity,
    ) -> ConversationId {
        let id = self.take_up(write, applied);
        for merged in &identity.merged {
            self.known.merge(&write.tenant, merged.id, id);
        }
        if let Some(message) = &write.message {
            self.seen.insert((write.tenant.clone(), message.clone()), id);
            self.rows.add_message(&write.tenant, message, id, action, self.now);
        }
        if let Some(request) = &write.request {
            let content_hash = request.content_hash.to_vec();
            let done = Done { content_hash, conversation: Some(id) };
            self.done.insert(request_key(write, request), done);
            self.rows.add_request(&write.tenant, request, id, self.now);
        }
        id
    }

    /// Takes up what became of one conversation, with its events.
    fn take_up(&mut self, write: &Write, applied: core::Applied) -> ConversationId {
        let id = applied.conversation.id;
        self.log(&write.tenant, id, applied.events);
        self.known.put(&write.tenant, applied.conversation);
        id
    }

    fn log(&mut self, of: &TenantId, conversation_id: ConversationId, events: Vec<core::Event>) {
        let Some(tenant) = self.tenants.get_mut(of) else { return };
        for event in events {
            tenant.revision += 1;
            let (revision, recorded_at) = (tenant.revision, self.now);
            self.rows.add_event(of, LoggedEvent { revision, conversation_id, recorded_at, event });
        }
    }

    fn written(
        &self,
        write: &Write,
        id: ConversationId,
        change: Change,
    ) -> Result<Written, WriteError> {
        let conversation = self.known.get(&write.tenant, id).ok_or(WriteError::NotFound)?;
        Ok(Written { conversation: conversation.clone(), as_of: self.now, change })
    }

    fn channel(&self, write: &Write, id: &ChannelId) -> Channel {
        let channels = self.tenants.get(&write.tenant).map(|tenant| &tenant.channels);
        let known = channels.and_then(|channels| channels.get(id));
        known.map(|channel| channel.behaviour.clone()).unwrap_or_default()
    }
}

/// Whether the write needs the tenant's row where it has none: a message of either side to a contact
/// can begin a conversation, and an erasure is remembered by its request.
pub(super) fn needs_tenant(write: &Write, now: Time) -> bool {
    if matches!(write.action, Action::Erase) {
        return write.request.is_some();
    }
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

fn request_key(write: &Write, request: &Request) -> RequestKey {
    (write.tenant.clone(), request.rpc.to_owned(), request.id)
}
