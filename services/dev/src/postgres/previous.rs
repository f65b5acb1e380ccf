//! The server of an earlier run. Its launcher is dead (we hold the lock), so it is about to stop; and what
//! it left behind when it was killed must not keep the next one from starting.

use std::{
    fs, io,
    os::unix::net::UnixStream,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, sleep};

use super::{Error, process};

const POLL: Duration = Duration::from_millis(20);
/// What the guard takes at most, and some more.
const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// `postmaster.pid`, as the server writes it.
pub(super) struct PidFile {
    pub(super) pid: u32,
    socket: PathBuf,
}

// === impl PidFile ===

impl PidFile {
    /// Nothing when there is no such file, or none that is complete.
    pub(super) fn read(data: &Path) -> Option<Self> {
        let text = fs::read_to_string(path(data)).ok()?;
        let line = |n| text.lines().nth(n);
        Some(Self {
            pid: line(0)?.parse().ok()?,
            socket: Path::new(line(4)?).join(format!(".s.PGSQL.{}", line(3)?)),
        })
    }

    /// Whether a server is there to answer. The process id alone can't tell: after a restart of the
    /// machine it may be anyone's.
    pub(super) fn is_alive(&self) -> bool {
        UnixStream::connect(&self.socket).is_ok()
    }

    /// Where its socket is.
    pub(super) fn socket_dir(&self) -> Option<&Path> {
        self.socket.parent()
    }
}

/// Waits until no server runs on `data`; one that stays is told to stop.
pub(super) async fn gone(data: &Path) -> Result<(), Error> {
    if let Some(previous) = PidFile::read(data) {
        let pid = previous.pid;
        if !ended(&previous).await {
            tracing::warn!("stopping PostgreSQL (process {pid}), left from an earlier run");
            process::signal("QUIT", &[pid]).map_err(Error::io("stop", data))?;
            if !ended(&previous).await {
                return Err(Error::Leftover { dir: data.to_owned(), pid });
            }
        }
    }
    // PostgreSQL would take any live process with this id for a server of its own. Should one be left
    // unseen, its shared memory, which is found by the directory, still keeps a second one out.
    match fs::remove_file(path(data)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Error::io("remove", &path(data))(error))
        }
        _ => Ok(()),
    }
}

async fn ended(server: &PidFile) -> bool {
    let deadline = Instant::now() + STOPS_WITHIN;
    while server.is_alive() {
        if Instant::now() > deadline {
            return false;
        }
        sleep(POLL).await;
    }
    true
}

fn path(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}
