//! The rules as tables of cases. A case is a short story: what happened when, in the order in
//! which it was recorded; and what the conversation is after it. Stories are told through
//! [`begin`] and [`apply`] alone, so that no case starts from facts that cannot come about.

mod awaiting;
mod beginning;
mod commands;
mod corrections;
mod erasure;
mod events;
mod expiry;
mod generators;
mod handing;
mod identity;
mod inbound;
mod model;
mod outbound;
mod properties;
mod recount;
mod refusals;
mod reopening;
mod routing;
mod state;
mod story;

use azeer_domain::{ActorKind, AgentId, TeamId};
use chrono::TimeDelta;

use self::story::*;
use super::*;
use crate::command::{
    Assign, Close, CloseReason, HandOff, Inbound, InboundKind, Outbound, OutboundKind, Reopen,
    ReturnToBot, WindowClosed,
};
use crate::conversation::{Handler, HandlerKind};

const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);

/// The instant so many minutes after the stories' first midnight.
fn minute(count: i64) -> Time {
    let midnight: Time = "2026-03-01T00:00:00Z".parse().unwrap();
    midnight + TimeDelta::minutes(count)
}

fn hour(count: i64) -> Time {
    minute(count * 60)
}

// === Who ===

fn actor(kind: ActorKind, id: &str) -> Actor {
    Actor { kind, id: Some(AgentId::parse(id).unwrap()) }
}

fn ali() -> Actor {
    actor(ActorKind::Agent, "ali")
}

fn bot() -> Actor {
    actor(ActorKind::Bot, "bot")
}

fn team(name: &str) -> Option<TeamId> {
    (!name.is_empty()).then(|| TeamId::parse(name).unwrap())
}

fn agent(name: &str) -> Option<AgentId> {
    (!name.is_empty()).then(|| AgentId::parse(name).unwrap())
}

/// A handler in one word: `bot`, or people as `team/agent`, either of which may be empty.
fn handler(conversation: &Conversation) -> String {
    let Handler { kind, team, agent, .. } = &conversation.handler;
    match kind {
        HandlerKind::Bot => {
            assert_eq!((team, agent), (&None, &None), "the bot has neither team nor agent");
            "bot".to_owned()
        }
        HandlerKind::Human => format!(
            "{}/{}",
            team.as_ref().map_or("", TeamId::as_str),
            agent.as_ref().map_or("", AgentId::as_str)
        ),
    }
}

// === Channels ===

/// A channel that nobody set up: no bot.
fn people_channel() -> Channel {
    Channel::default()
}

fn bot_channel() -> Channel {
    Channel { bot_enabled: true, ..Channel::default() }
}
