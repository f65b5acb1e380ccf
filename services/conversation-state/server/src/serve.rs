//! Puts the service together, and takes it apart in the right order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use azeer_runtime::database::{self, DatabaseError};
use azeer_runtime::group_commit::Options;
use azeer_runtime::migrations::{MigrationError, migrate as bring_up_to_date};
use azeer_runtime::schema::{self, NotMigrated};
use azeer_runtime::server::{self, ServeError, asked_to_stop};
use azeer_runtime::upkeep::Upkeep;
use thiserror::Error;
use tokio::time::timeout;
use tracing::{info, warn};

use crate::config::{Cli, Command, Config};
use crate::store::{Announcer, Log, Pools, Store};
use crate::watch::{self, Hub};

// The module `migrations`, with the SQL of the folder of that name.
refinery::embed_migrations!("migrations");

/// How the program is called, also by the database.
const PROGRAM: &str = "conversation-state";
/// How long running calls, and the round of announcements, may take once the service stops.
const DRAIN: Duration = Duration::from_secs(4);
/// How long the writes that are still waiting then may take.
const FLUSH: Duration = Duration::from_secs(1);

/// The service could not start.
#[derive(Debug, Error)]
pub enum Error {
    /// The database cannot be used as it is named.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The database could not be migrated.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// The database lacks what the statements need.
    #[error(transparent)]
    Schema(#[from] NotMigrated),
    /// The server could not begin to serve.
    #[error(transparent)]
    Serve(#[from] ServeError),
}

/// Brings the database to the schema that this program knows.
pub async fn migrate(database_url: &str) -> Result<(), Error> {
    let database = database::parse_url(database_url, PROGRAM)?;
    bring_up_to_date(&database, migrations::runner()).await?;
    Ok(())
}

/// A service that serves.
pub struct Server {
    grpc: server::Server,
    announcer: Option<Announcer>,
    upkeep: Upkeep,
    hub: Arc<Hub>,
    store: Arc<Store>,
}

impl Server {
    /// Starts the service. The database has been migrated, or is away and will have been.
    pub async fn start(config: Config) -> Result<Self, Error> {
        let database = database::parse_url(&config.common.database_url, PROGRAM)?;
        schema::require(&database, &migrations::runner(), PROGRAM).await?;
        // Writes have connections of their own: they never wait for reads to return one.
        let writes = database::pool(database.clone(), config.write_shards.into())?;
        let reads = database::pool(database, config.database_connections.into())?;
        let options =
            Options { shards: config.write_shards.into(), largest_batch: 256, queue: 1_024 };
        let watching = watch::Options {
            heartbeat: config.watch_heartbeat,
            most_watchers: config.most_watchers.try_into().unwrap_or(usize::MAX),
            readers: usize::from(config.database_connections).div_ceil(4),
        };
        let hub = Hub::start(Log::new(reads.clone(), config.clock.clone()), watching);
        let followers = Arc::clone(&hub);
        let store =
            Arc::new(Store::start(Pools { reads, writes }, config.clock, options, followers));
        let service = crate::grpc::service(&store, &hub);
        let grpc = server::Server::start(config.listen, service).await?;
        let announcer = config.announce_expiries.then(|| Announcer::start(Arc::clone(&store)));
        let upkeep = config.retention.start(&store);
        Ok(Self { grpc, announcer, upkeep, hub, store })
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

    /// Tells `NOT_SERVING`, stops taking calls, lets the running ones finish for as long as they
    /// may, and ends.
    pub async fn stop(self) {
        let announcements = async {
            let Some(announcer) = self.announcer else { return };
            if timeout(DRAIN, announcer.stop()).await.is_err() {
                warn!("a round of announcements is still running");
            }
        };
        // By themselves streams would never end. Clients are told first not to come back here.
        let watching = async { self.hub.stop() };
        let upkeep = self.upkeep.stop(DRAIN);
        tokio::join!(self.grpc.stop(DRAIN), watching, announcements, upkeep);
        // Whoever is still running holds it; their writes finish, or end with the process.
        if let Some(store) = Arc::into_inner(self.store)
            && timeout(FLUSH, store.stop()).await.is_err()
        {
            warn!("writes are still waiting for the database");
        }
    }
}

/// Runs the program.
pub async fn run(cli: Cli) -> Result<(), Error> {
    match cli.command {
        Command::Migrate(common) => {
            common.start_logs();
            migrate(&common.database_url).await?;
            info!("the schema is current");
        }
        Command::Serve(config) => {
            config.common.start_logs();
            let server = Server::start(config).await?;
            asked_to_stop().await;
            info!("stopping");
            server.stop().await;
        }
    }
    Ok(())
}
