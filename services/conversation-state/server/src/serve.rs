//! Puts the service together, and takes it apart in the right order.

use std::net::SocketAddr;
use std::sync::Arc;

use azeer_runtime::database::{self, DatabaseError};
use azeer_runtime::group_commit::Options;
use azeer_runtime::migrations::{MigrationError, migrate as bring_up_to_date};
use azeer_runtime::server::{self, ServeError, asked_to_stop};
use azeer_runtime::telemetry;
use thiserror::Error;
use tracing::info;

use crate::config::{Cli, Command, Config, LogFormat};
use crate::store::{Announcer, Store};

// The module `migrations`, with the SQL of the folder of that name.
refinery::embed_migrations!("migrations");

/// The service could not start.
#[derive(Debug, Error)]
pub enum Error {
    /// The database cannot be used as it is named.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database could not be migrated.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The server could not begin to serve.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Brings the database to the schema that this program knows.
pub async fn migrate(config: &Config) -> Result<(), Error> {
    let database = database::parse_url(&config.database_url, "conversation-state")?;
    bring_up_to_date(&database, migrations::runner()).await?;
    Ok(())
}

/// A service that serves.
pub struct Server {
    grpc: server::Server,
    announcer: Option<Announcer>,
    store: Arc<Store>,
}

impl Server {
    /// Starts the service. The database has been migrated.
    pub async fn start(config: Config) -> Result<Self, Error> {
        let database = database::parse_url(&config.database_url, "conversation-state")?;
        let pool = database::pool(database, config.database_connections.into())?;
        let options =
            Options { shards: config.write_shards.into(), largest_batch: 256, queue: 4_096 };
        let store = Arc::new(Store::start(pool, config.clock, options));
        let grpc = server::Server::start(config.listen, crate::grpc::service(&store)).await?;
        let announcer = config.announce_expiries.then(|| Announcer::start(Arc::clone(&store)));
        Ok(Self { grpc, announcer, store })
    }

    /// Where it listens.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.grpc.local_addr()
    }

    /// What it keeps; for tests.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Stops taking calls, lets the running ones finish, and ends.
    pub async fn stop(self) {
        if let Some(announcer) = self.announcer {
            announcer.stop().await;
        }
        self.grpc.stop().await;
        // Handlers that were cut off may hold it a little longer; their writes finish or not.
        if let Some(store) = Arc::into_inner(self.store) {
            store.stop().await;
        }
    }
}

/// Runs the program.
pub async fn run(cli: Cli) -> Result<(), Error> {
    match cli.command {
        Command::Migrate(config) => {
            start_logs(&config);
            migrate(&config).await?;
            info!("the schema is current");
        }
        Command::Serve(config) => {
            start_logs(&config);
            let server = Server::start(config).await?;
            asked_to_stop().await;
            info!("stopping");
            server.stop().await;
        }
    }
    Ok(())
}

fn start_logs(config: &Config) {
    let format = match config.log_format {
        LogFormat::Text => telemetry::LogFormat::Text,
        LogFormat::Json => telemetry::LogFormat::Json,
    };
    telemetry::start_logs(&config.log, format);
}
