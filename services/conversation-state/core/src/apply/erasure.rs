//! What the log tells when a contact is erased, and the conversation with it.

use azeer_domain::{Actor, Time};

use super::expiry_event;
use crate::conversation::Conversation;
use crate::event::{Event, EventType, Placement};

/// Ends a conversation for good. Gives what the log tells of it, which is nothing about the person:
/// the announcement of an expiry that it met, then the erasure.
#[must_use]
pub fn erase(current: &Conversation, now: Time) -> Vec<Event> {
    let erased = Event {
        event_type: EventType::ContactErased,
        from_state: Some(current.state(now)),
        to_state: None,
        actor: Actor::SYSTEM,
        reason: None,
        occurred_at: now,
        version: current.version + 1,
        handler: current.handler.clone(),
        awaiting_reply: false,
        before: Some(Placement::of(current)),
        note: None,
        out_of_turn: false,
        routed_by: None,
        merged: Vec::new(),
    };
    expiry_event(current, now).into_iter().chain([erased]).collect()
}
