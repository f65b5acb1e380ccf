//! What many callers want written, in batches on the database: gathered, tried again where that
//! helps, and item by item where the database refuses one of them.
//!
//! What a batch writes, and what its items are told, is the service's.

mod guard;
#[cfg(test)]
mod tests;

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tracing::{error, warn};
use uuid::Uuid;

pub use guard::Guard;

use crate::group_commit::{Commit, GroupCommit, NotCommitted, Options};
use crate::store_error::StoreError;

/// How often a batch is tried when others are in its way, or its connection was dead.
const TRIES: usize = 4;
/// A batch that takes longer is given up. Its connection is closed; what the database still does for
/// it ends by the session's own limits.
const LONGEST: Duration = Duration::from_secs(10);

/// Writes the items of one batch.
pub trait Batch: Sized + Send + Sync + 'static {
    /// What one caller wants written.
    type Item: Send + Sync + 'static;
    /// What came of it.
    type Done: Send + 'static;
    /// Why it was not written, or that it is not known whether it was.
    type Error: From<Lost> + Send + 'static;

    /// Writes all items or none, in their order, and answers each at its place. An item that is
    /// refused for what it asks is answered so, and is none of the others' business.
    fn run(
        &self,
        items: &[Self::Item],
    ) -> impl Future<Output = Result<Outcomes<Self>, Failure>> + Send;
}

/// What came of the items of a batch, each at its place.
pub type Outcomes<B> = Vec<Outcome<B>>;
/// What came of an item.
pub type Outcome<B> = Result<<B as Batch>::Done, <B as Batch>::Error>;

/// A batch that failed as a whole.
#[derive(Debug)]
pub struct Failure {
    error: StoreError,
    /// It is certain that nothing was written, and trying again is worth while.
    try_again: bool,
}

/// An item that was not written, or of which it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Lost {
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

/// Writes for many callers.
pub struct Batches<B: Batch> {
    group: GroupCommit<Trying<B>>,
}

struct Trying<B>(B);

// === impl Failure ===

impl Failure {
    /// Of a batch that had not begun to write.
    #[must_use]
    pub fn before_writing(error: StoreError) -> Self {
        // A connection that broke may be an old one; the next is new.
        let try_again = error.is_conflict() || error.is_closed();
        Self { error, try_again }
    }

    /// Of a batch that was writing, or may have been committed.
    #[must_use]
    pub fn of_writing(error: StoreError) -> Self {
        Self { try_again: error.is_conflict(), error }
    }
}

// === impl Lost ===

impl Lost {
    fn unavailable(error: &StoreError) -> Self {
        let id = Uuid::new_v4();
        warn!(request_id = %id, %error, "batch not committed");
        Self::Unavailable(id)
    }

    /// A bug: tells the logs of it.
    #[must_use]
    pub fn internal(error: &dyn std::fmt::Display) -> Self {
        let id = Uuid::new_v4();
        error!(request_id = %id, %error, "write failed");
        Self::Internal(id)
    }
}

impl From<NotCommitted> for Lost {
    fn from(error: NotCommitted) -> Self {
        match error {
            NotCommitted::Full => Self::Overloaded,
            NotCommitted::Stopped => Self::Stopping,
            NotCommitted::Unknown => Self::internal(&error),
        }
    }
}

// === impl Batches ===

impl<B: Batch> Batches<B> {
    /// Starts the shards.
    #[must_use]
    pub fn start(batch: B, options: Options) -> Self {
        Self { group: GroupCommit::start(&Arc::new(Trying(batch)), options) }
    }

    /// Has the item written, together with what others want written now. Items with the same key
    /// are written in the order of their submission.
    pub async fn submit(&self, key: &(impl Hash + Sync), item: B::Item) -> Outcome<B> {
        let key = BuildHasherDefault::<DefaultHasher>::new().hash_one(key);
        let submitted = self.group.submit(key, item).await;
        submitted.unwrap_or_else(|error| Err(Lost::from(error).into()))
    }

    /// Finishes what waits.
    pub async fn stop(self) {
        self.group.stop().await;
    }
}

// === impl Trying ===

impl<B: Batch> Trying<B> {
    async fn together(&self, items: &[B::Item]) -> Result<Outcomes<B>, StoreError> {
        let mut tries = 1;
        loop {
            let outcome = tokio::time::timeout(LONGEST, self.0.run(items)).await;
            match outcome.unwrap_or(Err(Failure { error: StoreError::Timeout, try_again: false })) {
                Ok(outcomes) => return Ok(outcomes),
                Err(failure) if failure.try_again && tries < TRIES => {
                    warn!(error = %failure.error, tries, "batch tried again");
                    tries += 1;
                }
                Err(failure) => return Err(failure.error),
            }
        }
    }

    async fn alone(&self, item: &B::Item) -> Outcome<B> {
        match self.together(std::slice::from_ref(item)).await {
            Ok(mut outcomes) => {
                outcomes.pop().unwrap_or_else(|| Err(Lost::internal(&"no outcome").into()))
            }
            Err(error) if error.is_unavailable() => Err(Lost::unavailable(&error).into()),
            Err(error) => Err(Lost::internal(&error).into()),
        }
    }
}

impl<B: Batch> Commit for Trying<B> {
    type Item = B::Item;
    type Reply = Outcome<B>;

    async fn commit(&self, items: Vec<B::Item>) -> Outcomes<B> {
        let error = match self.together(&items).await {
            Ok(outcomes) => return outcomes,
            Err(error) => error,
        };
        if error.is_unavailable() {
            let lost = Lost::unavailable(&error);
            return items.iter().map(|_| Err(lost.into())).collect();
        }
        // Some item holds what the database does not take. The others don't suffer for it.
        warn!(%error, items = items.len(), "batch refused; trying its items one by one");
        let mut outcomes = Vec::with_capacity(items.len());
        for item in &items {
            outcomes.push(self.alone(item).await);
        }
        outcomes
    }
}
