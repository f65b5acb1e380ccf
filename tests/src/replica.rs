//! The service as a process of its own, which a test may kill.

use std::net::SocketAddr;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::{Clients, Database};

/// A process that serves.
pub struct Replica {
    child: Child,
    /// Its clients.
    pub clients: Clients,
    address: SocketAddr,
}

impl Replica {
    /// Starts one on any free port; `program` is the path of `service-under-test`.
    pub async fn start(program: &str, database: &Database) -> Self {
        Self::start_at(program, database, SocketAddr::from(([127, 0, 0, 1], 0))).await
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
        let mut child = Command::new(program)
            .args(["serve", "--database-url", database.url(), "--listen", &listen.to_string()])
            .args(["--log-format", "json"])
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
        Self { child, clients: Clients::connect(address), address }
    }

    /// Where it serves.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends it a signal: `STOP` freezes it, `CONT` lets it go on.
    pub fn signal(&self, name: &str) {
        let pid = self.child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill").args(["-s", name, &pid]).status();
        assert!(sent.expect("kill can be run").success());
    }

    /// Kills it, as a crash would.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}

/// The address in the log line `{…"message":"serving","address":"127.0.0.1:1234"…}`.
fn served_address(line: &str) -> Option<SocketAddr> {
    let rest = line.split("\"address\":\"").nth(1)?;
    rest.split('"').next()?.parse().ok()
}
