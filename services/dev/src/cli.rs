//! The command line. Every flag can also be given as an environment variable.

use std::{net::SocketAddr, num::NonZeroU16, path::PathBuf};

use azeer_dev::seed::Plan;
use clap::{Args, Parser, Subcommand, builder::ValueParser, value_parser};
use conversation_state_core::TenantId;

/// Starts both services on a private `PostgreSQL`, for development.
#[derive(Debug, Parser)]
#[command(
    version,
    about = "Starts conversation-state and messaging-policy on a PostgreSQL of their own, for development",
    after_help = AFTER_HELP,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,

    #[command(flatten)]
    pub(crate) launch: Launch,
}

/// What it can do beside starting everything.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Play a day of a support team through the real APIs, and print it as a table
    #[command(after_help = AFTER_DEMO_HELP)]
    Demo(Demo),
    /// Fill a tenant with many conversations, for looking at and for measuring
    #[command(after_help = AFTER_SEED_HELP)]
    Seed(Seed),
}

#[derive(Debug, Args)]
pub(crate) struct Launch {
    /// Where conversation-state serves gRPC; port 0 takes any free one
    #[arg(long, env = "AZEER_CONVERSATION_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = "127.0.0.1:50051")]
    pub(crate) conversation_listen: SocketAddr,

    /// Where messaging-policy serves gRPC; port 0 takes any free one
    #[arg(long, env = "AZEER_POLICY_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = "127.0.0.1:50052")]
    pub(crate) policy_listen: SocketAddr,

    /// For metrics, which this version doesn't have yet: accepted and not used
    #[arg(long, env = "AZEER_METRICS_LISTEN", value_name = "HOST:PORT")]
    #[arg(default_value = "127.0.0.1:9464")]
    pub(crate) metrics_listen: SocketAddr,

    #[command(flatten)]
    pub(crate) database: Where,
}

/// Which database.
#[derive(Debug, Args)]
pub(crate) struct Where {
    /// Where the private database keeps its data between starts, and where the keys are that sign
    /// permits; made on first use
    #[arg(long, env = "AZEER_DATA_DIR", value_name = "DIR", default_value = ".azeer")]
    pub(crate) data_dir: PathBuf,

    /// A database to use instead of a private one: conversation-state's. messaging-policy's lies
    /// beside it, with `_policy` after the name, and is made if it is missing
    #[arg(long, env = "AZEER_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Seed {
    /// How many conversations to make
    #[arg(long, value_name = "NUMBER", value_parser = conversations())]
    pub(crate) conversations: u32,

    /// The tenant to fill; it must have nothing yet
    #[arg(long, value_name = "ID", default_value = "seed", value_parser = TenantId::parse)]
    pub(crate) tenant: TenantId,

    /// Over how many channels to spread them
    #[arg(long, value_name = "NUMBER", default_value = "4")]
    pub(crate) channels: NonZeroU16,

    #[command(flatten)]
    pub(crate) database: Where,
}

#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The conversation-state to play against. Left out: the one at 127.0.0.1:50051, or where
    /// nothing serves there, one started for the time of the demo
    #[arg(long, env = "AZEER_CONVERSATION_ADDRESS", value_name = "HOST:PORT")]
    #[arg(value_parser = host_and_port)]
    pub(crate) conversation_address: Option<String>,

    /// The messaging-policy to play against, which asks that conversation-state. Left out: the one
    /// at 127.0.0.1:50052, or one started for the time of the demo
    #[arg(long, env = "AZEER_POLICY_ADDRESS", value_name = "HOST:PORT")]
    #[arg(value_parser = host_and_port)]
    pub(crate) policy_address: Option<String>,

    /// Without colours and without the marks that keep right-to-left text in its column
    #[arg(long)]
    pub(crate) plain: bool,
}

fn conversations() -> ValueParser {
    value_parser!(u32).range(1..=Plan::MOST_CONVERSATIONS.into()).into()
}

fn host_and_port(text: &str) -> Result<String, &'static str> {
    let port = text.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    port.map(|_| text.to_owned()).ok_or("give HOST:PORT")
}

const AFTER_HELP: &str = "\
Without a command it starts everything. Standard output gets the line
`ready conversation=HOST:PORT policy=HOST:PORT` once everything serves, and after it commands to try.
Logs go to standard error; AZEER_LOG sets what they tell (info).

PostgreSQL's programs are looked for in PG_BIN_DIR, in PATH, and where packages put them. The server
listens on a Unix socket that only you can open. Started by root it runs as user postgres or nobody;
if that user can't enter the data directory, its files are in /var/lib/azeer-dev and a link leads there.

Ctrl-C stops everything; a second Ctrl-C doesn't wait.";

const AFTER_SEED_HELP: &str = "\
The conversations go to the private database of the data directory, whether it runs or not, or to the
one that --database-url names. Services that run on it see them at once.";

const AFTER_DEMO_HELP: &str = "\
Each run has a tenant of its own, demo-TIME, and takes some seconds.";
