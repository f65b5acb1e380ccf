//! A cluster's life: started, stopped or killed, started again with all its data.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};
use tokio_postgres::{Config, NoTls, error::SqlState};

use super::{
    Error, Programs, connection, databases, guard::Guard, home::Home, lock::DataDir, previous,
    process, setup, socket,
};

const POLL: Duration = Duration::from_millis(20);
/// Recovery after a crash can take a while.
const START_WITHIN: Duration = Duration::from_mins(2);
/// How long the processes of a server that was killed may take to notice.
const OLD_BACKENDS_END_WITHIN: Duration = Duration::from_secs(10);
/// The guard's three seconds, and what an immediate shutdown takes.
const STOP_WITHIN: Duration = Duration::from_millis(4500);

/// A running private server. Dropping it stops it too, in the background.
#[derive(Debug)]
pub struct Cluster {
    // Fields are dropped in this order: the server is told to stop before its directory is free.
    guard: Guard,
    pid: u32,
    socket_dir: PathBuf,
    _data_dir: DataDir,
}

// === impl Cluster ===

impl Cluster {
    /// Starts the server of `data_dir`, made on first use, and waits until it takes connections.
    /// `options` are settings as in `postgresql.conf`; they win over the launcher's own.
    ///
    /// It belongs to no runtime: what one test starts, another may use.
    pub async fn start(
        programs: &Programs,
        data_dir: &Path,
        options: &[(&str, &str)],
    ) -> Result<Self, Error> {
        let data_dir = DataDir::open(data_dir)?;
        let home = Home::open(data_dir.path())?;
        previous::gone(&home.data()).await?;
        setup::initialise(programs, &home, options).await?;
        let socket_dir = socket::dir(&home)?;
        let args = setup::arguments(&home, &socket_dir, options);
        let config = connection::config(&socket_dir, "postgres");
        let deadline = Instant::now() + OLD_BACKENDS_END_WITHIN;
        loop {
            let mut guard = Guard::spawn(&home, &programs.postgres(), &args, &socket_dir)?;
            let accepts = timeout(START_WITHIN, accepts(&mut guard, &config)).await;
            let server = previous::PidFile::read(&home.data());
            if let (Ok(accepts), Some(server)) = (accepts, server)
                && accepts?
            {
                let pid = server.pid;
                return Ok(Self { guard, pid, socket_dir, _data_dir: data_dir });
            }
            let tail = guard.tail();
            // Backends of a server that was killed finish what they are at before they notice.
            if !tail.contains("pre-existing shared memory block") || Instant::now() > deadline {
                return Err(Error::Start { log: home.log(), tail });
            }
            sleep(POLL).await;
        }
    }

    /// How to connect to a database of this server.
    #[must_use]
    pub fn config(&self, database: &str) -> Config {
        connection::config(&self.socket_dir, database)
    }

    /// The same as a URL, for any client.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        connection::url(&self.socket_dir, database)
    }

    /// The process id of the server.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Creates a database, if it isn't there.
    pub async fn create_database(&self, name: &str) -> Result<(), Error> {
        databases::create(&self.config("postgres"), name).await
    }

    /// Comes back when the server has ended by itself, with the last lines of its log.
    pub async fn ended(&mut self) -> Result<String, Error> {
        self.guard.wait().await?;
        Ok(self.guard.tail())
    }

    /// Stops the server: fast (open transactions end, all is written), or, where that takes more
    /// than three seconds, at once (the next start recovers). What was committed is kept.
    pub async fn stop(mut self) -> Result<(), Error> {
        self.guard.release();
        match timeout(STOP_WITHIN, self.guard.wait()).await {
            Ok(ended) => ended.map(drop),
            Err(_) => self.kill().await,
        }
    }

    /// Kills the server and all its processes (SIGKILL), as a crash would.
    pub async fn kill(mut self) -> Result<(), Error> {
        if self.guard.ended()?.is_none() {
            let mut pids = vec![self.pid];
            pids.extend(process::children(self.pid));
            process::signal("KILL", &pids).map_err(Error::io("kill", &self.socket_dir))?;
        }
        self.guard.wait().await.map(drop)
    }
}

/// Waits until the server takes connections; `false` when it has ended instead.
async fn accepts(guard: &mut Guard, config: &Config) -> Result<bool, Error> {
    while guard.ended()?.is_none() {
        match config.connect(NoTls).await {
            Ok(_) => return Ok(true),
            Err(error) if is_starting(&error) => sleep(POLL).await,
            Err(error) => return Err(Error::sql("take a connection")(error)),
        }
    }
    Ok(false)
}

/// There is no socket yet, or the server says that it is starting.
fn is_starting(error: &tokio_postgres::Error) -> bool {
    error.code().is_none_or(|code| *code == SqlState::CANNOT_CONNECT_NOW)
}
