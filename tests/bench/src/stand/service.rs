//! The service as it is deployed: its release program, as a process of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::error::Error;

/// A process that serves. It ends with its handle.
pub(crate) struct Service {
    _child: Child,
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
}

// === impl Service ===

impl Service {
    /// Brings a database to the schema.
    pub(crate) async fn migrate(database_url: &str) -> Result<(), Error> {
        let mut command = Command::new(program()?);
        command.args(["migrate", "--database-url", database_url]).kill_on_drop(true);
        let done = command.output().await.map_err(Error::io("start conversation-state"))?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        Err(Error::Program("conversation-state migrate".into(), said))
    }

    /// Starts one on any free port, on one core where `core` names it.
    pub(crate) async fn start(
        database_url: &str,
        flags: &[String],
        core: Option<usize>,
    ) -> Result<Self, Error> {
        let mut command = on_core(program()?, core);
        command
            .args(["serve", "--database-url", database_url, "--listen", "127.0.0.1:0"])
            .args(["--log-format", "json", "--log", "warn,azeer_runtime::server=info"])
            .args(flags)
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(Error::io("start conversation-state"))?;
        let pid = child.id().unwrap_or(0);
        let Some(stderr) = child.stderr.take() else {
            return Err(Error::Wrong("the service has no standard error".into()));
        };
        let mut lines = BufReader::new(stderr).lines();
        let mut said = Vec::new();
        loop {
            let line = lines.next_line().await.map_err(Error::io("read the service's log"))?;
            let Some(line) = line else {
                return Err(Error::Program("conversation-state serve".into(), said.join("\n")));
            };
            if let Some(address) = served_address(&line) {
                tokio::spawn(async move {
                    while let Ok(Some(line)) = lines.next_line().await {
                        eprintln!("{line}");
                    }
                });
                return Ok(Self { _child: child, pid, address });
            }
            said.push(line);
        }
    }
}

/// A command that runs on one core of the machine.
pub(crate) fn on_core(program: PathBuf, core: Option<usize>) -> Command {
    let Some(core) = core else { return Command::new(program) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// The program that was built with this one.
fn program() -> Result<PathBuf, Error> {
    let own = std::env::current_exe().map_err(Error::io("find this program"))?;
    let program = own.with_file_name("conversation-state");
    if program.is_file() {
        return Ok(program);
    }
    Err(Error::Wrong(format!("{} is missing: build it first", program.display())))
}

/// The address in the log line `{…"message":"serving","address":"127.0.0.1:1234"…}`.
fn served_address(line: &str) -> Option<SocketAddr> {
    let rest = line.split("\"address\":\"").nth(1)?;
    rest.split('"').next()?.parse().ok()
}
