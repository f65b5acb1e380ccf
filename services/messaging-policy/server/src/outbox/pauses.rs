//! How long to wait while nobody can be told: longer each time, and not all replicas alike.

use std::time::Duration;

use tokio::time::sleep;
use tower::retry::backoff::{
    Backoff as _, ExponentialBackoff, ExponentialBackoffMaker, MakeBackoff as _,
};
use tower::util::rng::HasherRng;

/// The first pause.
const SHORTEST: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST: Duration = Duration::from_secs(2);
/// By how much they differ from each other.
const JITTER: f64 = 0.5;

/// The pauses since all was well.
#[derive(Debug, Default)]
pub(super) struct Pauses(Option<ExponentialBackoff>);

impl Pauses {
    /// Whether there was one.
    pub(super) fn is_begun(&self) -> bool {
        self.0.is_some()
    }

    /// All is well.
    pub(super) fn end(&mut self) {
        self.0 = None;
    }

    /// Waits, a little longer than the last time, and for as long as it was asked to if that is
    /// not too long.
    pub(super) async fn next(&mut self, at_least: Duration) {
        let begin = || {
            // INVARIANT: the shortest is above zero and below the longest, the jitter of 0 to 100.
            ExponentialBackoffMaker::new(SHORTEST, LONGEST, JITTER, HasherRng::default())
                .expect("the pauses are in order")
                .make_backoff()
        };
        let next = self.0.get_or_insert_with(begin).next_backoff();
        tokio::join!(next, sleep(at_least.min(LONGEST)));
    }
}
