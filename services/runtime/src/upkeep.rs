//! Work that comes due by time and can wait: done in small steps, beside everything else.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};
use tracing::{debug, warn};

use crate::store_error::StoreError;

/// Some work that comes due again and again.
pub trait Chore: Send + Sync + 'static {
    /// What it is, for the logs.
    fn name(&self) -> &'static str;

    /// Does a little of it: so little that nobody who waits for it notices.
    fn step(&mut self) -> impl Future<Output = Result<Step, StoreError>> + Send;
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It did so many; there may be more.
    More(u64),
    /// It did so many, and nothing is due any more. So is it where another replica is at it.
    Done(u64),
}

/// The task that does chores, one after the other.
pub struct Upkeep {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Upkeep {
    /// Starts it. It looks for what is due at once, and then whenever so much time has passed.
    #[must_use]
    pub fn start<C: Chore>(chores: Vec<C>, every: Duration) -> Self {
        let (stop, stopped) = watch::channel(false);
        Self { stop, task: tokio::spawn(run(chores, every, stopped)) }
    }

    /// Lets the step finish that is being done, if that does not take longer, and ends.
    pub async fn stop(self, within: Duration) {
        self.stop.send_replace(true);
        if timeout(within, self.task).await.is_err() {
            warn!("a chore is still being done");
        }
    }
}

async fn run<C: Chore>(mut chores: Vec<C>, every: Duration, mut stopped: watch::Receiver<bool>) {
    loop {
        for chore in &mut chores {
            do_what_is_due(chore, &mut stopped).await;
        }
        if pause(every, &mut stopped).await {
            return;
        }
    }
}

/// Does a chore until nothing is due any more. A step is followed by a pause as long: it takes half
/// of one session's time at the most.
async fn do_what_is_due<C: Chore>(chore: &mut C, stopped: &mut watch::Receiver<bool>) {
    let mut done = 0;
    loop {
        let began = Instant::now();
        match chore.step().await {
            Ok(Step::More(more)) => done += more,
            Ok(Step::Done(last)) => {
                done += last;
                break;
            }
            Err(error) => {
                warn!(chore = chore.name(), %error, "not finished; going on later");
                break;
            }
        }
        if pause(began.elapsed(), stopped).await {
            break;
        }
    }
    if done > 0 {
        debug!(chore = chore.name(), done, "done");
    }
}

/// Waits for so long, or until the service stops: then it is true.
async fn pause(time: Duration, stopped: &mut watch::Receiver<bool>) -> bool {
    timeout(time, stopped.wait_for(|&stop| stop)).await.is_ok()
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    use tokio::sync::Notify;

    use super::*;

    type Log = Arc<Mutex<Vec<(&'static str, bool)>>>;

    /// Does its steps in order, then nothing, and tells of all that it is asked.
    struct Scripted {
        name: &'static str,
        steps: VecDeque<Result<Step, StoreError>>,
        log: Log,
        round: Arc<Notify>,
    }

    impl Chore for Scripted {
        fn name(&self) -> &'static str {
            self.name
        }

        async fn step(&mut self) -> Result<Step, StoreError> {
            let next = self.steps.pop_front();
            self.log.lock().unwrap().push((self.name, next.is_some()));
            if next.is_none() {
                self.round.notify_one();
            }
            next.unwrap_or(Ok(Step::Done(0)))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn chores_are_done_in_turn_and_again_after_a_failure() {
        let (log, round) = (Log::default(), Arc::new(Notify::new()));
        let chore = |name, steps: Vec<_>, round: &Arc<Notify>| Scripted {
            name,
            steps: steps.into(),
            log: Arc::clone(&log),
            round: Arc::clone(round),
        };
        let failing = vec![Ok(Step::More(2)), Err(StoreError::Timeout), Ok(Step::Done(1))];
        let chores = vec![
            chore("a", failing, &Arc::new(Notify::new())),
            chore("b", vec![Ok(Step::More(1)), Ok(Step::Done(0))], &round),
        ];
        let upkeep = Upkeep::start(chores, Duration::from_mins(1));
        round.notified().await;
        upkeep.stop(Duration::from_mins(1)).await;
        let told = log.lock().unwrap().clone();
        let done = |name| (name, true);
        let expected = [done("a"), done("a"), done("b"), done("b"), done("a"), ("b", false)];
        assert_eq!(told, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_between_two_steps() {
        /// There is always more.
        struct Endless(Arc<Notify>);
        impl Chore for Endless {
            fn name(&self) -> &'static str {
                "endless"
            }
            async fn step(&mut self) -> Result<Step, StoreError> {
                self.0.notify_one();
                tokio::task::yield_now().await;
                Ok(Step::More(1))
            }
        }
        let began = Arc::new(Notify::new());
        let upkeep = Upkeep::start(vec![Endless(Arc::clone(&began))], Duration::from_mins(1));
        began.notified().await;
        upkeep.stop(Duration::from_mins(1)).await;
    }
}
