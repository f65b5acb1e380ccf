//! Runs the load driver: this very program, as a process of its own.

use std::process::Stdio;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::cpu::{Cpu, Meter};
use super::service::on_core;
use crate::drive::spec::{Outcome, Spec};
use crate::drive::watch::{Heard, READY, Watchers};
use crate::error::Error;
use crate::stand::cpu::Watched;

/// Runs it to its end, on one core where `core` names it. Answers that are neither OK nor
/// refusals for overload are an error: they would make the figures meaningless.
pub(crate) async fn drive(
    spec: &Spec,
    watched: Watched,
    core: Option<usize>,
) -> Result<(Outcome, Cpu), Error> {
    let own = std::env::current_exe().map_err(Error::io("find this program"))?;
    let meter = Meter::start(watched);
    let mut command = on_core(own, core);
    command.arg("drive").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
    let mut child = command.spawn().map_err(Error::io("start the driver"))?;
    if let Some(mut stdin) = child.stdin.take() {
        let told = serde_json::to_vec(spec)?;
        stdin.write_all(&told).await.map_err(Error::io("tell the driver what to do"))?;
    }
    let done = child.wait_with_output().await.map_err(Error::io("wait for the driver"))?;
    let cpu = meter.stop();
    if !done.status.success() {
        return Err(Error::Program("the driver".into(), "see above".into()));
    }
    let outcome: Outcome = serde_json::from_slice(&done.stdout)?;
    if outcome.failed.is_empty() {
        return Ok((outcome, cpu));
    }
    Err(Error::Answer(format!("{:?} with status codes {:?}", spec.call, outcome.failed)))
}

/// Watchers at work, in a process of their own.
pub(crate) struct Watching {
    _child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
}

impl Watching {
    /// Starts them; all of them watch when this returns.
    pub(crate) async fn start(watchers: &Watchers) -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(Error::io("find this program"))?;
        let mut command = Command::new(own);
        command.arg("watch").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(Error::io("start the watchers"))?;
        let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Wrong("the watchers cannot be talked to".into()));
        };
        let told = serde_json::to_string(watchers)? + "\n";
        stdin
            .write_all(told.as_bytes())
            .await
            .map_err(Error::io("tell the watchers what to watch"))?;
        let said = stdout.read_u8().await.map_err(Error::io("wait for the watchers"))?;
        if said != READY {
            return Err(Error::Wrong("the watchers said something else".into()));
        }
        Ok(Self { _child: child, stdin, stdout })
    }

    /// Ends them, and tells what they heard.
    pub(crate) async fn end(mut self) -> Result<Heard, Error> {
        drop(self.stdin);
        let mut heard = Vec::new();
        self.stdout.read_to_end(&mut heard).await.map_err(Error::io("hear of the watchers"))?;
        Ok(serde_json::from_slice(&heard)?)
    }
}
