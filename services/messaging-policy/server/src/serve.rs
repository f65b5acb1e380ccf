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
use crate::conversation::{self, Conversations};
use crate::outbox::Delivery;
use crate::permits::{KeysError, Permits};
use crate::replay::Replays;
use crate::store::{Pools, Shards, Store};

// The module `migrations`, with the SQL of the folder of that name.
refinery::embed_migrations!("migrations");

/// How the program is called, also by the database.
const PROGRAM: &str = "messaging-policy";
/// How long running calls may take once the service stops.
const DRAIN: Duration = Duration::from_secs(4);
/// How long the batches that are still waiting then may take.
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
    /// The keys that sign permits cannot be had, or not be changed.
    #[error(transparent)]
    PermitKeys(#[from] KeysError),
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
    upkeep: Upkeep,
    delivery: Delivery,
    replays: Arc<Replays>,
    store: Arc<Store>,
}

impl Server {
    /// Starts the service. The database has been migrated, or is away and will have been;
    /// conversation-state may come and go.
    pub async fn start(config: Config) -> Result<Self, Error> {
        let database = database::parse_url(&config.common.database_url, PROGRAM)?;
        let permits = Arc::new(Permits::start(config.permit_keys.as_deref())?);
        schema::require(&database, &migrations::runner(), PROGRAM).await?;
        // Batches have connections of their own: they never wait for others to return one.
        let pools = Pools {
            writes: database::pool(database.clone(), config.write_shards.into())?,
            checks: database::pool(database.clone(), config.check_shards.into())?,
            reports: database::pool(database.clone(), config.report_shards.into())?,
            reads: database::pool(database, config.database_connections.into())?,
        };
        let options =
            |shards: u8| Options { shards: shards.into(), largest_batch: 256, queue: 1_024 };
        let shards = Shards {
            checks: options(config.check_shards),
            writes: options(config.write_shards),
            reports: options(config.report_shards),
        };
        let store = Arc::new(Store::start(pools, config.clock, shards));
        let options = conversation::Options::default();
        let conversations = Arc::new(Conversations::start(&config.conversation_url, options));
        let replays = Arc::new(Replays::new());
        let service =
            crate::grpc::service(&store, Arc::clone(&conversations), permits, Arc::clone(&replays));
        let grpc = server::Server::start(config.listen, service).await?;
        let delivery = Delivery::start(store.outbox(), &conversations);
        let upkeep = config.retention.start(&store);
        Ok(Self { grpc, upkeep, delivery, replays, store })
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
        // Replays take longer than running calls may. Clients are told first not to come back here.
        let replays = async { self.replays.stop() };
        // What is reported until the end is told by another replica, or by the next start.
        let (delivery, upkeep) = (self.delivery.stop(DRAIN), self.upkeep.stop(DRAIN));
        tokio::join!(self.grpc.stop(DRAIN), replays, delivery, upkeep);
        // Whoever is still running holds it; their batches finish, or end with the process.
        if let Some(store) = Arc::into_inner(self.store)
            && timeout(FLUSH, store.stop()).await.is_err()
        {
            warn!("batches are still waiting for the database");
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
        Command::PermitKeys(keys) => println!("{}", keys.run()?),
        Command::Serve(config) => {
            config.common.start_logs();
            let server = Server::start(*config).await?;
            asked_to_stop().await;
            info!("stopping");
            server.stop().await;
        }
    }
    Ok(())
}
