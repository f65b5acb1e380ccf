//! What can be set, by flags or environment.

use std::net::SocketAddr;
use std::path::PathBuf;

use azeer_runtime::clock::Clock;
use azeer_runtime::config::Common;
use clap::{Args, Parser, Subcommand};

use crate::conversation::Origin;
use crate::permits::PermitKeys;
use crate::retention::Retention;

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
    Serve(Box<Config>),
    /// Bring the database to the schema that this program knows, and end.
    Migrate(Common),
    /// Make and change the keys that sign permits.
    #[command(subcommand)]
    PermitKeys(PermitKeys),
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

    /// How many batches of reports may be in flight at once.
    #[arg(long, env = "AZEER_REPORT_SHARDS", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub report_shards: u8,

    /// The directory of the keys that sign permits, as `permit-keys` makes them; it is read again
    /// every second. Without it there are no permits.
    #[arg(long, env = "AZEER_PERMIT_KEYS", value_name = "DIR")]
    pub permit_keys: Option<PathBuf>,

    /// For how long what is kept.
    #[command(flatten)]
    pub retention: Retention,

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
            report_shards: 2,
            permit_keys: None,
            retention: Retention::default(),
            clock: Clock::database(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_that_are_not_given_are_the_defaults() {
        let cli = ["messaging-policy", "serve", "--database-url", "postgres://h/d"];
        let Command::Serve(config) = Cli::parse_from(cli).command else { panic!("it serves") };
        let (listen, origin) = (config.listen, config.conversation_url.clone());
        let defaults = Config::new("postgres://h/d", listen, origin);
        assert_eq!(format!("{config:?}"), format!("{defaults:?}"));
    }
}
