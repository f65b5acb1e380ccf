//! A service as a process of its own, which a test may kill.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::service::any_port;
use crate::{Clients, Database, PolicyClients};

/// A process that serves: conversation-state, or with [`PolicyClients`] messaging-policy.
pub struct Replica<C = Clients> {
    child: Child,
    /// Its clients.
    pub clients: C,
    address: SocketAddr,
}

impl Replica {
    /// Starts one on any free port; `program` is the path of `service-under-test`.
    pub async fn start(program: &str, database: &Database) -> Self {
        Self::start_at(program, database, any_port()).await
    }

    /// Starts one at an address and waits until it serves.
    pub async fn start_at(program: &str, database: &Database, listen: SocketAddr) -> Self {
        Self::start_with(program, database, listen, &[]).await
    }

    /// Starts one with flags of the test's own.
    pub async fn start_with(
        program: &str,
        database: &Database,
        listen: SocketAddr,
        flags: &[&str],
    ) -> Self {
        let (child, address) = spawn(program, "conversation-state", database, listen, flags).await;
        Self { child, clients: Clients::connect(address), address }
    }
}

impl Replica<PolicyClients> {
    /// Starts a messaging-policy that asks the conversation-state at an address.
    pub async fn policy(program: &str, database: &Database, conversation: SocketAddr) -> Self {
        Self::policy_with(program, database, conversation, any_port(), &[]).await
    }

    /// The same at an address of its own, with flags of the test's own.
    pub async fn policy_with(
        program: &str,
        database: &Database,
        conversation: SocketAddr,
        listen: SocketAddr,
        flags: &[&str],
    ) -> Self {
        let url = format!("http://{conversation}");
        let flags = [&["--conversation-url", &url], flags].concat();
        let (child, address) = spawn(program, "messaging-policy", database, listen, &flags).await;
        Self { child, clients: PolicyClients::connect(address), address }
    }
}

impl<C> Replica<C> {
    /// Where it serves.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends it a signal: `STOP` freezes it, `CONT` lets it go on. It is frozen when this comes back.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.expect("kill can be run").success());
        // One thread takes the signal and stops the others: on a busy machine they answer meanwhile.
        while name == "STOP" && !is_frozen(&pid) {
            std::thread::yield_now();
        }
    }

    /// How much memory it has, in bytes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let pid = self.child.id().expect("it runs");
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
        let told = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes =
            told.and_then(|told| told.trim().strip_suffix(" kB")?.parse::<usize>().ok());
        kilobytes.expect("the system tells it") * 1_024
    }

    /// Kills it, as a crash would.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}

/// Starts a service's process and waits until it serves.
async fn spawn(
    program: &str,
    service: &str,
    database: &Database,
    listen: SocketAddr,
    flags: &[&str],
) -> (Child, SocketAddr) {
    let mut child = Command::new(program)
        .args([service, "serve", "--database-url", database.url()])
        .args(["--listen", &listen.to_string(), "--log-format", "json"])
        .args(flags)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let stderr = child.stderr.take().expect("its standard error is a pipe");
    let mut lines = BufReader::new(stderr).lines();
    let address = loop {
        let line = lines.next_line().await.unwrap().expect("it serves before it ends");
        if let Some(address) = served_address(&line) {
            break address;
        }
    };
    tokio::spawn(async move {
        // What nobody reads would block it in the end.
        while let Ok(Some(line)) = lines.next_line().await {
            if std::env::var_os("AZEER_TEST_LOGS").is_some() {
                eprintln!("{line}");
            }
        }
    });
    (child, address)
}

/// Whether all threads of a process have stopped.
fn is_frozen(pid: &str) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).expect("it runs");
    let states = threads.flatten().filter_map(|thread| {
        let stat = std::fs::read_to_string(thread.path().join("stat")).ok()?;
        // `PID (NAME) STATE …`, where a name may have parentheses.
        stat.rsplit_once(") ")?.1.chars().next()
    });
    let states: Vec<char> = states.collect();
    assert!(states != ['Z'], "it runs");
    states.iter().all(|state| *state == 'T')
}

/// The address in the log line `{…"message":"serving","address":"127.0.0.1:1234"…}`.
fn served_address(line: &str) -> Option<SocketAddr> {
    let rest = line.split("\"address\":\"").nth(1)?;
    rest.split('"').next()?.parse().ok()
}
