//! Brings a database to the schema that the program knows: forward only, one program at a time.

use refinery::Runner;
use thiserror::Error;
use tokio_postgres::NoTls;
use tracing::info;

/// Any number will do, as long as all programs that migrate a database use the same.
const LOCK: i64 = 0x617a_6565_7201;

/// The database could not be migrated.
#[derive(Debug, Error)]
pub enum MigrationError {
    /// It cannot be reached or refused a statement.
    #[error("the database cannot be reached or refused a statement: {0}")]
    Database(#[from] tokio_postgres::Error),
    /// A migration failed.
    #[error("a migration failed: {0}")]
    Migration(#[from] refinery::Error),
}

/// Applies the migrations that the database lacks. Others who migrate meanwhile wait.
pub async fn migrate(
    config: &tokio_postgres::Config,
    runner: Runner,
) -> Result<(), MigrationError> {
    // The lock has a session of its own: it is freed when that ends, however it ends.
    let (lock, lock_task) = connect(config).await?;
    lock.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await?;
    let (mut client, client_task) = connect(config).await?;
    let report = runner.run_async(&mut client).await?;
    for migration in report.applied_migrations() {
        info!(version = migration.version(), name = migration.name(), "migration applied");
    }
    drop((client, lock));
    // The sessions end with their clients; wait until they have.
    let _ = tokio::join!(client_task, lock_task);
    Ok(())
}

async fn connect(
    config: &tokio_postgres::Config,
) -> Result<(tokio_postgres::Client, tokio::task::JoinHandle<()>), tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let task = tokio::spawn(async move {
        // A broken session shows in its client's calls.
        let _ = connection.await;
    });
    // Migrations, and those who wait for their turn, may take long.
    client
        .batch_execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        .await?;
    Ok((client, task))
}
