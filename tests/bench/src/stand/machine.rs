//! What the figures were taken on: they mean little without.

use std::fs;
use std::process::Command;

use serde::Serialize;
use tokio_postgres::Client;

use crate::error::Error;

/// Machine, versions, and the code's own.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Machine {
    pub(crate) taken_at: String,
    pub(crate) cpu: String,
    pub(crate) cores: usize,
    pub(crate) memory_bytes: u64,
    pub(crate) kernel: String,
    pub(crate) postgres: String,
    pub(crate) settings: Vec<(String, String)>,
    pub(crate) rustc: String,
    /// With a plus sign where files differ from it.
    pub(crate) commit: String,
}

const SETTINGS: &str = "SELECT name, current_setting(name) FROM pg_settings WHERE name IN ('fsync', \
     'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size', 'wal_sync_method') \
     ORDER BY name";

// === impl Machine ===

impl Machine {
    pub(crate) async fn describe(postgres: &Client) -> Result<Self, Error> {
        let row = postgres.query_one("SELECT now()::text, version()", &[]).await?;
        let settings = postgres.query(SETTINGS, &[]).await?;
        let changed = !output("git", &["status", "--porcelain"]).is_empty();
        let commit = output("git", &["rev-parse", "HEAD"]);
        Ok(Self {
            taken_at: row.get(0),
            cpu: field("/proc/cpuinfo", "model name").unwrap_or_default(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: memory_bytes(),
            kernel: read("/proc/sys/kernel/osrelease"),
            postgres: row.get(1),
            settings: settings.iter().map(|row| (row.get(0), row.get(1))).collect(),
            rustc: output("rustc", &["--version"]),
            commit: if changed { format!("{commit}+") } else { commit },
        })
    }
}

/// The load averages: what else the machine had to do, and this run.
pub(crate) fn load_average() -> String {
    read("/proc/loadavg").split(' ').take(3).collect::<Vec<_>>().join(" ")
}

pub(crate) fn memory_bytes() -> u64 {
    let kilobytes = field("/proc/meminfo", "MemTotal");
    let kilobytes = kilobytes.and_then(|text| text.split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(1 << 20) * 1_024
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = read(file);
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn read(file: &str) -> String {
    fs::read_to_string(file).unwrap_or_default().trim().to_owned()
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text).trim().to_owned()
}

/// This machine's time, which the database on it shares.
#[allow(
    clippy::disallowed_methods,
    reason = "what is measured is the way from the database's clock"
)]
pub(crate) fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}
