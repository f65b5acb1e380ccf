//! What the launcher runs: the database and the services on it, up in this order and down in the other.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use azeer_dev::postgres;
use tokio::time::timeout;

use crate::{cli::Launch, database::Database, ready::reachable};

/// Leaves the database time to stop within ten seconds altogether.
const SERVICES_STOP_WITHIN: Duration = Duration::from_millis(5500);

/// Where the data directory has the keys that sign permits.
const PERMIT_KEYS: &str = "permit-keys";

/// Why the stack is not up, or no longer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "{0} is in use: stop what listens there, or give another {1} (port 0 takes any free one)"
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
    #[error("conversation-state cannot start")]
    Conversation(#[from] conversation_state::Error),
    #[error("messaging-policy cannot start")]
    Policy(#[from] messaging_policy::Error),
    #[error("the keys that sign permits cannot be made")]
    PermitKeys(#[from] messaging_policy::permits::KeysError),
    #[error("messaging-policy cannot be told where conversation-state is")]
    Origin(#[from] messaging_policy::conversation::InvalidOrigin),
}

/// Where the services listen.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Addresses {
    pub(crate) conversation: SocketAddr,
    pub(crate) policy: SocketAddr,
}

/// Everything that runs.
pub(crate) struct Stack {
    conversation: conversation_state::Server,
    policy: messaging_policy::Server,
    database: Database,
}

// === impl Stack ===

impl Stack {
    /// Comes back when all of it serves.
    pub(crate) async fn start(options: &Launch) -> Result<Self, Error> {
        let Launch { conversation_listen, policy_listen, .. } = *options;
        // Both are held until both are known to be free: they may be the same.
        let conversation = check_free(conversation_listen, "--conversation-listen")?;
        let policy = check_free(policy_listen, "--policy-listen")?;
        drop((conversation, policy));
        let database = Database::open(&options.database).await?;
        let listen = Addresses { conversation: conversation_listen, policy: policy_listen };
        Self::on(database, listen, &options.database.data_dir).await
    }

    /// The services on a database's server, with the keys of a data directory.
    pub(crate) async fn on(
        database: Database,
        listen: Addresses,
        data_dir: &Path,
    ) -> Result<Self, Error> {
        let permit_keys = data_dir.join(PERMIT_KEYS);
        messaging_policy::permits::generate(&permit_keys)?;
        let policy_url = database.policy_url().await?;
        conversation_state::migrate(&database.url).await?;
        messaging_policy::migrate(&policy_url).await?;
        let config = conversation_state::Config::new(&database.url, listen.conversation);
        let conversation = conversation_state::Server::start(config).await?;
        let origin = format!("http://{}", reachable(conversation.local_addr())).parse()?;
        let mut config = messaging_policy::Config::new(policy_url, listen.policy, origin);
        config.permit_keys = Some(permit_keys);
        let policy = messaging_policy::Server::start(config).await?;
        Ok(Self { conversation, policy, database })
    }

    /// Where the services serve.
    pub(crate) fn addresses(&self) -> Addresses {
        Addresses { conversation: self.conversation.local_addr(), policy: self.policy.local_addr() }
    }

    /// Comes back when something that should run has ended.
    pub(crate) async fn failed(&mut self) -> Error {
        match self.database.ended().await {
            Ok(log) => Error::PostgresEnded(log),
            Err(error) => error.into(),
        }
    }

    /// Lets running calls finish, then stops the database. messaging-policy goes first: its calls
    /// need the other one.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        let stopping = async {
            self.policy.stop().await;
            self.conversation.stop().await;
        };
        if timeout(SERVICES_STOP_WITHIN, stopping).await.is_err() {
            tracing::warn!("the services did not stop in time");
        }
        Ok(self.database.stop().await?)
    }
}

/// Tells at once, and with the flag's name, what would fail only after the database is up.
fn check_free(address: SocketAddr, flag: &'static str) -> Result<TcpListener, Error> {
    match TcpListener::bind(address) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(Error::PortInUse(address, flag))
        }
        Err(error) => Err(Error::Listen(address, flag, error)),
    }
}
