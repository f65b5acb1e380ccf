//! What is asked: an endless row of requests over a population, in random order. Those that can be
//! sent again are encoded ahead.

use bytes::Bytes;
use http::Uri;
use rand::rngs::SmallRng;
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use tokio::time::Instant;

use super::messages::Message;
use super::spec::{Call, Spec};
use super::wire::path;
use crate::population::Population;

/// How many requests of a kind that can be repeated are made ahead, for all slots together.
const AHEAD: u64 = 4_096;

/// The requests of one slot of a driver.
pub(super) struct Requests {
    call: Call,
    population: Population,
    slot: u64,
    slots: u64,
    began_at: (i64, Instant),
    host: String,
    random: SmallRng,
    /// Empty where each request is new.
    ahead: Vec<(Uri, Bytes)>,
    turn: usize,
    /// The second of a pair.
    second: Option<(Uri, Bytes)>,
}

/// A conversation of a tenant, by numbers, and what makes a message new.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    pub(super) tenant: u64,
    pub(super) i: u64,
    pub(super) random: u64,
    /// Microseconds since 1970.
    pub(super) now: i64,
}

// === impl Requests ===

impl Requests {
    pub(super) fn new(spec: &Spec, slot: u64, slots: u64) -> Self {
        let mut requests = Self {
            call: spec.call.clone(),
            population: spec.population.clone(),
            slot,
            slots,
            began_at: (spec.now, Instant::now()),
            host: format!("http://{}", spec.address),
            random: SmallRng::from_os_rng(),
            ahead: Vec::new(),
            turn: 0,
            second: None,
        };
        if requests.call.is_each_once() {
            // Each slot has its own, so that no two are of one conversation.
            let own = (slot..requests.population.each).step_by(usize::try_from(slots).unwrap_or(1));
            requests.ahead = own.map(|i| requests.make_of(i)).collect();
            requests.ahead.shuffle(&mut requests.random);
        } else if requests.call.is_read() {
            let many = (AHEAD / slots).max(64);
            requests.ahead = (0..many).map(|_| requests.make()).collect();
        }
        requests
    }

    /// Whether a pair has begun: its second is still to be sent.
    pub(super) fn in_a_pair(&self) -> bool {
        self.second.is_some()
    }

    pub(super) fn next(&mut self) -> (Uri, Bytes) {
        if let Some(second) = self.second.take() {
            return second;
        }
        if self.ahead.is_empty() {
            return self.make();
        }
        self.turn = (self.turn + 1) % self.ahead.len();
        self.ahead[self.turn].clone()
    }

    fn make(&mut self) -> (Uri, Bytes) {
        let i = self.draw();
        self.make_of(i)
    }

    fn make_of(&mut self, i: u64) -> (Uri, Bytes) {
        let aim = self.aim(i);
        let (first, second) = Message::of(&self.call, &self.population, aim);
        self.second = second.map(|message| self.encode(&message));
        self.encode(&first)
    }

    /// Which conversation is next.
    fn draw(&mut self) -> u64 {
        let each = self.population.each;
        match self.call.class() {
            // Of those, each slot has its own: a pair must not meet another.
            Some(class) => {
                let own = (each / 10 / self.slots).max(1);
                let tens = self.slot + self.slots * self.random.random_range(0..own);
                (10 * tens + class) % each
            }
            None if matches!(self.call, Call::GetOneConversation) => 0,
            None => self.random.random_range(0..each),
        }
    }

    fn aim(&mut self, i: u64) -> Aim {
        let tenants = self.population.tenants;
        let (since, began) = self.began_at;
        let passed = i64::try_from(began.elapsed().as_micros()).unwrap_or(0);
        let tenant = self.random.random_range(0..tenants);
        Aim { tenant, i, random: self.random.random(), now: since + passed }
    }

    fn encode(&self, message: &Message) -> (Uri, Bytes) {
        // INVARIANT: host and path are made of what a URI may hold.
        let uri = format!("{}{}", self.host, path(message.method)).parse().expect("it is a URI");
        (uri, message.frame.clone())
    }
}

// === impl Call ===

impl Call {
    /// Whether it can be sent again: it changes nothing.
    pub(crate) fn is_read(&self) -> bool {
        matches!(
            self,
            Self::Health
                | Self::GetConversation
                | Self::GetOneConversation
                | Self::BatchGetConversations
                | Self::GetSendContext
                | Self::ListConversations(_)
                | Self::GetTabCounts(_)
                | Self::ListConversationEvents
                | Self::GetChannel
                | Self::ListChannels
                | Self::CheckSend
        )
    }

    /// Whether all conversations are asked about, one after the other, before one is again.
    fn is_each_once(&self) -> bool {
        matches!(self, Self::CheckSend)
    }

    /// Whether the answer is a decision.
    pub(super) fn is_decided(&self) -> bool {
        matches!(
            self,
            Self::CheckSend
                | Self::AuthorizeFreeForm
                | Self::AuthorizeBody
                | Self::AuthorizeTemplate
        )
    }

    /// Which of ten conversations it takes, if not any: those that were seeded open and with
    /// people, for each pair its own.
    fn class(&self) -> Option<u64> {
        match self {
            Self::CloseThenReopen => Some(0),
            Self::ReturnToBotThenHandOff => Some(1),
            Self::AssignConversation => Some(2),
            Self::ReportWindowClosedThenRecord => Some(3),
            _ => None,
        }
    }
}
