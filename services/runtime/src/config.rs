//! What everything that a service does can be told, by flags or environment.

use clap::Args;

pub use crate::telemetry::LogFormat;
use crate::telemetry::start_logs;

/// What everything that the program does needs.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// The database, as a URL: <postgres://user:password@host:5432/name>.
    #[arg(long, env = "AZEER_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// What to log: `info`, `debug`, or as tracing's filters have it.
    #[arg(long, env = "AZEER_LOG", default_value = "info")]
    pub log: String,

    /// How log lines look.
    #[arg(long, env = "AZEER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

impl Common {
    /// The defaults, over a database.
    #[must_use]
    pub fn new(database_url: impl Into<String>) -> Self {
        let (log, log_format) = ("info".to_owned(), LogFormat::Text);
        Self { database_url: database_url.into(), log, log_format }
    }

    /// Starts the logs.
    pub fn start_logs(&self) {
        start_logs(&self.log, self.log_format);
    }
}
