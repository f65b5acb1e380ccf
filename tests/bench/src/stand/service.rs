//! The services as they are deployed: their release programs, as processes of their own. And what
//! they are measured beside.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::error::Error;

/// A service's program.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Program {
    ConversationState,
    MessagingPolicy,
}

/// A process that serves. It ends with its handle.
pub(crate) struct Service {
    _child: Child,
    pub(crate) pid: u32,
    pub(crate) address: SocketAddr,
}

// === impl Service ===

impl Service {
    /// Brings a database to the schema.
    pub(crate) async fn migrate(program: Program, database_url: &str) -> Result<(), Error> {
        let mut command = Command::new(program.file()?);
        command.args(["migrate", "--database-url", database_url]).kill_on_drop(true);
        let done = command.output().await.map_err(Error::io("start a service's migration"))?;
        if done.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        Err(Error::Program(format!("{} migrate", program.name()), said))
    }

    /// Makes the keys that sign permits. Gives the flag that names them.
    pub(crate) async fn permit_keys(dir: &Path) -> Result<String, Error> {
        let program = Program::MessagingPolicy;
        let mut command = Command::new(program.file()?);
        command.args(["permit-keys", "generate", "--permit-keys"]).arg(dir).kill_on_drop(true);
        let done = command.output().await.map_err(Error::io("make the keys of permits"))?;
        if done.status.success() {
            return Ok(format!("--permit-keys={}", dir.display()));
        }
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        Err(Error::Program(format!("{} permit-keys", program.name()), said))
    }

    /// Starts one on any free port, on one core where `core` names it.
    pub(crate) async fn start(
        program: Program,
        database_url: &str,
        flags: &[String],
        core: Option<usize>,
    ) -> Result<Self, Error> {
        let mut command = on_core(program.file()?, core);
        command
            .args(["serve", "--database-url", database_url, "--listen", "127.0.0.1:0"])
            .args(["--log-format", "json", "--log", "warn,azeer_runtime::server=info"])
            .args(flags)
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(Error::io("start a service"))?;
        let pid = child.id().unwrap_or(0);
        let Some(stderr) = child.stderr.take() else {
            return Err(Error::Wrong("the service has no standard error".into()));
        };
        let mut lines = BufReader::new(stderr).lines();
        let mut said = Vec::new();
        loop {
            let line = lines.next_line().await.map_err(Error::io("read the service's log"))?;
            let Some(line) = line else {
                return Err(Error::Program(format!("{} serve", program.name()), said.join("\n")));
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

    /// Starts one that answers all checks of sends with these bytes.
    pub(crate) async fn echo(answer: &[u8]) -> Result<Self, Error> {
        let own = std::env::current_exe().map_err(Error::io("find this program"))?;
        let mut command = Command::new(own);
        command.arg("echo").stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(Error::io("start the echo"))?;
        let pid = child.id().unwrap_or(0);
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Wrong("the echo cannot be talked to".into()));
        };
        stdin.write_all(answer).await.map_err(Error::io("tell the echo what to answer"))?;
        drop(stdin);
        let said = BufReader::new(stdout).lines().next_line().await;
        let said = said.map_err(Error::io("wait for the echo"))?;
        let address = said.and_then(|line| line.parse().ok());
        let address = address.ok_or_else(|| Error::Wrong("the echo tells no address".into()))?;
        Ok(Self { _child: child, pid, address })
    }
}

// === impl Program ===

impl Program {
    fn name(self) -> &'static str {
        match self {
            Self::ConversationState => "conversation-state",
            Self::MessagingPolicy => "messaging-policy",
        }
    }

    /// The one that was built with this program.
    fn file(self) -> Result<PathBuf, Error> {
        let own = std::env::current_exe().map_err(Error::io("find this program"))?;
        let file = own.with_file_name(self.name());
        if file.is_file() {
            return Ok(file);
        }
        Err(Error::Wrong(format!("{} is missing: build it first", file.display())))
    }
}

/// A command that runs on one core of the machine.
pub(crate) fn on_core(program: PathBuf, core: Option<usize>) -> Command {
    let Some(core) = core else { return Command::new(program) };
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string()]).arg(program);
    command
}

/// The address in the log line `{…"message":"serving","address":"127.0.0.1:1234"…}`.
fn served_address(line: &str) -> Option<SocketAddr> {
    let rest = line.split("\"address\":\"").nth(1)?;
    rest.split('"').next()?.parse().ok()
}
