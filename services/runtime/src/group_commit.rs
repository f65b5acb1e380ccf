//! Gathers what many callers want to write into few commits.
//!
//! Each shard has one batch in flight. What arrives meanwhile is the next batch: there is no
//! delay to tune, an idle service commits at once, and a busy one gathers as much as the
//! database makes it wait. What the items are and how they are committed is the committer's.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt as _;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::error;

/// Commits batches.
pub trait Commit: Send + Sync + 'static {
    /// What one caller wants written.
    type Item: Send + 'static;
    /// What that caller is told.
    type Reply: Send + 'static;

    /// Commits the items in their order, as far as each of them can be, and answers each at its
    /// place. Runs to its end even if all callers have gone.
    fn commit(&self, items: Vec<Self::Item>) -> impl Future<Output = Vec<Self::Reply>> + Send;
}

/// How to gather.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How many batches may be in flight at once.
    pub shards: usize,
    /// How many items a batch has at the most.
    pub largest_batch: usize,
    /// How many items may wait in each shard before callers are turned away.
    pub queue: usize,
}

/// An item that was not committed, or of which it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotCommitted {
    /// Too many are waiting; it was not tried.
    #[error("too many writes are waiting")]
    Full,
    /// The service is stopping; it was not tried.
    #[error("the service is stopping")]
    Stopped,
    /// The committer failed in a way it should not.
    #[error("the batch ended without an answer")]
    Unknown,
}

struct Waiting<C: Commit> {
    item: C::Item,
    reply: oneshot::Sender<C::Reply>,
}

/// The shards. Dropping it lets the batches in flight and those that wait finish: the workers are
/// tasks of their own, and end when nobody can submit any more and nothing waits.
pub struct GroupCommit<C: Commit> {
    shards: Vec<mpsc::Sender<Waiting<C>>>,
    workers: Vec<JoinHandle<()>>,
}

impl<C: Commit> GroupCommit<C> {
    /// Starts the shards.
    #[must_use]
    pub fn start(committer: &Arc<C>, options: Options) -> Self {
        let (shards, workers) = (0..options.shards.max(1))
            .map(|_| {
                let (sender, receiver) = mpsc::channel(options.queue);
                let work = work(Arc::clone(committer), receiver, options.largest_batch);
                (sender, tokio::spawn(work))
            })
            .unzip();
        Self { shards, workers }
    }

    /// Has the item committed with others of its shard and gives its own answer. Items with the
    /// same key are committed in the order of their submission. If the caller goes away before
    /// its batch begins, the item is dropped.
    pub async fn submit(&self, key: u64, item: C::Item) -> Result<C::Reply, NotCommitted> {
        let shards = self.shards.len() as u64;
        let shard = usize::try_from(key % shards).unwrap_or_default();
        let (reply, answer) = oneshot::channel();
        self.shards[shard].try_send(Waiting { item, reply }).map_err(|failed| match failed {
            mpsc::error::TrySendError::Full(_) => NotCommitted::Full,
            mpsc::error::TrySendError::Closed(_) => NotCommitted::Stopped,
        })?;
        answer.await.map_err(|_| NotCommitted::Unknown)
    }

    /// Commits what waits and ends the shards.
    pub async fn stop(self) {
        drop(self.shards);
        for worker in self.workers {
            let _ = worker.await;
        }
    }
}

async fn work<C: Commit>(
    committer: Arc<C>,
    mut receiver: mpsc::Receiver<Waiting<C>>,
    largest_batch: usize,
) {
    let mut gathered = Vec::with_capacity(largest_batch);
    while receiver.recv_many(&mut gathered, largest_batch).await > 0 {
        let (items, replies): (Vec<_>, Vec<_>) = gathered
            .drain(..)
            .filter(|waiting| !waiting.reply.is_closed())
            .map(|waiting| (waiting.item, waiting.reply))
            .unzip();
        if items.is_empty() {
            continue;
        }
        // A panic is a bug; it may cost its own batch, but not the shard.
        let Ok(answers) = AssertUnwindSafe(committer.commit(items)).catch_unwind().await else {
            error!("a batch panicked");
            continue;
        };
        for (reply, answer) in replies.into_iter().zip(answers) {
            // A caller who left in the meantime is not told.
            let _ = reply.send(answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tokio::sync::Semaphore;

    use super::*;

    /// Holds each batch until it is let through, and doubles what it is given.
    struct Gate {
        open: Semaphore,
        begun: Semaphore,
        batches: Mutex<Vec<Vec<u32>>>,
    }

    impl Commit for Gate {
        type Item = u32;
        type Reply = u32;

        async fn commit(&self, items: Vec<u32>) -> Vec<u32> {
            self.batches.lock().unwrap().push(items.clone());
            self.begun.add_permits(1);
            self.open.acquire().await.unwrap().forget();
            assert!(!items.contains(&13), "unlucky");
            items.iter().map(|n| n * 2).collect()
        }
    }

    fn gate(queue: usize) -> (Arc<Gate>, Arc<GroupCommit<Gate>>) {
        let gate = Arc::new(Gate {
            open: Semaphore::new(0),
            begun: Semaphore::new(0),
            batches: Mutex::default(),
        });
        let options = Options { shards: 1, largest_batch: 3, queue };
        let group = Arc::new(GroupCommit::start(&gate, options));
        (gate, group)
    }

    /// Submits and waits until the item is in the queue.
    async fn submit(
        group: &Arc<GroupCommit<Gate>>,
        item: u32,
    ) -> tokio::task::JoinHandle<Result<u32, NotCommitted>> {
        let group = Arc::clone(group);
        let task = tokio::spawn(async move { group.submit(0, item).await });
        tokio::task::yield_now().await;
        task
    }

    #[tokio::test]
    async fn gathers_while_a_batch_is_in_flight() {
        let (gate, group) = gate(100);
        let first = submit(&group, 1).await;
        gate.begun.acquire().await.unwrap().forget();
        let mut rest = Vec::new();
        for item in 2..=6 {
            rest.push(submit(&group, item).await);
        }
        gate.open.add_permits(10);
        assert_eq!(first.await.unwrap(), Ok(2));
        for (task, expected) in rest.into_iter().zip([4, 6, 8, 10, 12]) {
            assert_eq!(task.await.unwrap(), Ok(expected));
        }
        let batches = gate.batches.lock().unwrap().clone();
        assert_eq!(batches, [vec![1], vec![2, 3, 4], vec![5, 6]]);
    }

    #[tokio::test]
    async fn drops_what_nobody_waits_for_and_turns_away_what_is_too_much() {
        let (gate, group) = gate(2);
        let first = submit(&group, 1).await;
        gate.begun.acquire().await.unwrap().forget();
        let gone = submit(&group, 2).await;
        let stays = submit(&group, 3).await;
        assert_eq!(submit(&group, 4).await.await.unwrap(), Err(NotCommitted::Full));
        gone.abort();
        assert!(gone.await.unwrap_err().is_cancelled());
        gate.open.add_permits(10);
        assert_eq!(first.await.unwrap(), Ok(2));
        assert_eq!(stays.await.unwrap(), Ok(6));
        assert_eq!(*gate.batches.lock().unwrap(), [vec![1], vec![3]]);
    }

    #[tokio::test]
    async fn a_panic_costs_only_its_batch() {
        let (gate, group) = gate(10);
        gate.open.add_permits(10);
        assert_eq!(submit(&group, 13).await.await.unwrap(), Err(NotCommitted::Unknown));
        assert_eq!(submit(&group, 1).await.await.unwrap(), Ok(2));
    }

    #[tokio::test]
    async fn dropping_lets_what_waits_finish() {
        let (gate, group) = gate(10);
        let key = gate.begun.acquire();
        let waiting = |item| {
            let (reply, answer) = oneshot::channel();
            group.shards[0].try_send(Waiting { item, reply }).ok().unwrap();
            answer
        };
        let first = waiting(1);
        key.await.unwrap().forget();
        let second = waiting(2);
        drop(group);
        gate.open.add_permits(10);
        assert_eq!(first.await.unwrap(), 2);
        assert_eq!(second.await.unwrap(), 4);
    }

    #[tokio::test]
    async fn stopping_commits_what_waits() {
        let (gate, group) = gate(10);
        let first = submit(&group, 1).await;
        let second = submit(&group, 2).await;
        gate.open.add_permits(10);
        assert_eq!(first.await.unwrap(), Ok(2));
        assert_eq!(second.await.unwrap(), Ok(4));
        Arc::into_inner(group).unwrap().stop().await;
    }
}
