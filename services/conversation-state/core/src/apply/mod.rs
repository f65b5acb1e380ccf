//! The transitions: what a command makes of a conversation, or why it may not be.
//!
//! Messages live in [`messages`], what people and the bot ask for in [`commands`], a conversation's
//! end in [`erasure`]. This module holds what they share: the version, the announcement of an expiry
//! that the write meets, and the event.

mod commands;
mod erasure;
mod messages;
mod refusal;
#[cfg(test)]
mod tests;

pub use erasure::erase;
pub use refusal::Refusal;

use std::collections::BTreeSet;

use azeer_domain::{Actor, ChannelId, ContactId, ConversationId, Time};

use crate::channel::Channel;
use crate::command::Command;
use crate::conversation::Conversation;
use crate::event::{Event, EventType, Placement, Reason};
use crate::identity::unite;
use crate::routing::RuleId;
use crate::state::State;

/// What a command comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It changes the conversation.
    Applied(Box<Applied>),
    /// There is nothing to change.
    Unchanged,
}

/// A conversation after a write, and what the log tells about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// The facts now.
    pub conversation: Conversation,
    /// In order: the announcement of an expiry that the write met, if it met one; then one event
    /// that tells all the write did.
    pub events: Vec<Event>,
}

/// What a conversation that does not exist yet would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The id it gets.
    pub id: ConversationId,
    /// The channel.
    pub channel_id: ChannelId,
    /// The contact, by the id that names the conversation.
    pub contact_id: ContactId,
    /// The contact's other ids.
    pub aliases: BTreeSet<ContactId>,
}

/// What is learned, with a message or notice, about whose conversation it is.
#[derive(Debug, Clone, Default)]
pub struct Identity {
    /// The ids that came together: all are this contact's.
    pub ids: Vec<ContactId>,
    /// Conversations that turned out to be this person's, as they are; the survivor is older.
    pub merged: Vec<Conversation>,
}

/// What a rule made of the facts; [`apply`] adds what all writes have in common.
struct Change {
    event_type: EventType,
    actor: Actor,
    reason: Option<Reason>,
    occurred_at: Time,
    note: Option<String>,
    out_of_turn: bool,
    routed_by: Option<RuleId>,
    merged: Vec<ConversationId>,
}

impl Change {
    fn new(event_type: EventType, actor: Actor, occurred_at: Time) -> Self {
        Self {
            event_type,
            actor,
            reason: None,
            occurred_at,
            note: None,
            out_of_turn: false,
            routed_by: None,
            merged: Vec::new(),
        }
    }

    fn reason(self, reason: Reason) -> Self {
        Self { reason: Some(reason), ..self }
    }

    fn note(self, note: Option<&String>) -> Self {
        Self { note: note.cloned(), ..self }
    }
}

/// Applies a command to a conversation as it is at `now`.
pub fn apply(
    current: &Conversation,
    identity: &Identity,
    command: &Command,
    channel: &Channel,
    now: Time,
) -> Result<Outcome, Refusal> {
    let mut next = unite(current, &identity.merged, now);
    let learned = identity.ids.iter().filter(|id| next.add_contact_id(id)).count() > 0;
    let change = match command {
        Command::Inbound(m) => Some(messages::inbound(&mut next, m, channel, now)),
        Command::Outbound(m) => Some(messages::outbound(&mut next, m, now)),
        Command::WindowClosed(report) => messages::window_closed(&mut next, report),
        Command::Identified(notice) => (learned || !identity.merged.is_empty())
            .then(|| Change::new(EventType::AliasAdded, Actor::SYSTEM, notice.occurred_at)),
        Command::Close(c) => Some(commands::close(&mut next, c, now)?),
        Command::Reopen(c) => Some(commands::reopen(&mut next, c, now)?),
        Command::HandOff(c) => Some(commands::hand_off(&mut next, c, now)?),
        Command::ReturnToBot(c) => Some(commands::return_to_bot(&mut next, c, channel, now)?),
        Command::Assign(c) => Some(commands::assign(&mut next, c, now)?),
    };
    let Some(mut change) = change else {
        return Ok(Outcome::Unchanged);
    };
    if !identity.merged.is_empty() {
        // The greatest plus one, also where the message changed the handler.
        let merged = identity.merged.iter().map(|merged| merged.handler.epoch);
        let greatest = merged.fold(current.handler.epoch, i64::max);
        next.handler.epoch = greatest + 1;
        change.event_type = EventType::ConversationMerged;
        change.merged = identity.merged.iter().map(|merged| merged.id).collect();
    }
    Ok(Outcome::Applied(Box::new(written(current, next, change, now))))
}

/// Takes an id from a contact: it is another person's now. None if the contact does not have it,
/// or no other.
#[must_use]
pub fn release(current: &Conversation, id: &ContactId, now: Time) -> Option<Applied> {
    let mut next = current.clone();
    let change = Change::new(EventType::AliasRemoved, Actor::SYSTEM, now);
    next.remove_contact_id(id).then(|| written(current, next, change, now))
}

/// A write to a conversation: one version more, and its event after the announcement of an expiry
/// that it met.
fn written(current: &Conversation, mut next: Conversation, change: Change, now: Time) -> Applied {
    let mut events: Vec<Event> = expiry_event(current, now).into_iter().collect();
    next.version += 1;
    events.push(finish(&mut next, change, Some(current), now));
    Applied { conversation: next, events }
}

/// Begins a conversation with the first message of either side. None for a command that cannot
/// begin one.
#[must_use]
pub fn begin(key: &Key, command: &Command, channel: &Channel, now: Time) -> Option<Applied> {
    let (mut next, change);
    match command {
        Command::Inbound(m) => {
            next = messages::blank(key, messages::first_handler(None, channel), m.occurred_at, now);
            change = messages::inbound(&mut next, m, channel, now);
        }
        Command::Outbound(m) => {
            let handler = messages::first_handler(Some(&m.sender), channel);
            next = messages::blank(key, handler, m.occurred_at, now);
            change = messages::outbound(&mut next, m, now);
        }
        _ => return None,
    }
    let change = Change { event_type: EventType::Created, ..change };
    let event = finish(&mut next, change, None, now);
    Some(Applied { conversation: next, events: vec![event] })
}

/// Announces that the window has ended, if it has and nobody did yet. Takes no version.
#[must_use]
pub fn announce_expiry(current: &Conversation, now: Time) -> Option<Applied> {
    let event = expiry_event(current, now)?;
    let mut conversation = current.clone();
    conversation.announced_state = State::Expired;
    Some(Applied { conversation, events: vec![event] })
}

fn expiry_event(current: &Conversation, now: Time) -> Option<Event> {
    if !current.expiry_is_due(now) {
        return None;
    }
    Some(Event {
        event_type: EventType::Expired,
        from_state: Some(current.announced_state),
        to_state: Some(State::Expired),
        actor: Actor::SYSTEM,
        reason: None,
        occurred_at: current.window_expires_at?,
        version: current.version,
        handler: current.handler.clone(),
        awaiting_reply: current.awaiting_reply(),
        before: Some(Placement::of(current)),
        note: None,
        out_of_turn: false,
        routed_by: None,
        merged: Vec::new(),
    })
}

/// Stamps the write and tells what it made of the conversation before it, if there was one.
fn finish(
    next: &mut Conversation,
    change: Change,
    before: Option<&Conversation>,
    now: Time,
) -> Event {
    next.update_time = now;
    next.announced_state = next.state(now);
    Event {
        event_type: change.event_type,
        from_state: before.map(|before| before.state(now)),
        to_state: Some(next.announced_state),
        actor: change.actor,
        reason: change.reason,
        occurred_at: change.occurred_at,
        version: next.version,
        handler: next.handler.clone(),
        awaiting_reply: next.awaiting_reply(),
        before: before.map(Placement::of),
        note: change.note,
        out_of_turn: change.out_of_turn,
        routed_by: change.routed_by,
        merged: change.merged,
    }
}
