//! One batch after the other: what waits is asked for together, and what fails is asked again
//! where that may help.
//!
//! The lanes share one queue, so that whatever waits goes with the first lane that is free, and
//! nobody is stuck behind a lane whose replica does not answer. (`GroupCommit` has a queue for
//! each shard, since writes need their order.)

use std::sync::Arc;
use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::time::{Instant, timeout_at};
use tower::retry::budget::{Budget as _, TpsBudget};

use super::call::{self, Attempt};
use super::context::{self, Facts, Unreadable};
use super::failure::Failure;
use super::roster::Replicas;
use super::sparing::Complaints;
use super::{Context, Unavailable};

/// The least time an attempt is given: one caller in a hurry must not spoil it for the others.
const LEAST: Duration = Duration::from_millis(25);
/// How often a batch is halved to find what in it cannot be answered: enough to find two of a
/// hundred. Where nothing can be answered, each must not be asked for on its own.
const HALVINGS: u32 = 16;

type Answer = call::Answer<pb::BatchGetSendContextsResponse>;

/// A caller who waits.
pub(super) struct Waiting {
    pub(super) request: pb::GetSendContextRequest,
    pub(super) deadline: Instant,
    pub(super) reply: oneshot::Sender<Result<Context, Unavailable>>,
}

/// How often batches may be tried again: a fifth of them, and some a second in any case, as one
/// broken replica of a few takes. When all replicas fail, trying harder does not help them.
pub(super) fn budget() -> TpsBudget {
    TpsBudget::new(Duration::from_secs(10), 30, 0.2)
}

/// Asks for one batch after the other.
pub(super) struct Lane {
    pub(super) queue: Arc<Mutex<mpsc::Receiver<Waiting>>>,
    pub(super) largest_batch: usize,
    pub(super) replicas: Replicas<pb::BatchGetSendContextsRequest>,
    pub(super) budget: Arc<TpsBudget>,
    pub(super) complaints: Arc<Complaints>,
}

impl Lane {
    /// Works until nobody can ask any more.
    pub(super) async fn run(mut self) {
        loop {
            let mut batch = Vec::new();
            if self.queue.lock().await.recv_many(&mut batch, self.largest_batch).await == 0 {
                return;
            }
            // Some replica may have to come back first; who arrives until then goes along.
            self.ready(&batch).await;
            self.add_arrivals(&mut batch);
            self.serve(batch).await;
        }
    }

    /// Adds what has arrived meanwhile, unless another lane is about to take it.
    fn add_arrivals(&self, batch: &mut Vec<Waiting>) {
        let Ok(mut queue) = self.queue.try_lock() else { return };
        while batch.len() < self.largest_batch
            && let Ok(waiting) = queue.try_recv()
        {
            batch.push(waiting);
        }
    }

    /// Waits until some replica can be asked. Gives whether one can: else nobody's time is left.
    async fn ready(&mut self, batch: &[Waiting]) -> bool {
        let latest = batch.iter().map(|waiting| waiting.deadline).max();
        timeout_at(latest.unwrap_or_else(Instant::now), self.replicas.ready()).await.is_ok()
    }

    /// Answers all of a batch.
    async fn serve(&mut self, batch: Vec<Waiting>) {
        self.budget.deposit();
        let mut cause = String::from("no replica could be asked in time");
        let mut halvings = HALVINGS;
        let mut parts = vec![batch];
        while let Some(mut part) = parts.pop() {
            let ready = self.ready(&part).await;
            self.drop_late(&mut part, &cause);
            if part.is_empty() || !ready {
                continue;
            }
            match self.attempt(&part).await {
                Ok(answer) => self.answer(part, answer),
                Err(Failure::Replica(told)) => {
                    cause = told;
                    if self.budget.withdraw() {
                        parts.push(part);
                    } else {
                        self.give_up(part, Unavailable::SOON, &cause);
                    }
                }
                Err(Failure::Overloaded { cause, retry_after }) => {
                    let told = retry_after.map(|retry_after| Unavailable { retry_after });
                    self.give_up(part, told.unwrap_or(Unavailable::SOON), &cause);
                }
                // One of them is the reason; the others must not pay for it.
                Err(Failure::Refused(_)) if part.len() > 1 && halvings > 0 => {
                    halvings -= 1;
                    parts.push(part.split_off(part.len() / 2));
                    parts.push(part);
                }
                Err(Failure::Refused(cause)) => {
                    self.complaints.refused(part.len() as u64, &cause);
                    tell(part, Unavailable::SOON);
                }
            }
        }
    }

    /// Asks one replica, once.
    async fn attempt(&mut self, part: &[Waiting]) -> Result<Answer, Failure> {
        let requests = part.iter().map(|waiting| waiting.request.clone()).collect();
        let request = pb::BatchGetSendContextsRequest { requests };
        let within = time_for_one(part.iter().map(|waiting| waiting.deadline), Instant::now());
        self.replicas.ask(Attempt { request, within }).await
    }

    /// Forgets those who have gone and those whose time is over.
    fn drop_late(&self, part: &mut Vec<Waiting>, cause: &str) {
        let now = Instant::now();
        let late = part.extract_if(.., |w| w.deadline <= now || w.reply.is_closed());
        let late = late.filter(|waiting| waiting.deadline <= now).count();
        if late > 0 {
            self.complaints.unanswered(late as u64, cause);
        }
    }

    fn give_up(&self, part: Vec<Waiting>, told: Unavailable, cause: &str) {
        self.complaints.unanswered(part.len() as u64, cause);
        tell(part, told);
    }

    /// Gives each caller its own answer.
    fn answer(&self, part: Vec<Waiting>, Answer { sent_at, told }: Answer) {
        let as_of = context::time(told.as_of, "as_of");
        let complete = told.contexts.len() == part.len();
        let complete = if complete { Ok(()) } else { Err(Unreadable::CONTEXTS) };
        let as_of = match as_of.and_then(|as_of| complete.map(|()| as_of)) {
            Ok(as_of) => as_of,
            Err(why) => {
                self.complaints.refused(part.len() as u64, why);
                return tell(part, Unavailable::SOON);
            }
        };
        for (waiting, told) in part.into_iter().zip(told.contexts) {
            let found = told.found.then(|| Facts::try_from(told)).transpose();
            let told = found.map_err(|why| {
                self.complaints.refused(1, why);
                Unavailable::SOON
            });
            let context =
                told.map(|conversation| Context { as_of, read_at: sent_at, conversation });
            // Who left in the meantime is not told.
            let _ = waiting.reply.send(context);
        }
    }
}

fn tell(part: Vec<Waiting>, told: Unavailable) {
    for waiting in part {
        let _ = waiting.reply.send(Err(told));
    }
}

/// How long one attempt may take: half of what is left to the caller with the least, so that
/// another replica can be tried, and no longer than anybody waits.
fn time_for_one(deadlines: impl Iterator<Item = Instant> + Clone, now: Instant) -> Duration {
    let left = deadlines.map(|deadline| deadline.saturating_duration_since(now));
    let least = left.clone().min().unwrap_or_default();
    let most = left.max().unwrap_or_default();
    (least / 2).max(LEAST).min(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_leaves_time_for_another() {
        let now = Instant::now();
        let cases: [(&[u64], u64); 5] =
            [(&[500], 250), (&[2_000, 500], 250), (&[2_000, 10], 25), (&[40], 25), (&[10, 12], 12)];
        for (left, expected) in cases {
            let deadlines = left.iter().map(|ms| now + Duration::from_millis(*ms));
            assert_eq!(time_for_one(deadlines, now), Duration::from_millis(expected), "{left:?}");
        }
    }
}
