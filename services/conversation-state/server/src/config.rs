//! What can be set, by flags or environment.

use std::net::SocketAddr;
use std::time::Duration;

use azeer_runtime::clock::Clock;
use azeer_runtime::config::Common;
use clap::{Args, Parser, Subcommand};

use crate::retention::Retention;

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
    Migrate(Common),
}

/// How the service runs.
#[derive(Debug, Clone, Args)]
pub struct Config {
    /// The database and the logs.
    #[command(flatten)]
    pub common: Common,

    /// Where to listen for gRPC; port 0 takes any free one.
    #[arg(long, env = "AZEER_LISTEN", default_value = "127.0.0.1:50051")]
    pub listen: SocketAddr,

    /// How many connections to the database reads may have; each write shard has one more.
    #[arg(long, env = "AZEER_DATABASE_CONNECTIONS", default_value_t = 14,
          value_parser = clap::value_parser!(u16).range(4..))]
    pub database_connections: u16,

    /// How many batches of writes may be in flight at once.
    #[arg(long, env = "AZEER_WRITE_SHARDS", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=16))]
    pub write_shards: u8,

    /// How long a watcher hears nothing at the most, in seconds.
    #[arg(long, env = "AZEER_WATCH_HEARTBEAT", value_name = "SECONDS", default_value = "15",
          value_parser = seconds)]
    pub watch_heartbeat: Duration,

    /// How many watchers there may be at once.
    #[arg(long, env = "AZEER_MOST_WATCHERS", default_value_t = 10_000)]
    pub most_watchers: u32,

    /// For how long what is kept.
    #[command(flatten)]
    pub retention: Retention,

    /// Where the time comes from. Only tests set it.
    #[arg(skip)]
    pub clock: Clock,

    /// Whether expiries are announced. Only tests turn it off, to announce them one by one.
    #[arg(skip = true)]
    pub announce_expiries: bool,
}

impl Config {
    /// The defaults, over a database and at an address.
    #[must_use]
    pub fn new(database_url: impl Into<String>, listen: SocketAddr) -> Self {
        Self {
            common: Common::new(database_url),
            listen,
            database_connections: 14,
            write_shards: 2,
            watch_heartbeat: Duration::from_secs(15),
            most_watchers: 10_000,
            retention: Retention::default(),
            clock: Clock::database(),
            announce_expiries: true,
        }
    }
}

/// Reads seconds, also parts of one.
fn seconds(text: &str) -> Result<Duration, &'static str> {
    let parsed = text.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let bounds = Duration::from_millis(100)..=Duration::from_mins(10);
    parsed.filter(|parsed| bounds.contains(parsed)).ok_or("must be 0.1-600")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    fn flags(command: &str) -> Vec<String> {
        let cli = Cli::command();
        let command = cli.find_subcommand(command).unwrap();
        command.get_arguments().filter_map(|flag| Some(flag.get_long()?.to_owned())).collect()
    }

    #[test]
    fn heartbeats_are_given_in_seconds() {
        for (text, millis) in [("15", 15_000), ("0.1", 100), ("0.25", 250), ("600", 600_000)] {
            assert_eq!(seconds(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "x", "0", "-1", "0.09", "600.1", "inf", "nan", "1e300", "15s"] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn flags_that_are_not_given_are_the_defaults() {
        let cli = ["conversation-state", "serve", "--database-url", "postgres://h/d"];
        let Command::Serve(config) = Cli::parse_from(cli).command else { panic!("it serves") };
        let defaults = Config::new("postgres://h/d", config.listen);
        assert_eq!(format!("{config:?}"), format!("{defaults:?}"));
    }

    #[test]
    fn migrating_has_no_flags_of_serving() {
        let common = ["database-url", "log", "log-format"];
        assert_eq!(flags("migrate"), common);
        let serve = flags("serve");
        assert!(common.iter().all(|flag| serve.iter().any(|known| known == flag)));
        assert!(serve.len() > common.len());
    }
}
