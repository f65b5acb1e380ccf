//! Processor time from `/proc`: of the driver (or pgbench), the services, and all of PostgreSQL.

use std::fs;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// How many cores each side kept busy.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Cpu {
    /// The driver, or pgbench.
    pub(crate) driver: f64,
    pub(crate) service: f64,
    /// The other service, where the one asks it.
    pub(crate) beside: Option<f64>,
    pub(crate) postgres: f64,
}

/// Who is watched.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched {
    pub(crate) service: u32,
    pub(crate) beside: Option<u32>,
    /// Its first process.
    pub(crate) postgres: u32,
}

/// A moment's readings.
pub(crate) struct Meter {
    watched: Watched,
    at: Instant,
    used: [Duration; 4],
}

// === impl Meter ===

impl Meter {
    pub(crate) fn start(watched: Watched) -> Self {
        Self { watched, at: Instant::now(), used: read(watched) }
    }

    /// What was used since the start. The driver has ended: its time is then its parent's.
    pub(crate) fn stop(self) -> Cpu {
        let passed = self.at.elapsed().as_secs_f64();
        let now = read(self.watched);
        let cores = |n: usize| now[n].saturating_sub(self.used[n]).as_secs_f64() / passed;
        let beside = self.watched.beside.map(|_| cores(2));
        Cpu { driver: cores(0), service: cores(1), beside, postgres: cores(3) }
    }
}

fn read(watched: Watched) -> [Duration; 4] {
    let me = Times::of(std::process::id());
    let service = Times::of(watched.service);
    let beside = watched.beside.map(Times::of).unwrap_or_default();
    let first = Times::of(watched.postgres);
    // Sessions that have ended are in the first process's account of its children.
    let sessions: Duration = children(watched.postgres).map(|pid| Times::of(pid).own).sum();
    [me.children, service.own, beside.own, first.own + first.children + sessions]
}

/// Of one process.
#[derive(Default)]
struct Times {
    own: Duration,
    /// Of its children that have ended.
    children: Duration,
}

// === impl Times ===

impl Times {
    fn of(pid: u32) -> Self {
        let Some(fields) = stat(pid) else { return Self::default() };
        let ticks = |n: usize| fields.get(n).and_then(|text| text.parse().ok()).unwrap_or(0);
        // Linux tells them in hundredths of a second, whatever the kernel's own clock.
        let time = |a: usize, b: usize| Duration::from_millis(10 * (ticks(a) + ticks(b)));
        Self { own: time(11, 12), children: time(13, 14) }
    }
}

/// What follows the name in `/proc/PID/stat`: state, parent, …
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

/// The direct children of a process.
pub(crate) fn children(parent: u32) -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(move |pid| stat(*pid).is_some_and(|f| f[1] == parent.to_string()))
}

/// Resident memory of a process, and its greatest ever, in bytes.
pub(crate) fn memory(pid: u32) -> (u64, u64) {
    let text = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let value = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    (value("VmRSS:").unwrap_or(0) * 1_024, value("VmHWM:").unwrap_or(0) * 1_024)
}
