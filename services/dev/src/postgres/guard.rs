//! Runs a server program so that it ends with us, even if we are killed: under a shell that holds
//! one end of a pipe. The shell and the program are a process group of their own, which Ctrl-C
//! doesn't reach: the services stop first.

use std::{
    ffi::OsStr,
    fs::{self, File, OpenOptions},
    io::{Read as _, Seek as _, SeekFrom},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ExitStatus, Stdio},
    time::Duration,
};

use tokio::time::sleep;

use super::{Error, home::Home};

const SCRIPT: &str = include_str!("guard.sh");
const POLL: Duration = Duration::from_millis(20);
const TAIL_LINES: usize = 15;

/// A program that runs under guard. Letting go of it stops the program.
#[derive(Debug)]
pub(super) struct Guard {
    shell: Child,
    pipe: Option<ChildStdin>,
    log: PathBuf,
    log_start: u64,
}

// === impl Guard ===

impl Guard {
    /// Starts `program` as the home's user. What it says goes to the home's log.
    pub(super) fn spawn<A: AsRef<OsStr>>(
        home: &Home,
        program: &Path,
        args: impl IntoIterator<Item = A>,
        remove_after: &Path,
    ) -> Result<Self, Error> {
        let log = home.log();
        let open = || -> std::io::Result<(File, File, u64)> {
            let file = OpenOptions::new().create(true).append(true).open(&log)?;
            home.user.own(&log)?;
            Ok((file.try_clone()?, file, fs::metadata(&log)?.len()))
        };
        let (stdout, stderr, log_start) = open().map_err(Error::io("write", &log))?;
        let mut shell = (home.user.command(Path::new("/bin/sh"), &home.dir))
            // In the environment, so that lists of processes stay readable.
            .env("POSTGRES_GUARD", SCRIPT)
            .args(["-c", "eval \"$POSTGRES_GUARD\"", "postgres-guard"])
            .arg(remove_after)
            .arg(program)
            .args(args)
            .stdin(Stdio::piped())
            .stdout(stdout)
            .stderr(stderr)
            .process_group(0)
            .spawn()
            .map_err(Error::io("run", program))?;
        let pipe = shell.stdin.take();
        Ok(Self { shell, pipe, log, log_start })
    }

    /// Tells the guard to stop the program. That takes up to three seconds, and then as long as an
    /// immediate shutdown takes.
    pub(super) fn release(&mut self) {
        self.pipe = None;
    }

    /// How the program ended, if it has.
    pub(super) fn ended(&mut self) -> Result<Option<ExitStatus>, Error> {
        self.shell.try_wait().map_err(Error::io("watch the process that writes", &self.log))
    }

    /// Comes back when the program has ended. Polls, so as to be bound to no runtime.
    pub(super) async fn wait(&mut self) -> Result<ExitStatus, Error> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            sleep(POLL).await;
        }
    }

    /// The last lines of what the program said.
    pub(super) fn tail(&self) -> String {
        let mut said = Vec::new();
        let read = File::open(&self.log).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.log_start))?;
            log.read_to_end(&mut said)
        });
        if let Err(error) = read {
            return format!("(it cannot be read: {error})");
        }
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}
