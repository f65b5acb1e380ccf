//! What messages, of either side, do to a conversation. They are facts: none is refused.

use std::collections::BTreeMap;

use azeer_domain::{Actor, ActorKind, AgentId, Time};

use super::{Change, Key};
use crate::channel::{Channel, OnInboundWhenClosed};
use crate::command::{Inbound, InboundKind, Outbound, OutboundKind, WindowClosed};
use crate::conversation::{Conversation, Handler, HandlerKind};
use crate::event::{EventType, Reason};
use crate::routing::RuleId;
use crate::state::State;
use crate::time::not_older;

/// A conversation before its first message.
///
/// Its handler has had it since that message was told: an answer given before the message was even
/// recorded is not older than that.
pub(super) fn blank(key: &Key, handler: Handler, told_at: Time, now: Time) -> Conversation {
    Conversation {
        id: key.id,
        channel_id: key.channel_id.clone(),
        contact_id: key.contact_id.clone(),
        aliases: key.aliases.clone(),
        contact_name: None,
        handler,
        handler_since: told_at,
        last_inbound_at: None,
        last_outbound_at: None,
        window_expires_at: None,
        window_closed_at: None,
        answered_until: None,
        waiting_since: None,
        unanswered_templates: 0,
        collected: BTreeMap::new(),
        closing: None,
        announced_state: State::Expired,
        create_time: now,
        update_time: now,
        version: 1,
    }
}

/// Who handles a new conversation: the agent who began it, else the bot where it is on, else
/// people.
pub(super) fn first_handler(sender: Option<&Actor>, channel: &Channel) -> Handler {
    let agent = sender.filter(|actor| actor.kind == ActorKind::Agent);
    let kind =
        if agent.is_none() && channel.bot_enabled { HandlerKind::Bot } else { HandlerKind::Human };
    Handler { kind, team: None, agent: agent.and_then(|actor| actor.id.clone()), epoch: 1 }
}

pub(super) fn inbound(
    next: &mut Conversation,
    message: &Inbound,
    channel: &Channel,
    now: Time,
) -> Change {
    let newest = next.last_inbound_at.is_none_or(|last| message.occurred_at >= last);
    // A name that comes late is an old one, but better than none.
    if let Some(name) = &message.contact_name
        && (newest || next.contact_name.is_none())
    {
        next.contact_name = Some(name.clone());
    }
    let (mut event_type, mut routed_by) = (EventType::InboundRecorded, None);
    if message.kind != InboundKind::Reaction || channel.reactions_open_window {
        let reopened = reopen(next, message.occurred_at, channel, now);
        hear(next, message.occurred_at, channel);
        routed_by = route(next, message, channel, now);
        event_type = match (reopened, &routed_by) {
            (true, _) => EventType::Reopened,
            (false, Some(_)) => EventType::HandedOff,
            (false, None) => EventType::InboundRecorded,
        };
    }
    Change {
        routed_by,
        ..Change::new(event_type, Actor::CUSTOMER, message.occurred_at)
            .reason(Reason::Inbound(message.kind))
    }
}

/// While the bot has the conversation, a keyword passes it to a team.
fn route(
    next: &mut Conversation,
    message: &Inbound,
    channel: &Channel,
    now: Time,
) -> Option<RuleId> {
    if next.handler.kind != HandlerKind::Bot || next.closing.is_some() {
        return None;
    }
    let rule = channel.routing.route(message.text.as_ref()?)?;
    leave_bot(next, now);
    next.set_handler(HandlerKind::Human, Some(rule.team.clone()), None, now);
    Some(rule.id.clone())
}

/// The bot's answers count for nothing from here on: a person is asked for.
pub(super) fn leave_bot(next: &mut Conversation, now: Time) {
    next.waiting_since = Some(now);
    next.answered_until = Some(now);
}

/// Reopens a closed conversation as the channel wants it. However old the message is: nobody has
/// read it.
fn reopen(next: &mut Conversation, said_at: Time, channel: &Channel, now: Time) -> bool {
    let Some(closing) = &next.closing else {
        return false;
    };
    let reunite = said_at - closing.at <= channel.reopen_to_last_agent_within;
    match channel.on_inbound_when_closed {
        OnInboundWhenClosed::StayClosed => return false,
        OnInboundWhenClosed::ReopenToBot if channel.bot_enabled => {
            next.set_handler(HandlerKind::Bot, None, None, now);
        }
        // A bot that is off would leave the customer alone: then people get it, as with Reopen.
        OnInboundWhenClosed::ReopenToBot | OnInboundWhenClosed::Reopen => {
            if next.handler.kind == HandlerKind::Human && !reunite {
                next.set_handler(HandlerKind::Human, next.handler.team.clone(), None, now);
            }
        }
    }
    next.closing = None;
    // Whoever closed it saw to what was unanswered then: the wait begins with this message. One
    // that came too late to matter leaves the wait for a newer message as it was.
    next.waiting_since = next.waiting_since.map(|since| since.max(said_at));
    true
}

/// The customer said something at `said_at`: window, waiting and template count.
fn hear(next: &mut Conversation, said_at: Time, channel: &Channel) {
    // The newest message makes the window; an older one that comes late moves nothing back.
    if next.last_inbound_at.is_none_or(|last| said_at >= last) {
        next.last_inbound_at = Some(said_at);
        next.unanswered_templates = 0;
        if next.window_closed_at.is_none_or(|closed_at| said_at > closed_at) {
            next.window_expires_at = Some(said_at + channel.window_duration);
        }
    }
    if next.answered_until.is_none_or(|until| not_older(said_at, until)) {
        next.waiting_since = Some(next.waiting_since.map_or(said_at, |since| since.min(said_at)));
    }
}

pub(super) fn outbound(next: &mut Conversation, message: &Outbound, now: Time) -> Change {
    let stale = message.handler_epoch.is_some_and(|epoch| epoch < next.handler.epoch);
    let out_of_turn = stale || next.closing.is_some();
    if answers(next, message) {
        answer(next, message.occurred_at);
    }
    if takes_over(next, message) {
        // The bot's answers count for nothing from here on: only this message's does.
        next.answered_until = Some(message.occurred_at);
        if next.last_inbound_at > Some(message.occurred_at) {
            next.waiting_since = next.waiting_since.or(next.last_inbound_at);
        }
        let agent: Option<AgentId> = message.sender.id.clone();
        next.set_handler(HandlerKind::Human, None, agent, now);
    }
    let since_customer = next.last_inbound_at.is_none_or(|last| message.occurred_at >= last);
    if message.kind == OutboundKind::Template && since_customer {
        next.unanswered_templates = next.unanswered_templates.saturating_add(1);
    }
    next.last_outbound_at = next.last_outbound_at.max(Some(message.occurred_at));
    Change {
        out_of_turn,
        ..Change::new(EventType::OutboundRecorded, message.sender.clone(), message.occurred_at)
            .reason(Reason::Outbound(message.kind))
    }
}

/// An agent's message answers; the bot's does while the bot has the conversation, but for its
/// templates; the system's never does.
fn answers(next: &Conversation, message: &Outbound) -> bool {
    match message.sender.kind {
        ActorKind::Agent => true,
        ActorKind::Bot => {
            next.handler.kind == HandlerKind::Bot && message.kind == OutboundKind::FreeForm
        }
        ActorKind::System | ActorKind::Customer => false,
    }
}

fn answer(next: &mut Conversation, said_at: Time) {
    let Some(since) = next.waiting_since else {
        next.answered_until = next.answered_until.max(Some(said_at));
        return;
    };
    let last = next.last_inbound_at.unwrap_or(since);
    if said_at >= last && not_older(said_at, since) {
        next.waiting_since = None;
    } else if said_at > since {
        // It answers the earlier messages only. Which ones came between is not kept: the last is
        // known to wait.
        next.waiting_since = Some(last);
    }
    next.answered_until = next.answered_until.max(Some(said_at));
}

/// A person who writes free-form, also from the business's phone, has the conversation from then
/// on; a message older than the last change of handler changes nothing.
fn takes_over(next: &Conversation, message: &Outbound) -> bool {
    message.sender.kind == ActorKind::Agent
        && message.kind == OutboundKind::FreeForm
        && next.handler.kind == HandlerKind::Bot
        && not_older(message.occurred_at, next.handler_since)
}

/// The platform is right: at `sent_at` the window was closed. None if the customer wrote after
/// that, or as much is known already.
pub(super) fn window_closed(next: &mut Conversation, report: &WindowClosed) -> Option<Change> {
    let wrote_since = next.last_inbound_at.is_some_and(|last| last > report.sent_at);
    let known = next.window_closed_at.is_some_and(|closed_at| closed_at >= report.sent_at);
    if wrote_since || known {
        return None;
    }
    let end = report.sent_at - chrono::TimeDelta::microseconds(1);
    next.window_expires_at = next.window_expires_at.map(|expires_at| expires_at.min(end));
    // Kept also where the window had ended by itself: an older message that comes late must not
    // open it.
    next.window_closed_at = Some(report.sent_at);
    Some(Change::new(EventType::WindowCorrected, Actor::SYSTEM, report.sent_at))
}
