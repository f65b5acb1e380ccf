//! What the launcher runs: the database and the services on it, up in this order and down in the other.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use azeer_dev::postgres;
use conversation_state::{Config, Server};
use tokio::time::timeout;

use crate::{cli::Launch, database::Database};

/// Leaves the database time to stop within ten seconds altogether.
const SERVICE_STOPS_WITHIN: Duration = Duration::from_millis(5500);

/// Why the stack is not up, or no longer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "{0} is in use by another program: stop it, or give another {1} (port 0 takes any free one)"
    )]
    PortInUse(SocketAddr, &'static str),
    #[error("cannot listen on {0}, as {1} says")]
    Listen(SocketAddr, &'static str, #[source] io::Error),
    #[error("signals cannot be received")]
    Signals(#[source] io::Error),
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    #[error("PostgreSQL has ended; its log ends with:\n{0}")]
    PostgresEnded(String),
    #[error("the database cannot be migrated")]
    Migrate(#[source] conversation_state::Error),
    #[error("conversation-state cannot start")]
    Conversation(#[source] conversation_state::Error),
}

/// Everything that runs.
pub(crate) struct Stack {
    conversation: Server,
    database: Database,
}

// === impl Stack ===

impl Stack {
    /// Comes back when all of it serves.
    pub(crate) async fn start(options: &Launch) -> Result<Self, Error> {
        check_free(options.conversation_listen, "--conversation-listen")?;
        let database = Database::open(&options.database).await?;
        Self::on(database, options.conversation_listen).await
    }

    /// The services on a database.
    pub(crate) async fn on(database: Database, listen: SocketAddr) -> Result<Self, Error> {
        conversation_state::migrate(&database.url).await.map_err(Error::Migrate)?;
        let config = Config::new(&database.url, listen);
        let conversation = Server::start(config).await.map_err(Error::Conversation)?;
        Ok(Self { conversation, database })
    }

    /// Where conversation-state serves.
    pub(crate) fn conversation(&self) -> SocketAddr {
        self.conversation.local_addr()
    }

    /// Comes back when something that should run has ended.
    pub(crate) async fn failed(&mut self) -> Error {
        match self.database.ended().await {
            Ok(log) => Error::PostgresEnded(log),
            Err(error) => error.into(),
        }
    }

    /// Lets running calls finish, then stops the database.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        if timeout(SERVICE_STOPS_WITHIN, self.conversation.stop()).await.is_err() {
            tracing::warn!("conversation-state did not stop in time");
        }
        Ok(self.database.stop().await?)
    }
}

/// Tells at once, and with the flag's name, what would fail only after the database is up.
fn check_free(address: SocketAddr, flag: &'static str) -> Result<(), Error> {
    match TcpListener::bind(address) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(Error::PortInUse(address, flag))
        }
        Err(error) => Err(Error::Listen(address, flag, error)),
    }
}
