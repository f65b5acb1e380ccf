//! One conversation of several that turned out to be one person's.

use azeer_domain::Time;
use chrono::TimeDelta;

use crate::command::HandOff;
use crate::conversation::{Conversation, HandlerKind};

/// Makes one conversation of `survivor` and `others`. Nothing that a person waits for or may rely
/// on is lost: it is open if one was, a person keeps what a person had, and who waited waits.
///
/// Version and epoch are the greatest of all; the write that unites them adds one to each.
pub(crate) fn unite(survivor: &Conversation, others: &[Conversation], now: Time) -> Conversation {
    let mut united = survivor.clone();
    for other in others {
        absorb(&mut united, other);
    }
    let who = |c: &Conversation| (c.handler.kind, c.handler.team.clone(), c.handler.agent.clone());
    // Whoever had all of them did not change.
    if others.iter().any(|other| who(other) != who(survivor)) {
        united.handler_since = now;
    }
    united
}

fn absorb(into: &mut Conversation, other: &Conversation) {
    for id in other.contact_ids() {
        into.add_contact_id(id);
    }
    unite_waiting(into, other);
    unite_messages(into, other);
    unite_handling(into, other);
    into.version = into.version.max(other.version);
    into.update_time = into.update_time.max(other.update_time);
}

/// Who waits in either, waits. A closing saw to what was unanswered, unless both are closed.
fn unite_waiting(into: &mut Conversation, other: &Conversation) {
    let both_closed = into.closing.is_some() && other.closing.is_some();
    let waits = |c: &Conversation| c.waiting_since.filter(|_| both_closed || c.closing.is_none());
    into.waiting_since = waits(into).into_iter().chain(waits(other)).min();
    // None is the least: what one of them never had answered is not answered.
    into.answered_until = into.answered_until.min(other.answered_until);
}

/// The newest message of both makes window, name and template count.
fn unite_messages(into: &mut Conversation, other: &Conversation) {
    let recency = |c: &Conversation| (c.last_inbound_at, c.window_expires_at);
    let (newest, older) =
        if recency(other) > recency(into) { (other, &*into) } else { (&*into, other) };
    let sent_since = older.last_outbound_at > newest.last_inbound_at;
    let templates = if sent_since { older.unanswered_templates } else { 0 };
    let unanswered_templates = newest.unanswered_templates.saturating_add(templates);
    let contact_name = newest.contact_name.clone().or_else(|| older.contact_name.clone());
    let (last_inbound_at, window_expires_at) = recency(newest);

    into.unanswered_templates = unanswered_templates;
    into.contact_name = contact_name;
    into.last_inbound_at = last_inbound_at;
    into.last_outbound_at = into.last_outbound_at.max(other.last_outbound_at);
    into.window_closed_at = into.window_closed_at.max(other.window_closed_at);
    into.window_expires_at = match into.window_closed_at {
        // What the platform said of one of them it said of this person.
        Some(closed_at) if last_inbound_at <= Some(closed_at) => {
            window_expires_at.map(|end| end.min(closed_at - TimeDelta::microseconds(1)))
        }
        _ => window_expires_at,
    };
}

/// It is closed only if both are. People come before the bot, what somebody has before what
/// nobody has, the last to take over before others; and all that before what is closed.
fn unite_handling(into: &mut Conversation, other: &Conversation) {
    let claim = |c: &Conversation| {
        let by_people = c.handler.kind == HandlerKind::Human;
        let has_owner = c.handler.team.is_some() || c.handler.agent.is_some();
        (c.closing.is_none(), by_people, has_owner, c.handler_since)
    };
    let epoch = into.handler.epoch.max(other.handler.epoch);
    if claim(other) > claim(into) {
        into.handler = other.handler.clone();
        into.handler_since = other.handler_since;
    }
    into.handler.epoch = epoch;
    unite_collected(into, other);
    into.closing = match (into.closing.take(), &other.closing) {
        (Some(one), Some(two)) => Some(if two.at > one.at { two.clone() } else { one }),
        _ => None,
    };
}

/// Of values under one key the one last written stays; of more than a conversation holds, what was
/// written last stays whole.
fn unite_collected(into: &mut Conversation, other: &Conversation) {
    let (newer, older) = if other.update_time > into.update_time {
        (&other.collected, &into.collected)
    } else {
        (&into.collected, &other.collected)
    };
    let mut united = newer.clone();
    for (key, value) in older {
        if united.contains_key(key) {
            continue;
        }
        united.insert(key.clone(), value.clone());
        if !HandOff::holds(&united) {
            united.remove(key);
        }
    }
    into.collected = united;
}
