//! The command line. Every flag can also be given as an environment variable.

use std::{net::SocketAddr, path::PathBuf};

use clap::Parser;

/// Starts conversation-state on a private `PostgreSQL`, for development.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "Starts conversation-state on a PostgreSQL of its own, for development",
    after_help = AFTER_HELP
)]
pub(crate) struct Cli {
    /// Where conversation-state serves gRPC; port 0 takes any free one
    #[arg(long, env = "AZEER_CONVERSATION_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = "127.0.0.1:50051")]
    pub(crate) conversation_listen: SocketAddr,

    /// For messaging-policy, which this version doesn't have yet: accepted and not used
    #[arg(long, env = "AZEER_POLICY_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = "127.0.0.1:50052")]
    pub(crate) policy_listen: SocketAddr,

    /// For metrics, which this version doesn't have yet: accepted and not used
    #[arg(long, env = "AZEER_METRICS_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = "127.0.0.1:9464")]
    pub(crate) metrics_listen: SocketAddr,

    /// Where the private database keeps its data between starts; made on first use
    #[arg(long, env = "AZEER_DATA_DIR", value_name = "DIR", default_value = ".azeer")]
    pub(crate) data_dir: PathBuf,

    /// A database to use instead of a private one
    #[arg(long, env = "AZEER_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

const AFTER_HELP: &str = "\
Standard output gets the line `ready conversation=HOST:PORT` once everything serves, and after it
commands to try. Logs go to standard error; AZEER_LOG sets what they tell (info).

PostgreSQL's programs are looked for in PG_BIN_DIR, in PATH, and where packages put them. The server
listens on a Unix socket that only you can open. Started by root it runs as user postgres or nobody;
if that user can't enter the data directory, its files are in /var/lib/azeer-dev and a link leads there.

Ctrl-C stops everything; a second Ctrl-C doesn't wait.";
