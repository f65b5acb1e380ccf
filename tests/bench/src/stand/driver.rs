//! Runs the load driver: this very program, as a process of its own.

use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;

use super::cpu::{Cpu, Meter};
use super::service::on_core;
use crate::drive::spec::{Outcome, Spec};
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
