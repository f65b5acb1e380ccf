//! One conversation in the making: each thing that happens is a command that the core applies.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DurationRound as _, TimeDelta};
use conversation_state::store::ChannelSettings;
use conversation_state::store::bulk::{History, new_id};
use conversation_state_core::{
    self as core, Actor, ActorKind, AgentId, Assign, Channel, Close, CloseReason, Command,
    ContactId, HandOff, Identity, Inbound, InboundKind, Key, MessageId, Outbound, OutboundKind,
    Outcome, TeamId, Time,
};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};
use uuid::ContextV7;

use super::timeline::Moments;
use super::{Error, people};

/// What bots gather, and what they note for whoever takes over.
const TOPICS: &[(&str, &str)] = &[
    ("order", "يسأل عن موعد وصول الطلب"),
    ("refund", "يريد استرداد المبلغ"),
    ("invoice", "Needs an invoice with the VAT number"),
    ("delivery", "The address must be changed before delivery"),
];

const REASONS: &[CloseReason] = &[
    CloseReason::Resolved,
    CloseReason::Resolved,
    CloseReason::Resolved,
    CloseReason::OrderCompleted,
    CloseReason::OrderCompleted,
    CloseReason::NoResponse,
    CloseReason::Spam,
    CloseReason::Other,
];

pub(super) const BOT: Actor = Actor { kind: ActorKind::Bot, id: None };

/// A conversation in the making.
pub(super) struct Tale<'a> {
    channel: &'a ChannelSettings,
    contact_id: ContactId,
    team: TeamId,
    agent: AgentId,
    when: Moments,
    random: &'a mut StdRng,
    ids: &'a ContextV7,
    told: Option<History>,
}

// === impl Tale ===

impl<'a> Tale<'a> {
    /// Of the contact of a number. Nothing has happened yet.
    pub(super) fn new(
        channel: &'a ChannelSettings,
        number: u32,
        when: Moments,
        random: &'a mut StdRng,
        ids: &'a ContextV7,
    ) -> Result<Self, Error> {
        let contact_id = people::contact(number)?;
        let (team, agent) = people::team(random)?;
        Ok(Self { channel, contact_id, team, agent, when, random, ids, told: None })
    }

    /// All that happened.
    pub(super) fn told(self) -> Result<History, Error> {
        self.told.ok_or(Error::NoEffect)
    }

    pub(super) fn random(&mut self) -> &mut StdRng {
        self.random
    }

    pub(super) fn customer_writes(&mut self, ago: TimeDelta) -> Result<(), Error> {
        let now = self.when.next();
        let command = Command::Inbound(Inbound {
            text: None,
            occurred_at: platform_time(now - ago),
            kind: InboundKind::Message,
            contact_name: Some(people::name(self.random)),
        });
        self.tell(&command, now)
    }

    pub(super) fn agent_writes(&mut self, ago: TimeDelta) -> Result<(), Error> {
        self.send(self.agent(), OutboundKind::FreeForm, ago)
    }

    pub(super) fn send(
        &mut self,
        sender: Actor,
        kind: OutboundKind,
        ago: TimeDelta,
    ) -> Result<(), Error> {
        let now = self.when.next();
        let occurred_at = platform_time(now - ago);
        let message = Outbound { occurred_at, sender, kind, handler_epoch: None };
        self.tell(&Command::Outbound(message), now)
    }

    /// Where a bot has it, it passes it on with what it gathered; else the system sorts it.
    pub(super) fn reach_team(&mut self) -> Result<(), Error> {
        let now = self.when.next();
        let team = Some(self.team.clone());
        let command = if self.channel.behaviour.bot_enabled {
            let random = &mut *self.random;
            let (topic, note) = TOPICS[random.random_range(0..TOPICS.len())];
            let order = random.random_range(10_000..1_000_000).to_string();
            let gathered = [("topic", topic.to_owned()), ("order", order)];
            let collected: BTreeMap<String, String> =
                gathered.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
            Command::HandOff(HandOff {
                actor: BOT,
                team,
                agent: None,
                note: random.random_bool(0.3).then(|| note.to_owned()),
                collected,
                handler_epoch: Some(1),
            })
        } else {
            // Some stay with nobody.
            if self.random.random_bool(0.3) {
                return Ok(());
            }
            Command::Assign(Assign { actor: Actor::SYSTEM, team, agent: None })
        };
        self.tell(&command, now)
    }

    pub(super) fn assign(&mut self) -> Result<(), Error> {
        let now = self.when.next();
        let (team, agent) = (Some(self.team.clone()), Some(self.agent.clone()));
        self.tell(&Command::Assign(Assign { actor: self.agent(), team, agent }), now)
    }

    pub(super) fn close(&mut self) -> Result<(), Error> {
        let now = self.when.next();
        let reason = REASONS.choose(self.random).copied();
        let command = Command::Close(Close {
            actor: self.agent(),
            reason: reason.unwrap_or(CloseReason::Resolved),
            note: None,
            acknowledge_unanswered: false,
        });
        self.tell(&command, now)
    }

    /// Has the core make the change, and keeps what it made.
    fn tell(&mut self, command: &Command, now: Time) -> Result<(), Error> {
        let channel = &self.channel.behaviour;
        let message = match command {
            Command::Inbound(_) | Command::Outbound(_) => {
                Some(people::message(&self.contact_id, self.random)?)
            }
            _ => None,
        };
        match &mut self.told {
            Some(history) => match core::apply(
                history.conversation(),
                &Identity::default(),
                command,
                channel,
                now,
            )? {
                Outcome::Applied(applied) => history.record(*applied, command, message, now),
                Outcome::Unchanged => return Err(Error::NoEffect),
            },
            None => self.told = Some(self.first(command, channel, message, now)?),
        }
        Ok(())
    }

    fn first(
        &self,
        command: &Command,
        channel: &Channel,
        message: Option<MessageId>,
        now: Time,
    ) -> Result<History, Error> {
        let key = Key {
            aliases: BTreeSet::new(),
            id: new_id(self.ids, now),
            channel_id: self.channel.id.clone(),
            contact_id: self.contact_id.clone(),
        };
        let begun = core::begin(&key, command, channel, now).ok_or(Error::NoEffect)?;
        Ok(History::begin(begun, command, message.ok_or(Error::NoEffect)?, now))
    }

    fn agent(&self) -> Actor {
        Actor { kind: ActorKind::Agent, id: Some(self.agent.clone()) }
    }

    /// Within a month, and so long ago that the window has ended.
    pub(super) fn long_ago(&mut self) -> TimeDelta {
        let minutes = self.random.random_range(10..30 * 24 * 60);
        Channel::FULL_WINDOW + TimeDelta::minutes(minutes)
    }
}

/// The platform tells whole seconds.
fn platform_time(at: Time) -> Time {
    at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(at)
}
