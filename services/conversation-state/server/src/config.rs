//! What can be set, by flags or environment.

use std::net::SocketAddr;

use azeer_runtime::clock::Clock;
use clap::{Parser, Subcommand, ValueEnum};

/// Owns the state of each conversation, its transitions and the inbox's tabs.
#[derive(Debug, Parser)]
#[command(name = "conversation-state", version)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve gRPC until asked to stop.
    Serve(Config),
    /// Bring the database to the schema that this program knows, and end.
    Migrate(Config),
}

/// How the service runs.
#[derive(Debug, Clone, Parser)]
pub struct Config {
    /// The database, as a URL: <postgres://user:password@host:5432/name>.
    #[arg(long, env = "AZEER_DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// Where to listen for gRPC; port 0 takes any free one.
    #[arg(long, env = "AZEER_LISTEN", default_value = "127.0.0.1:50051")]
    pub listen: SocketAddr,

    /// How many connections to the database there may be.
    #[arg(long, env = "AZEER_DATABASE_CONNECTIONS", default_value_t = 16,
          value_parser = clap::value_parser!(u16).range(4..))]
    pub database_connections: u16,

    /// How many batches of writes may be in flight at once.
    #[arg(long, env = "AZEER_WRITE_SHARDS", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub write_shards: u8,

    /// What to log: `info`, `debug`, or as tracing's filters have it.
    #[arg(long, env = "AZEER_LOG", default_value = "info")]
    pub log: String,

    /// How log lines look.
    #[arg(long, env = "AZEER_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,

    /// Where the time comes from. Only tests set it.
    #[arg(skip)]
    pub clock: Clock,

    /// Whether expiries are announced. Only tests turn it off, to announce them one by one.
    #[arg(skip = true)]
    pub announce_expiries: bool,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// The defaults, over a database and at an address.
    #[must_use]
    pub fn new(database_url: impl Into<String>, listen: SocketAddr) -> Self {
        Self {
            database_url: database_url.into(),
            listen,
            database_connections: 16,
            write_shards: 2,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            clock: Clock::database(),
            announce_expiries: true,
        }
    }
}
