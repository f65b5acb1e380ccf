//! The pool of connections to the service's database.

use std::time::Duration;

use deadpool_postgres::{
    Manager, ManagerConfig, Pool, QueueMode, RecyclingMethod, Runtime, Timeouts,
};
use thiserror::Error;
use tokio_postgres::NoTls;

/// What every connection is started with.
///
/// Statements are prepared once per connection and may first be planned while tables are empty.
/// All of them are meant to go through an index, whatever the planner believes of the sizes: so
/// the plans are generic, and the ways that pay only for large parts of a table are off. (Which
/// index is for the schema and the statements to say.)
///
/// A program that freezes or vanishes must not hold its locks for long: the server ends a
/// transaction that waits for its client, notices a client that is gone, and gives up statements
/// that nobody can still be waiting for.
const SESSION: &str = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off \
    -c enable_bitmapscan=off -c enable_hashjoin=off -c enable_mergejoin=off -c jit=off \
    -c max_parallel_workers_per_gather=0 -c TimeZone=UTC \
    -c idle_in_transaction_session_timeout=5s -c statement_timeout=10s \
    -c client_connection_check_interval=1s -c tcp_keepalives_idle=5 \
    -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 -c tcp_user_timeout=10s";

/// The database cannot be used as it is named.
#[derive(Debug, Error)]
pub enum DatabaseError {
    /// The URL cannot be read.
    #[error("the database URL cannot be read; it must look like postgres://user@host:5432/name")]
    Url(#[source] tokio_postgres::Error),
    /// The pool cannot be made.
    #[error("the connection pool cannot be made")]
    Pool(#[from] deadpool_postgres::BuildError),
}

/// Reads a database URL and adds what every connection needs.
pub fn parse_url(
    url: &str,
    application_name: &str,
) -> Result<tokio_postgres::Config, DatabaseError> {
    let mut config: tokio_postgres::Config = url.parse().map_err(DatabaseError::Url)?;
    if config.get_application_name().is_none() {
        config.application_name(application_name);
    }
    let options = match config.get_options() {
        Some(given) => format!("{SESSION} {given}"),
        None => SESSION.to_owned(),
    };
    config
        .options(options)
        .connect_timeout(Duration::from_secs(5))
        .tcp_user_timeout(Duration::from_secs(10))
        .keepalives_idle(Duration::from_secs(10));
    Ok(config)
}

/// Makes the pool. It connects when a connection is first asked for.
pub fn pool(config: tokio_postgres::Config, size: usize) -> Result<Pool, DatabaseError> {
    let manager = Manager::from_config(
        config,
        NoTls,
        ManagerConfig { recycling_method: RecyclingMethod::Fast },
    );
    let limit = Some(Duration::from_secs(5));
    let pool = Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        // The ones used last have their statements prepared.
        .queue_mode(QueueMode::Lifo)
        .timeouts(Timeouts { wait: limit, create: limit, recycle: limit })
        .build()?;
    Ok(pool)
}
