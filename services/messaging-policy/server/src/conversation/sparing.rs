//! What the logs are told of failures: what it is and how often, not a line for each call.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tracing::{error, warn};

const EVERY: Duration = Duration::from_secs(1);

/// The kinds of complaints, each told of sparingly.
#[derive(Debug, Default)]
pub(super) struct Complaints {
    unanswered: Sparing,
    refused: Sparing,
    failed: Sparing,
    unresolved: Sparing,
}

impl Complaints {
    /// Callers got no facts.
    pub(super) fn unanswered(&self, callers: u64, cause: impl Display) {
        if let Some(callers) = self.unanswered.count(callers, Instant::now()) {
            warn!(callers, %cause, "conversation-state could not be asked");
        }
    }

    /// conversation-state did not understand us, or we didn't understand it: a bug of one of us.
    pub(super) fn refused(&self, callers: u64, cause: impl Display) {
        if let Some(callers) = self.refused.count(callers, Instant::now()) {
            error!(callers, %cause, "conversation-state was asked in vain");
        }
    }

    /// A replica failed and is not asked until it answers again.
    pub(super) fn failed(&self, replica: SocketAddr, cause: impl Display) {
        if let Some(times) = self.failed.count(1, Instant::now()) {
            warn!(%replica, times, %cause, "a replica of conversation-state failed");
        }
    }

    /// The replicas' addresses could not be found.
    pub(super) fn unresolved(&self, cause: &impl Display) {
        if let Some(times) = self.unresolved.count(1, Instant::now()) {
            warn!(times, %cause, "conversation-state's addresses cannot be found");
        }
    }
}

/// Lets something be told once in a while.
#[derive(Debug, Default)]
struct Sparing(Mutex<Said>);

#[derive(Debug, Default)]
struct Said {
    last: Option<Instant>,
    since: u64,
}

impl Sparing {
    /// Counts something. If it is time to tell, gives how much has come together.
    fn count(&self, n: u64, now: Instant) -> Option<u64> {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.since += n;
        if said.last.is_some_and(|last| now < last + EVERY) {
            return None;
        }
        said.last = Some(now);
        Some(std::mem::take(&mut said.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_the_first_at_once_and_then_the_sum() {
        let sparing = Sparing::default();
        let start = Instant::now();
        let after = |millis| start + Duration::from_millis(millis);
        assert_eq!(sparing.count(1, start), Some(1));
        assert_eq!(sparing.count(2, after(1)), None);
        assert_eq!(sparing.count(3, after(999)), None);
        assert_eq!(sparing.count(1, after(1_000)), Some(6));
        assert_eq!(sparing.count(1, after(1_001)), None);
    }
}
