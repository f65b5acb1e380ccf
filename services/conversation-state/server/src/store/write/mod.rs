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

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::Duration;

use azeer_runtime::clock::Clock;
use azeer_runtime::group_commit::{Commit, GroupCommit, NotCommitted, Options};
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{
    ChannelId, Command, ContactId, Conversation, ConversationId, MessageId, Refusal, State,
    TenantId, Time,
};
use deadpool_postgres::Pool;
use thiserror::Error;
use tracing::{error, warn};
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

/// Names a conversation.
#[derive(Debug, Clone)]
pub enum Target {
    /// By its id.
    Conversation(ConversationId),
    /// By whom it is with.
    Contact(ChannelId, ContactId),
}

/// What to do to a conversation.
#[derive(Debug, Clone)]
pub enum Action {
    /// Record a fact or make a change.
    Command(Command),
    /// Tell that its window has ended, if that is so and was not told yet.
    AnnounceExpiry,
}

/// What came of a write.
#[derive(Debug, Clone)]
pub struct Written {
    /// The conversation after it.
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
    /// The database is away or too busy; the logs know it by this id. It may have been written all
    /// the same.
    #[error("the database is not available")]
    Unavailable(Uuid),
    /// Too many writes are waiting. It was not written.
    #[error("too many writes are waiting")]
    Overloaded,
    /// The service is stopping. It was not written.
    #[error("the service is stopping")]
    Stopping,
    /// A bug; the logs know it by this id.
    #[error("internal error {0}")]
    Internal(Uuid),
}

impl WriteError {
    fn refused(why: Refusal, current: &Conversation, now: Time) -> Self {
        let (state, handler_epoch) = (current.state(now), current.handler.epoch);
        Self::Refused { why, conversation: current.id, state, handler_epoch }
    }
}

/// Writes for many callers.
pub(super) struct Writer {
    group: GroupCommit<Committer>,
}

impl Writer {
    pub(super) fn start(
        pool: Pool,
        clock: Clock,
        options: Options,
        followers: Arc<dyn Followers>,
    ) -> Self {
        let committer = Committer { pool, clock, channels: ChannelCache::default(), followers };
        Self { group: GroupCommit::start(&Arc::new(committer), options) }
    }

    /// Writes, together with what others want written now.
    pub(super) async fn write(&self, write: Write) -> Result<Written, WriteError> {
        let shard = BuildHasherDefault::<DefaultHasher>::new().hash_one(&write.tenant);
        match self.group.submit(shard, write).await {
            Ok(outcome) => outcome,
            Err(NotCommitted::Full) => Err(WriteError::Overloaded),
            Err(NotCommitted::Stopped) => Err(WriteError::Stopping),
            Err(error @ NotCommitted::Unknown) => Err(internal(&error)),
        }
    }

    /// Finishes what waits.
    pub(super) async fn stop(self) {
        self.group.stop().await;
    }
}

/// Commits batches.
struct Committer {
    pool: Pool,
    clock: Clock,
    channels: ChannelCache,
    followers: Arc<dyn Followers>,
}

impl Committer {
    /// How often a batch is tried when others are in its way, or its connection was dead.
    const TRIES: usize = 4;
    /// A batch that takes longer is given up. Its connection is closed; what the database still does
    /// for it ends by the session's own limits.
    const LONGEST: Duration = Duration::from_secs(10);

    async fn commit_together(
        &self,
        writes: &[Write],
    ) -> Result<Vec<Result<Written, WriteError>>, StoreError> {
        let mut tries = 1;
        loop {
            let batch = self.run(writes);
            let outcome =
                tokio::time::timeout(Self::LONGEST, batch).await.unwrap_or(Err(batch::Failure {
                    error: StoreError::Timeout,
                    nothing_written: false,
                }));
            match outcome {
                Ok(written) => return Ok(written),
                Err(failure) if failure.nothing_written && tries < Self::TRIES => {
                    warn!(error = %failure.error, tries, "batch tried again");
                    tries += 1;
                }
                Err(failure) => return Err(failure.error),
            }
        }
    }
}

impl Commit for Committer {
    type Item = Write;
    type Reply = Result<Written, WriteError>;

    async fn commit(&self, writes: Vec<Write>) -> Vec<Self::Reply> {
        let failure = match self.commit_together(&writes).await {
            Ok(written) => return written,
            Err(failure) => failure,
        };
        if failure.is_unavailable() {
            let error = unavailable(&failure);
            return writes.iter().map(|_| Err(error.clone())).collect();
        }
        // Some write holds what the database does not take. The others don't suffer for it.
        warn!(error = %failure, writes = writes.len(), "batch refused; trying its writes one by one");
        let mut outcomes = Vec::with_capacity(writes.len());
        for write in &writes {
            outcomes.push(match self.commit_together(std::slice::from_ref(write)).await {
                Ok(mut written) => written.pop().unwrap_or_else(|| Err(internal(&"no outcome"))),
                Err(error) if error.is_unavailable() => Err(unavailable(&error)),
                Err(error) => Err(internal(&error)),
            });
        }
        outcomes
    }
}

fn unavailable(error: &StoreError) -> WriteError {
    let id = Uuid::new_v4();
    warn!(request_id = %id, %error, "batch not committed");
    WriteError::Unavailable(id)
}

fn internal(error: &dyn std::fmt::Display) -> WriteError {
    let id = Uuid::new_v4();
    error!(request_id = %id, %error, "write failed");
    WriteError::Internal(id)
}
