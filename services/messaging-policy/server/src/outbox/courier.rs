//! Takes what is due and tells it, many rows at once. While nobody can be told, it pauses, and does
//! not touch the rows.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use azeer_domain::Time;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use futures::{StreamExt as _, stream};
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::{debug, error, info, warn};

use super::again::Came;
use super::pauses::Pauses;
use super::telling::{Telling, Told};
use crate::conversation::{Answer, Attempt, Failure, Replicas};
use crate::store::outbox::{Claim, Entry, Key, Outbox, PutBack};

/// How many rows are claimed in one go.
const AT_ONCE: usize = 256;
/// How many of them are being told at the same time.
const IN_FLIGHT: usize = 64;
/// How long telling one may take. All of a claim is told well within its lease.
const WITHIN: Duration = Duration::from_secs(2);
/// How often to look when nobody says that something was added: what other replicas left behind.
const LOOK: Duration = Duration::from_secs(1);
/// How long conversation-state may be away before that is worth a word.
const SILENT: Duration = Duration::from_secs(2);

/// Who tells.
pub(super) struct Courier {
    pub(super) outbox: Outbox,
    pub(super) replicas: Replicas<Telling>,
    pub(super) stopped: watch::Receiver<bool>,
}

/// What came of a round.
enum Round {
    /// All that was due is told.
    Done,
    /// There may be more.
    More,
    /// Somebody could not be told.
    Trouble(Trouble),
}

/// Why somebody could not be told.
struct Trouble {
    cause: String,
    /// Others could.
    any_answered: bool,
    retry_after: Duration,
}

/// A row that was claimed, and what came of it.
struct Tried {
    key: Key,
    tries: i32,
    came: Came,
}

// === impl Courier ===

impl Courier {
    /// Works until it is stopped.
    pub(super) async fn run(mut self) {
        let mut pauses = Pauses::default();
        let mut stopped = self.stopped.clone();
        while !*stopped.borrow() {
            let failed_before = pauses.is_begun();
            // One row is enough to see whether others can be told again.
            let most = if failed_before { 1 } else { AT_ONCE };
            let trouble = match self.round(most).await {
                Ok(_) if *stopped.borrow() => return,
                Ok(Round::More) => {
                    pauses.end();
                    continue;
                }
                Ok(Round::Done) => None,
                Ok(Round::Trouble(trouble)) => Some(trouble),
                Err(error) => Some(Trouble::from(error)),
            };
            let next = async {
                let Some(Trouble { cause, any_answered, retry_after }) = trouble else {
                    pauses.end();
                    return self.outbox.added(LOOK).await;
                };
                if failed_before {
                    debug!(cause, "the outbox still waits");
                } else {
                    warn!(cause, "the outbox waits; trying again");
                }
                if any_answered {
                    pauses.end();
                }
                pauses.next(retry_after).await;
            };
            tokio::select! {
                () = next => {}
                // Also if whoever could stop it is gone.
                _ = stopped.wait_for(|&stop| stop) => return,
            }
        }
    }

    /// One look at the outbox, once there is somebody to tell.
    async fn round(&mut self, most: usize) -> Result<Round, StoreError> {
        let mut stopped = self.stopped.clone();
        tokio::select! {
            () = self.somebody_to_tell() => {}
            _ = stopped.wait_for(|&stop| stop) => return Ok(Round::Done),
        }
        let Claim { at, entries } = self.outbox.claim(most).await?;
        let is_full = entries.len() >= most;
        let tried = self.tell(entries).await;
        let any_answered = tried.iter().any(|tried| tried.came.is_answer());
        let trouble = tried.iter().find_map(|tried| Trouble::of(&tried.came, any_answered));
        settle(&self.outbox, at, tried, any_answered).await?;
        Ok(match trouble {
            Some(trouble) => Round::Trouble(trouble),
            None if is_full => Round::More,
            None => Round::Done,
        })
    }

    /// Waits until some replica serves: until then nobody touches the rows.
    async fn somebody_to_tell(&mut self) {
        if timeout(SILENT, self.replicas.ready()).await.is_err() {
            warn!("conversation-state does not serve; the outbox waits");
            self.replicas.ready().await;
            info!("conversation-state serves again");
        }
    }

    /// Tells what was claimed, until somebody does not answer, or the service stops.
    async fn tell(&mut self, entries: Vec<Entry>) -> Vec<Tried> {
        let (replicas, stopped) = (&mut self.replicas, &self.stopped);
        let is_trouble = &AtomicBool::new(false);
        let calls = stream::iter(entries).map(|Entry { key, tries, notice }| {
            let call = match notice {
                _ if is_trouble.load(Ordering::Relaxed) || *stopped.borrow() => Err(Came::Untried),
                Ok(notice) => {
                    let attempt = Attempt { request: Telling::from(&notice), within: WITHIN };
                    replicas.ask_now(attempt).ok_or(Came::Untried)
                }
                Err(error) => Err(Came::Refused(error.to_string())),
            };
            async move {
                let came = match call {
                    Ok(call) => came(call.await, &key),
                    Err(came) => came,
                };
                is_trouble.fetch_or(came.is_trouble(), Ordering::Relaxed);
                Tried { key, tries, came }
            }
        });
        calls.buffer_unordered(IN_FLIGHT).collect().await
    }
}

/// Removes what was told, and has the rest due again. What was claimed at an instant is due from then
/// on: so no other clock is asked.
async fn settle(
    outbox: &Outbox,
    claimed_at: Time,
    claimed: Vec<Tried>,
    any_answered: bool,
) -> Result<(), StoreError> {
    let (mut told, mut rest) = (Vec::new(), Vec::new());
    for Tried { key, tries, came } in claimed {
        let pause = came.pause(tries, any_answered);
        if let Came::Refused(cause) = &came {
            let (tenant, decision) = (&key.tenant, key.decision);
            error!(%tenant, %decision, tries, again_in = ?pause, cause,
                "conversation-state does not take what was reported");
        }
        if came == Came::Told {
            told.push(key);
            continue;
        }
        let in_fact = if came == Came::Untried { tries - 1 } else { tries };
        let due_at = claimed_at + TimeDelta::from_std(pause).unwrap_or_default();
        rest.push(PutBack { key, claimed: tries, tries: in_fact, due_at });
    }
    outbox.settle(told, rest).await
}

/// What an answer, or its lack, comes to.
fn came(answer: Result<Answer<Told>, Failure>, key: &Key) -> Came {
    match answer {
        Ok(Answer { told: Told::Known, .. }) => Came::Told,
        Ok(Answer { told: Told::NobodyThere, .. }) => {
            let (tenant, decision) = (&key.tenant, key.decision);
            info!(%tenant, %decision, "what was reported is about no conversation that is there");
            Came::Told
        }
        Err(Failure::Replica(cause)) => Came::Unanswered(cause),
        Err(Failure::Overloaded { cause, retry_after }) => Came::Overloaded { cause, retry_after },
        Err(Failure::Refused(cause)) => Came::Refused(cause),
    }
}

// === impl Trouble ===

impl Trouble {
    fn of(came: &Came, any_answered: bool) -> Option<Self> {
        let (cause, retry_after) = match came {
            Came::Unanswered(cause) => (cause.clone(), None),
            Came::Overloaded { cause, retry_after } => (cause.clone(), *retry_after),
            Came::Untried => ("no replica can be told".to_owned(), None),
            Came::Told | Came::Refused(_) => return None,
        };
        Some(Self { cause, any_answered, retry_after: retry_after.unwrap_or_default() })
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self { cause: error.to_string(), any_answered: false, retry_after: Duration::ZERO }
    }
}
