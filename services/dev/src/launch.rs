//! The launcher's course: start, tell, wait, stop. It can be told to stop at any point of it.

use crate::{
    cli::Launch,
    ready,
    signals::Signals,
    stack::{Error, Stack},
};

/// Comes back when everything has stopped.
pub(crate) async fn run(options: &Launch) -> Result<(), Error> {
    let mut signals = Signals::listen().map_err(Error::Signals)?;
    let mut stack = tokio::select! {
        stack = Stack::start(options) => stack?,
        // What has been started ends with this process.
        () = signals.stop() => return Ok(()),
    };
    ready::tell(stack.addresses());
    let ended = tokio::select! {
        () = signals.stop() => Ok(()),
        error = stack.failed() => Err(error),
    };
    tracing::info!("stopping");
    let stopped = tokio::select! {
        stopped = stack.stop() => stopped,
        never = signals.exit_at_interrupt() => never,
    };
    ended.and(stopped)
}
