//! Signals to processes that are not our children, and who their children are: by the system's own tools.

use std::{
    fs, io,
    process::{Command, Stdio},
};

/// Sends a signal, named as for `kill`. A process that is gone already is no error.
pub(super) fn signal(name: &str, pids: &[u32]) -> io::Result<()> {
    let mut kill = Command::new("/bin/sh");
    kill.args([
        "-c",
        r#"signal=$1; shift; for pid; do kill -s "$signal" "$pid"; done"#,
        "sh",
        name,
    ]);
    kill.args(pids.iter().map(u32::to_string));
    kill.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    kill.status().map(drop)
}

/// The direct children of a process.
pub(super) fn children(parent: u32) -> Vec<u32> {
    if cfg!(target_os = "linux") {
        let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
        let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        pids.filter(|pid| parent_of(*pid) == Some(parent)).collect()
    } else {
        let output = Command::new("pgrep").args(["-P", &parent.to_string()]).output();
        let text = output.map(|output| output.stdout).unwrap_or_default();
        String::from_utf8_lossy(&text).lines().filter_map(|pid| pid.parse().ok()).collect()
    }
}

/// From `/proc/PID/stat`: `pid (name) state ppid …`, where the name may hold anything.
fn parent_of(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
