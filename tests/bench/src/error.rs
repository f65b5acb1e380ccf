//! What can stop a run.

use azeer_dev::postgres;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    #[error("PostgreSQL refused a statement")]
    Sql(#[from] tokio_postgres::Error),
    #[error("cannot {0}")]
    Io(&'static str, #[source] std::io::Error),
    #[error("{0} failed:\n{1}")]
    Program(String, String),
    #[error("the echo cannot serve")]
    Serve(#[from] tonic::transport::Error),
    #[error("a connection to the service broke")]
    Http2(#[from] h2::Error),
    #[error("the service answered {0}")]
    Answer(String),
    #[error("figures cannot be passed on")]
    Json(#[from] serde_json::Error),
    #[error("a task of the driver ended too early")]
    Task(#[from] tokio::task::JoinError),
    #[error("{0}")]
    Wrong(String),
}

impl Error {
    /// For `map_err`: the system refused to do `what`.
    pub(crate) fn io(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io(what, source)
    }
}
