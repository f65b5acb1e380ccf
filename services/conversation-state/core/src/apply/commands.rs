//! What people, the bot and the system may ask of a conversation.

use azeer_domain::{Actor, ActorKind, Time};

use super::messages::leave_bot;
use super::{Change, Refusal};
use crate::channel::Channel;
use crate::command::{Assign, Close, HandOff, Reopen, ReturnToBot};
use crate::conversation::{Closing, Conversation, HandlerKind};
use crate::event::{EventType, Reason};

pub(super) fn close(next: &mut Conversation, ask: &Close, now: Time) -> Result<Change, Refusal> {
    if ask.actor.kind != ActorKind::Agent {
        return Err(Refusal::OnlyAgentMayClose);
    }
    if next.closing.is_some() {
        return Err(Refusal::AlreadyClosed);
    }
    if next.awaiting_reply() && !ask.acknowledge_unanswered {
        return Err(Refusal::LastMessageUnanswered);
    }
    next.closing = Some(Closing { at: now, by: ask.actor.clone(), reason: ask.reason });
    Ok(Change::new(EventType::Closed, ask.actor.clone(), now)
        .reason(Reason::Close(ask.reason))
        .note(ask.note.as_ref()))
}

pub(super) fn reopen(next: &mut Conversation, ask: &Reopen, now: Time) -> Result<Change, Refusal> {
    require_agent_or_system(&ask.actor)?;
    if next.closing.take().is_none() {
        return Err(Refusal::NotClosed);
    }
    Ok(Change::new(EventType::Reopened, ask.actor.clone(), now).note(ask.note.as_ref()))
}

pub(super) fn hand_off(
    next: &mut Conversation,
    ask: &HandOff,
    now: Time,
) -> Result<Change, Refusal> {
    let from_bot = next.handler.kind == HandlerKind::Bot;
    let current_epoch = ask.handler_epoch.is_none_or(|epoch| epoch == next.handler.epoch);
    match ask.actor.kind {
        // A bot hands off only what it has.
        ActorKind::Bot if !from_bot || !current_epoch => return Err(Refusal::ActorNotAllowed),
        ActorKind::Customer => return Err(Refusal::ActorNotAllowed),
        _ if !current_epoch => return Err(Refusal::HandlerEpochStale),
        _ => {}
    }
    require_not_closed(next)?;
    if from_bot {
        leave_bot(next, now);
    }
    next.set_handler(HandlerKind::Human, ask.team.clone(), ask.agent.clone(), now);
    next.collected.extend(ask.collected.clone());
    if !HandOff::holds(&next.collected) {
        return Err(Refusal::CollectedTooLarge);
    }
    Ok(Change::new(EventType::HandedOff, ask.actor.clone(), now).note(ask.note.as_ref()))
}

pub(super) fn return_to_bot(
    next: &mut Conversation,
    ask: &ReturnToBot,
    channel: &Channel,
    now: Time,
) -> Result<Change, Refusal> {
    require_agent_or_system(&ask.actor)?;
    require_not_closed(next)?;
    if next.handler.kind == HandlerKind::Bot {
        return Err(Refusal::BotIsHandler);
    }
    if !channel.bot_enabled {
        return Err(Refusal::BotDisabled);
    }
    next.set_handler(HandlerKind::Bot, None, None, now);
    Ok(Change::new(EventType::ReturnedToBot, ask.actor.clone(), now).note(ask.note.as_ref()))
}

pub(super) fn assign(next: &mut Conversation, ask: &Assign, now: Time) -> Result<Change, Refusal> {
    require_agent_or_system(&ask.actor)?;
    require_not_closed(next)?;
    if next.handler.kind == HandlerKind::Bot {
        return Err(Refusal::BotIsHandler);
    }
    next.set_handler(HandlerKind::Human, ask.team.clone(), ask.agent.clone(), now);
    Ok(Change::new(EventType::Assigned, ask.actor.clone(), now))
}

fn require_agent_or_system(actor: &Actor) -> Result<(), Refusal> {
    match actor.kind {
        ActorKind::Agent | ActorKind::System => Ok(()),
        ActorKind::Bot | ActorKind::Customer => Err(Refusal::ActorNotAllowed),
    }
}

fn require_not_closed(conversation: &Conversation) -> Result<(), Refusal> {
    if conversation.closing.is_some() { Err(Refusal::Closed) } else { Ok(()) }
}
