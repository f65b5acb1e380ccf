//! What can go wrong with the database, apart from what callers ask of it.

use std::error::Error as _;

use thiserror::Error;
use tokio_postgres::error::SqlState;

/// A statement or the way to the database failed.
#[derive(Debug, Error)]
pub enum StoreError {
    /// No connection could be had.
    #[error("no database connection: {0}")]
    Pool(#[from] deadpool_postgres::PoolError),
    /// A statement failed or its connection broke.
    #[error("database: {}", describe(.0))]
    Postgres(#[from] tokio_postgres::Error),
    /// The database took longer than it may.
    #[error("the database did not answer in time")]
    Timeout,
    /// The database holds a name that this program does not know.
    #[error("the database holds the unknown name {0:?}")]
    UnknownName(String),
    /// The database holds a value that breaks the domain's rules.
    #[error("the database holds an impossible {0}")]
    Impossible(&'static str),
}

impl StoreError {
    /// Whether the database is at fault or away, rather than the statement.
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        match self {
            Self::Pool(_) | Self::Timeout => true,
            Self::Postgres(error) => {
                let broken = error.is_closed()
                    || error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
                // 57P: shutting down; 53: out of resources; 08: the connection; 25P: it took too long.
                let away = error.code().is_some_and(|code| {
                    ["57P", "53", "08", "25P", "55P"]
                        .iter()
                        .any(|class| code.code().starts_with(class))
                        || *code == SqlState::QUERY_CANCELED
                        || *code == SqlState::READ_ONLY_SQL_TRANSACTION
                });
                broken || away || self.is_conflict()
            }
            Self::UnknownName(_) | Self::Impossible(_) => false,
        }
    }

    /// Whether the connection is at its end.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        matches!(self, Self::Postgres(error) if error.is_closed())
    }

    /// Whether the same transaction may well pass when tried again.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        let Self::Postgres(error) = self else { return false };
        error.code().is_some_and(|code| {
            *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED
        })
    }
}

/// The server's message, which the driver's own text leaves out.
fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => error.to_string(),
    }
}
