//! Whether a database has the schema that the program knows.

use std::time::Duration;

use refinery::Runner;
use thiserror::Error;
use tokio_postgres::NoTls;
use tokio_postgres::error::SqlState;
use tracing::warn;

use crate::causes::told;

/// How long a database may take to tell.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the database has instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
enum Behind {
    /// It was never migrated.
    #[error("the database has no schema")]
    Nothing,
    /// Migrations are missing.
    #[error("the database has an older schema: version {found} of {needed}")]
    Older {
        /// The last version that was applied.
        found: i32,
        /// The last version that the program knows.
        needed: i32,
    },
}

/// The database lacks what a program needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{behind}: run `{program} migrate`")]
pub struct NotMigrated {
    behind: Behind,
    program: &'static str,
}

/// It is not known what the database has.
#[derive(Debug, Error)]
enum Unknown {
    /// It cannot be reached or refused a statement.
    #[error("the database cannot be reached or refused a statement")]
    Database(#[from] tokio_postgres::Error),
    /// It did not tell in time.
    #[error("the database did not answer in time")]
    Timeout(#[from] tokio::time::error::Elapsed),
}

/// Refuses a database that is known to lack the schema that `program` needs. One that is away may
/// come later.
pub async fn require(
    config: &tokio_postgres::Config,
    runner: &Runner,
    program: &'static str,
) -> Result<(), NotMigrated> {
    match behind(config, runner).await {
        Ok(None) => Ok(()),
        Ok(Some(behind)) => Err(NotMigrated { behind, program }),
        Err(unknown) => {
            warn!(error = told(&unknown), "it is not known whether the database has the schema");
            Ok(())
        }
    }
}

/// What the database lacks of the schema, if anything. A newer one is none of the program's
/// business. Takes a few seconds at the most.
async fn behind(
    config: &tokio_postgres::Config,
    runner: &Runner,
) -> Result<Option<Behind>, Unknown> {
    let found = tokio::time::timeout(PATIENCE, last_applied(config)).await??;
    let needed = runner.get_migrations().iter().map(refinery::Migration::version).max();
    Ok(match (found, needed) {
        (None, Some(_)) => Some(Behind::Nothing),
        (Some(found), Some(needed)) if found < needed => Some(Behind::Older { found, needed }),
        _ => None,
    })
}

/// The last version that was applied; none without the table that tells.
async fn last_applied(
    config: &tokio_postgres::Config,
) -> Result<Option<i32>, tokio_postgres::Error> {
    let (client, connection) = config.connect(NoTls).await?;
    let ask = async {
        let row = client.query_one("SELECT max(version) FROM refinery_schema_history", &[]).await;
        match row {
            Ok(row) => row.try_get(0),
            Err(error) if error.code() == Some(&SqlState::UNDEFINED_TABLE) => Ok(None),
            Err(error) => Err(error),
        }
    };
    // A broken session shows in the answer.
    tokio::select! {
        answer = ask => answer,
        Err(error) = connection => Err(error),
    }
}
