//! The contract once more, in the dullest way: all that was recorded is kept, and every question
//! is answered by looking through all of it. Shares no rule with the code that it judges.

use super::*;
use crate::channel::OnInboundWhenClosed;

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    /// What the customer said that counts: when, and the window's duration then.
    said: Vec<(Time, TimeDelta)>,
    /// When messages were sent that the platform refused, and the customer had not written since.
    refused: Vec<Time>,
    answers: Vec<Answer>,
    /// When the bot's conversation was handed off.
    hand_offs: Vec<Time>,
    templates: Vec<Time>,
    /// A message of the customer was recorded after a template that is newer.
    messages_late: bool,
    outbound: Vec<Time>,
    pub(super) closed: Option<Time>,
    /// The bot, or people: team and agent.
    handler: Option<(Option<TeamId>, Option<AgentId>)>,
    pub(super) epoch: i64,
    handler_since: Option<Time>,
}

#[derive(Debug, Clone)]
struct Answer {
    at: Time,
    by_bot: bool,
    /// What an agent sent while the bot had it is not told apart from the bot's answers once an
    /// agent takes over with an older message.
    doubtful: bool,
}

/// The platform's clock has whole seconds: what happened within one has no certain order.
fn same_second(a: Time, b: Time) -> bool {
    a.timestamp() == b.timestamp()
}

impl Model {
    pub(super) fn begin(command: &Command, channel: &Channel, now: Time) -> Self {
        let agent = match command {
            Command::Outbound(m) if m.sender.kind == ActorKind::Agent => Some(m.sender.id.clone()),
            _ => None,
        };
        let handler = match agent {
            Some(agent) => Some((None, agent)),
            None if channel.bot_enabled => None,
            None => Some((None, None)),
        };
        // Nothing written since the first message is older than its handler.
        let handler_since = command.clone().told_at_mut().map(|at| *at);
        let mut model = Self { handler, epoch: 1, handler_since, ..Self::default() };
        model.record(command, channel, now);
        model
    }

    // === What it says ===

    pub(super) fn last_said(&self) -> Option<Time> {
        self.said.iter().map(|(at, _)| *at).max()
    }

    pub(super) fn last_outbound(&self) -> Option<Time> {
        self.outbound.iter().copied().max()
    }

    /// The end of the window that the newest message made, unless the platform refused it.
    pub(super) fn window_end(&self) -> Option<Time> {
        let refused = self.refused.iter().max();
        let counts = |at: Time| refused.is_none_or(|refused| at > *refused);
        // Of two of the same time the later told.
        let newest = self.said.iter().max_by_key(|(at, _)| *at)?;
        counts(newest.0).then_some(newest.0 + newest.1)
    }

    pub(super) fn state(&self, now: Time) -> State {
        match (self.closed, self.window_end(), &self.handler) {
            (Some(_), _, _) => State::Closed,
            (None, Some(end), None) if now <= end => State::Bot,
            (None, Some(end), Some(_)) if now <= end => State::Open,
            _ => State::Expired,
        }
    }

    /// Whether the customer waits; none where the contract leaves it open.
    pub(super) fn awaiting_reply(&self) -> Option<bool> {
        if self.closed.is_some() {
            return Some(false);
        }
        let asked = [self.last_said(), self.hand_offs.iter().copied().max()];
        let waits: Vec<Option<bool>> =
            asked.into_iter().flatten().map(|at| self.answered(at).map(|yes| !yes)).collect();
        if waits.contains(&Some(true)) {
            return Some(true);
        }
        if waits.contains(&None) { None } else { Some(false) }
    }

    fn answered(&self, asked_at: Time) -> Option<bool> {
        let close = |a: &&Answer| same_second(a.at, asked_at);
        let later = |a: &&Answer| a.at > asked_at;
        if self.answers.iter().filter(|a| !close(a)).filter(later).any(|a| !a.doubtful) {
            return Some(true);
        }
        let unclear = self.answers.iter().any(|a| close(&a) || later(&a));
        if unclear { None } else { Some(false) }
    }

    /// The templates since the customer's last message, and whether that is certain.
    pub(super) fn unanswered_templates(&self) -> (usize, bool) {
        let last = self.last_said();
        let count = self.templates.iter().filter(|at| last.is_none_or(|last| **at >= last)).count();
        (count, !self.messages_late)
    }

    pub(super) fn handler(&self) -> (HandlerKind, Option<TeamId>, Option<AgentId>) {
        match self.handler.clone() {
            None => (HandlerKind::Bot, None, None),
            Some((team, agent)) => (HandlerKind::Human, team, agent),
        }
    }

    pub(super) fn oldest_question(&self) -> Option<Time> {
        self.said.iter().map(|(at, _)| *at).chain(self.hand_offs.iter().copied()).min()
    }

    /// Whether the command is refused; none where that hangs on whether the customer waits and
    /// that is left open.
    pub(super) fn refuses(&self, command: &Command, channel: &Channel) -> Option<bool> {
        let closed = self.closed.is_some();
        let bot_has_it = self.handler.is_none();
        let staff = |by: &Actor| matches!(by.kind, ActorKind::Agent | ActorKind::System);
        let old = |epoch: Option<i64>| epoch.is_some_and(|epoch| epoch != self.epoch);
        Some(match command {
            Command::Inbound(_)
            | Command::Outbound(_)
            | Command::WindowClosed(_)
            | Command::Identified(_) => false,
            Command::Close(c) if c.actor.kind != ActorKind::Agent || closed => true,
            Command::Close(c) => !c.acknowledge_unanswered && self.awaiting_reply()?,
            Command::Reopen(c) => !staff(&c.actor) || !closed,
            Command::HandOff(c) => {
                let may = staff(&c.actor) || (c.actor.kind == ActorKind::Bot && bot_has_it);
                !may || closed || old(c.handler_epoch)
            }
            Command::ReturnToBot(c) => {
                !staff(&c.actor) || closed || bot_has_it || !channel.bot_enabled
            }
            Command::Assign(c) => !staff(&c.actor) || closed || bot_has_it,
        })
    }

    /// Whether a message that the platform refused tells anything new.
    pub(super) fn corrects(&self, sent_at: Time) -> bool {
        let wrote_since = self.said.iter().any(|(at, _)| *at > sent_at);
        let known = self.refused.iter().any(|at| *at >= sent_at);
        !wrote_since && !known
    }

    // === What happens ===

    /// Keeps what was applied.
    pub(super) fn record(&mut self, command: &Command, channel: &Channel, now: Time) {
        match command {
            Command::Inbound(m) => self.inbound(m, channel, now),
            Command::Outbound(m) => self.outbound(m, now),
            Command::WindowClosed(m) => self.refused.push(m.sent_at),
            Command::Identified(_) => {}
            Command::Close(_) => self.closed = Some(now),
            Command::Reopen(_) => self.closed = None,
            Command::HandOff(c) => {
                if self.handler.is_none() {
                    self.hand_offs.push(now);
                }
                self.hand_to(Some((c.team.clone(), c.agent.clone())), now);
            }
            Command::ReturnToBot(_) => self.hand_to(None, now),
            Command::Assign(c) => self.hand_to(Some((c.team.clone(), c.agent.clone())), now),
        }
    }

    fn inbound(&mut self, message: &Inbound, channel: &Channel, now: Time) {
        if message.kind == InboundKind::Reaction && !channel.reactions_open_window {
            return;
        }
        let at = message.occurred_at;
        self.messages_late |= self.templates.iter().any(|template| *template >= at);
        self.said.push((at, channel.window_duration));
        let Some(closed_at) = self.closed else { return };
        match (channel.on_inbound_when_closed, channel.bot_enabled, self.handler.clone()) {
            (OnInboundWhenClosed::StayClosed, ..) => return,
            (OnInboundWhenClosed::ReopenToBot, true, _) => self.hand_to(None, now),
            (_, _, Some((team, _))) if at > closed_at + channel.reopen_to_last_agent_within => {
                self.hand_to(Some((team, None)), now);
            }
            _ => {}
        }
        self.closed = None;
    }

    fn outbound(&mut self, message: &Outbound, now: Time) {
        let at = message.occurred_at;
        let by_agent = message.sender.kind == ActorKind::Agent;
        let by_bot = message.sender.kind == ActorKind::Bot;
        let free_form = message.kind == OutboundKind::FreeForm;
        self.outbound.push(at);
        if !free_form {
            self.templates.push(at);
        }
        let since = self.handler_since.unwrap_or(at);
        let told_in_seconds = at.timestamp_subsec_nanos() == 0;
        let turn = at >= since || (told_in_seconds && same_second(at, since));
        if by_agent && free_form && self.handler.is_none() && turn {
            for answer in &mut self.answers {
                answer.doubtful |= answer.at > at;
            }
            self.hand_to(Some((None, message.sender.id.clone())), now);
        }
        if by_agent || (by_bot && free_form && self.handler.is_none()) {
            self.answers.push(Answer { at, by_bot, doubtful: false });
        }
    }

    fn hand_to(&mut self, to: Option<(Option<TeamId>, Option<AgentId>)>, now: Time) {
        if to == self.handler {
            return;
        }
        if to.is_some() && self.handler.is_none() {
            // The bot does not have it any more.
            self.answers.retain(|answer| !answer.by_bot);
        }
        self.handler = to;
        self.epoch += 1;
        self.handler_since = Some(now);
    }
}
