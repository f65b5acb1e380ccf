//! What can be set, by flags or environment.

use std::net::SocketAddr;

use azeer_runtime::clock::Clock;
use azeer_runtime::config::Common;
use clap::{Args, Parser, Subcommand};

use crate::conversation::Origin;

/// Decides for every outbound send whether it may go.
#[derive(Debug, Parser)]
#[command(name = "messaging-policy", version)]
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
    Migrate(Common),
}

/// How the service runs.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The database and the logs.
    #[command(flatten)]
    pub common: Common,

    /// Where to listen for gRPC; port 0 takes any free one.
    #[arg(long, env = "AZEER_LISTEN", default_value = "127.0.0.1:50052")]
    pub listen: SocketAddr,

    /// Where conversation-state serves. All addresses of the host are asked in turn.
    #[arg(
        long,
        env = "AZEER_CONVERSATION_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:50051"
    )]
    pub conversation_url: Origin,

    /// How many connections to the database reads and settings may have; each shard has one more.
    #[arg(long, env = "AZEER_DATABASE_CONNECTIONS", default_value_t = 8,
          value_parser = clap::value_parser!(u16).range(2..))]
    pub database_connections: u16,

    /// How many batches of authorizations may be in flight at once.
    #[arg(long, env = "AZEER_WRITE_SHARDS", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub write_shards: u8,

    /// How many batches of checks may be in flight at once.
    #[arg(long, env = "AZEER_CHECK_SHARDS", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub check_shards: u8,

    /// Where the time comes from. Only tests set it.
    #[arg(skip)]
    pub clock: Clock,
}

impl Config {
    /// The defaults, over a database, at an address, beside a conversation-state.
    #[must_use]
    pub fn new(
        database_url: impl Into<String>,
        listen: SocketAddr,
        conversation_url: Origin,
    ) -> Self {
        Self {
            common: Common::new(database_url),
            listen,
            conversation_url,
            database_connections: 8,
            write_shards: 2,
            check_shards: 2,
            clock: Clock::database(),
        }
    }
}
