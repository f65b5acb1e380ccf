//! The one write path. Writes of many callers are gathered into batches; a batch locks its
//! tenants, reads what it needs, decides in memory with the pure core, and writes everything in
//! one statement.
//!
//! - [`batch`]: one batch, from BEGIN to COMMIT
//! - [`decide`]: what each write comes to, in the batch's order
//! - [`known`]: the conversations in the course of that
//! - [`rows`]: what is to be written
//! - [`statement`]: the statement that writes it
//! - [`tell`]: what is told of a batch once it is committed

mod batch;
mod decide;
mod known;
mod rows;
mod statement;
mod tell;

use std::sync::Arc;

use azeer_runtime::batches::{Batches, Lost};
use azeer_runtime::clock::Clock;
use azeer_runtime::group_commit::Options;
use conversation_state_core::{
    Command, ContactId, Conversation, ConversationId, MessageId, Refusal, State, Target, TenantId,
    Time,
};
use deadpool_postgres::Pool;
use thiserror::Error;
use uuid::Uuid;

use super::channels::ChannelCache;
use super::log::Followers;
use super::requests::Request;

/// What one caller wants written.
#[derive(Debug, Clone)]
pub struct Write {
    /// The tenant.
    pub tenant: TenantId,
    /// The conversation.
    pub target: Target,
    /// Other ids of the contact that the target names: all are one person's.
    pub aliases: Vec<ContactId>,
    /// What to do to it.
    pub action: Action,
    /// The message that it records: seen before, it does nothing.
    pub message: Option<MessageId>,
    /// The caller's request: done before, it does nothing.
    pub request: Option<Request>,
    /// The version that the conversation must have.
    pub expected_version: Option<i64>,
}

impl Write {
    /// A write that repeats nothing, whatever version the conversation has.
    #[must_use]
    pub fn new(tenant: TenantId, target: Target, action: Action) -> Self {
        Self {
            tenant,
            target,
            aliases: Vec::new(),
            action,
            message: None,
            request: None,
            expected_version: None,
        }
    }
}

/// What to do to a conversation.
#[derive(Debug, Clone)]
pub enum Action {
    /// Record a fact or make a change.
    Command(Command),
    /// Tell that its window has ended, if that is so and was not told yet.
    AnnounceExpiry,
    /// Erase the contact, and the conversation with all that is kept of it.
    Erase,
}

/// What came of a write.
#[derive(Debug, Clone)]
pub struct Written {
    /// The conversation after it; of an erasure, as it was.
    pub conversation: Conversation,
    /// The time of its batch.
    pub as_of: Time,
    /// What it did.
    pub change: Change,
}

/// What a write did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It changed the conversation.
    Made,
    /// There was nothing to change.
    None,
    /// Nothing: its message or request had been recorded before.
    Repeated,
}

impl Written {
    /// Whether its message or request had been recorded before.
    #[must_use]
    pub fn is_duplicate(&self) -> bool {
        self.change == Change::Repeated
    }
}

/// Why nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WriteError {
    /// There is no such conversation.
    #[error("there is no such conversation")]
    NotFound,
    /// The conversation's state or handler forbids it.
    #[error("{why}")]
    Refused {
        /// Why.
        why: Refusal,
        /// The conversation.
        conversation: ConversationId,
        /// Its state now.
        state: State,
        /// Its handler's epoch now.
        handler_epoch: i64,
    },
    /// The conversation has another version.
    #[error("the conversation has another version")]
    VersionMismatch {
        /// The one it has.
        current: i64,
    },
    /// The request id was used for something else.
    #[error("the request id was used for something else")]
    RequestIdReused(Uuid),
    /// It is said to have happened too far ahead of now.
    #[error("it is said to have happened too far ahead of now")]
    AheadOfTime,
    /// It was not written, or that is not known.
    #[error(transparent)]
    Lost(#[from] Lost),
}

impl WriteError {
    fn refused(why: Refusal, current: &Conversation, now: Time) -> Self {
        let (state, handler_epoch) = (current.state(now), current.handler.epoch);
        Self::Refused { why, conversation: current.id, state, handler_epoch }
    }
}

/// Writes for many callers.
pub(super) struct Writer {
    batches: Batches<Committer>,
}

impl Writer {
    pub(super) fn start(
        pool: Pool,
        clock: Clock,
        options: Options,
        followers: Arc<dyn Followers>,
    ) -> Self {
        let committer = Committer { pool, clock, channels: ChannelCache::default(), followers };
        Self { batches: Batches::start(committer, options) }
    }

    /// Writes, together with what others want written now.
    pub(super) async fn write(&self, write: Write) -> Result<Written, WriteError> {
        let tenant = write.tenant.clone();
        self.batches.submit(&tenant, write).await
    }

    /// Finishes what waits.
    pub(super) async fn stop(self) {
        self.batches.stop().await;
    }
}

/// Commits batches.
struct Committer {
    pool: Pool,
    clock: Clock,
    channels: ChannelCache,
    followers: Arc<dyn Followers>,
}
