//! conversation-state, as it is asked for the facts about conversations, and told what was sent.
//!
//! A call's facts are read after the call began. Calls are gathered: while a lane waits for its
//! answer, whatever arrives is asked for by the next lane that is free, in one request. Nothing
//! waits for a timer, and nothing is told from memory.
//!
//! - `context`: what is asked and what is told
//! - `origin`, `resolve`: where conversation-state is
//! - `peer`, `roster`, `replica`: its replicas, and which of them can be asked
//! - `call`: what they can be asked
//! - `lane`: one batch after the other, each tried again elsewhere where that may help
//! - `failure`: what came of an attempt that gave no answer

mod call;
mod context;
mod failure;
mod lane;
mod origin;
mod peer;
mod replica;
mod resolve;
mod roster;
mod sparing;

use std::sync::Arc;
use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use thiserror::Error;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

pub use context::{Ask, Context, Facts, Handler, HandlerKind, InboundMessage};
pub use origin::{InvalidOrigin, Origin};
pub use resolve::Resolve;

pub(crate) use call::{Answer, Attempt, Call, Client};
pub(crate) use failure::Failure;
pub(crate) use roster::Replicas;

use lane::{Lane, Waiting};
use peer::Peer;
use sparing::Complaints;

/// How conversation-state is asked.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many batches may be in flight. Each lane has a connection of its own to each replica.
    pub lanes: usize,
    /// How many conversations a batch asks for at the most; 256 is what conversation-state takes.
    pub largest_batch: usize,
    /// How many calls may wait for a lane before others are turned away.
    pub queue: usize,
    /// How often the replicas' addresses are looked up, if none of them fails.
    pub resolve_every: Duration,
    /// How long a connection may take.
    pub connect_timeout: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lanes: 2,
            largest_batch: 128,
            queue: 4_096,
            resolve_every: Duration::from_secs(5),
            connect_timeout: Duration::from_millis(500),
        }
    }
}

/// The facts could not be had: nothing may be decided. The logs tell why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("conversation-state cannot be asked; try again in {retry_after:?}")]
pub struct Unavailable {
    /// When it is worth while to try again.
    pub retry_after: Duration,
}

impl Unavailable {
    /// Others may be in the way, or a replica has just gone.
    const SOON: Self = Self { retry_after: Duration::from_millis(200) };
}

/// The conversations as conversation-state knows them. Dropping it ends all that it does.
pub struct Conversations {
    queue: mpsc::Sender<Waiting>,
    complaints: Arc<Complaints>,
    peer: Peer,
    _lanes: JoinSet<()>,
}

impl Conversations {
    /// Begins to look for replicas, by what DNS says of the origin, and to ask them.
    #[must_use]
    pub fn start(origin: &Origin, options: Options) -> Self {
        Self::start_resolving(origin, Arc::new(origin.clone()), options)
    }

    /// The same with another way to find the replicas' addresses.
    #[must_use]
    pub fn start_resolving(origin: &Origin, resolve: Arc<dyn Resolve>, options: Options) -> Self {
        let complaints = Arc::new(Complaints::default());
        let peer = Peer::start(origin, resolve, options, &complaints);
        let (queue, waiting) = mpsc::channel(options.queue);
        let waiting = Arc::new(Mutex::new(waiting));
        let budget = Arc::new(lane::budget());
        let mut lanes = JoinSet::new();
        for _ in 0..options.lanes.max(1) {
            let lane = Lane {
                queue: Arc::clone(&waiting),
                largest_batch: options.largest_batch,
                replicas: peer.replicas(),
                budget: Arc::clone(&budget),
                complaints: Arc::clone(&complaints),
            };
            lanes.spawn(lane.run());
        }
        Self { queue, complaints, peer, _lanes: lanes }
    }

    /// The replicas, for whoever has something else to say to them. They are kept up with for as
    /// long as they are held.
    pub(crate) fn replicas<C: Call>(&self) -> Replicas<C> {
        self.peer.replicas()
    }

    /// The facts about one conversation, read after this call began; none told later than the
    /// deadline.
    pub async fn context(&self, ask: &Ask, deadline: Instant) -> Result<Context, Unavailable> {
        let (reply, answer) = oneshot::channel();
        let request = pb::GetSendContextRequest::from(ask);
        if self.queue.try_send(Waiting { request, deadline, reply }).is_err() {
            self.complaints.unanswered(1, "too many calls are waiting");
            return Err(Unavailable::SOON);
        }
        match timeout_at(deadline, answer).await {
            Ok(Ok(told)) => told,
            // The lane tells the logs why.
            Ok(Err(_)) | Err(_) => Err(Unavailable::SOON),
        }
    }
}
