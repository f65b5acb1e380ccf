//! The naive model of one conversation: it keeps every message and works everything out from them
//! each time it is asked.

use azeer_proto::conversation::v1::{
    ConversationEventType as Event, ConversationState as State, HandlerKind,
};
use chrono::TimeDelta;
use conversation_state_core::Time;

use super::op::{CHANNELS, Channel, Closed, Sender, Who};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Handler {
    pub(super) kind: HandlerKind,
    pub(super) team: String,
    pub(super) agent: String,
}

/// Who writes for the business in all histories.
pub(super) const AGENT: &str = "sara";

impl Handler {
    pub(super) fn bot() -> Self {
        Self { kind: HandlerKind::Bot, team: String::new(), agent: String::new() }
    }

    pub(super) fn human(team: String, agent: String) -> Self {
        Self { kind: HandlerKind::Human, team, agent }
    }
}

/// Type, state before, state after, version.
pub(super) type Told = (Event, State, State, i64);

#[derive(Debug, Clone)]
pub(super) struct Chat {
    pub(super) who: Who,
    pub(super) id: String,
    pub(super) handler: Handler,
    pub(super) epoch: i64,
    handler_since: Time,
    said: Vec<Time>,
    agents: Vec<Time>,
    /// The bot's answers since it has the conversation.
    bots: Vec<Time>,
    handed_over: Option<Time>,
    refused: Option<Time>,
    pub(super) window: Option<Time>,
    pub(super) last_outbound: Option<Time>,
    pub(super) templates: i32,
    pub(super) closed: Option<Time>,
    pub(super) version: i64,
    pub(super) events: Vec<Told>,
}

impl Chat {
    /// A conversation before its first message, told to be of `at`.
    pub(super) fn new(who: Who, by: Option<Sender>, at: Time) -> Self {
        let handler = match by {
            Some(Sender::Agent) => Handler::human(String::new(), AGENT.into()),
            _ if CHANNELS[who.channel].bot => Handler::bot(),
            _ => Handler::human(String::new(), String::new()),
        };
        Self {
            who,
            id: String::new(),
            handler,
            epoch: 1,
            handler_since: at,
            said: Vec::new(),
            agents: Vec::new(),
            bots: Vec::new(),
            handed_over: None,
            refused: None,
            window: None,
            last_outbound: None,
            templates: 0,
            closed: None,
            version: 0,
            events: Vec::new(),
        }
    }

    pub(super) fn channel(&self) -> Channel {
        CHANNELS[self.who.channel]
    }

    pub(super) fn is_bots(&self) -> bool {
        self.handler.kind == HandlerKind::Bot
    }

    pub(super) fn state(&self, now: Time) -> State {
        match self.window {
            _ if self.closed.is_some() => State::Closed,
            Some(end) if now <= end && self.is_bots() => State::Bot,
            Some(end) if now <= end => State::Open,
            _ => State::Expired,
        }
    }

    pub(super) fn last_inbound(&self) -> Option<Time> {
        self.said.iter().max().copied()
    }

    pub(super) fn awaiting_reply(&self) -> bool {
        let Some(asked) = self.last_inbound().max(self.handed_over) else { return false };
        let answered = self.agents.iter().any(|at| *at >= asked)
            || (self.is_bots() && self.bots.iter().any(|at| *at >= asked));
        self.closed.is_none() && !answered
    }

    fn told_state(&self) -> State {
        self.events.last().map_or(State::Unspecified, |(_, _, to, _)| *to)
    }

    /// Tells an expiry that is due.
    pub(super) fn announce(&mut self, now: Time) {
        let told = self.told_state();
        if matches!(told, State::Open | State::Bot) && self.state(now) == State::Expired {
            self.events.push((Event::Expired, told, State::Expired, self.version));
        }
    }

    /// Tells what was just done; the expiry that it met was told before.
    pub(super) fn tell(&mut self, event: Event, now: Time) {
        let event = if self.version == 0 { Event::Created } else { event };
        self.version += 1;
        let (from, to) = (self.told_state(), self.state(now));
        self.events.push((event, from, to, self.version));
    }

    pub(super) fn handle(&mut self, handler: Handler, now: Time) {
        if self.handler != handler {
            self.handler = handler;
            self.epoch += 1;
            self.handler_since = now;
            self.bots.clear();
        }
    }

    pub(super) fn inbound(&mut self, at: Time, reaction: bool, now: Time) {
        self.announce(now);
        let mut event = Event::InboundRecorded;
        if !reaction {
            if self.closed.is_some() && self.channel().when_closed != Closed::Stay {
                self.reopen_for_customer(at, now);
                event = Event::Reopened;
            }
            if self.refused.is_none_or(|refused| at > refused) {
                self.window = self.window.max(Some(at + self.channel().window));
            }
            if self.last_inbound().is_none_or(|last| at >= last) {
                self.templates = 0;
            }
            self.said.push(at);
        }
        self.tell(event, now);
    }

    fn reopen_for_customer(&mut self, at: Time, now: Time) {
        let closed = self.closed.take().unwrap();
        if self.channel().when_closed == Closed::ToBot {
            self.handle(Handler::bot(), now);
        } else if !self.is_bots() && at - closed > TimeDelta::hours(24) {
            let team = self.handler.team.clone();
            self.handle(Handler::human(team, String::new()), now);
        }
    }

    pub(super) fn outbound(&mut self, at: Time, sender: Sender, template: bool, now: Time) {
        self.announce(now);
        match sender {
            Sender::Agent => {
                self.agents.push(at);
                if self.is_bots() && !template && at >= self.handler_since {
                    self.handle(Handler::human(String::new(), AGENT.into()), now);
                }
            }
            Sender::Bot if self.is_bots() && !template => self.bots.push(at),
            Sender::Bot | Sender::System => {}
        }
        if template && self.last_inbound().is_none_or(|last| at >= last) {
            self.templates += 1;
        }
        self.last_outbound = self.last_outbound.max(Some(at));
        self.tell(Event::OutboundRecorded, now);
    }

    pub(super) fn window_closed(&mut self, sent: Time, now: Time) {
        let wrote_since = self.last_inbound().is_some_and(|last| last > sent);
        if wrote_since || self.refused.is_some_and(|refused| refused >= sent) {
            return;
        }
        self.announce(now);
        self.refused = Some(sent);
        self.window = self.window.map(|end| end.min(sent - TimeDelta::microseconds(1)));
        self.tell(Event::WindowCorrected, now);
    }

    /// Whether a person was asked for.
    pub(super) fn hand_over(&mut self, now: Time) {
        if self.is_bots() {
            self.handed_over = Some(now);
        }
    }
}
