//! The command line.

use clap::{Parser, Subcommand, ValueEnum};

/// Measures the services, each line beside its yardstick in the same run.
#[derive(Debug, Clone, Parser)]
#[command(name = "azeer-bench", about = "Measures the services, each line beside its yardstick in the same run", long_about = None)]
pub(crate) struct Cli {
    /// Which lines; all where none is named
    #[arg(value_enum, ignore_case = true)]
    pub(crate) lines: Vec<Line>,

    /// Smaller populations and shorter rounds: a look, in a few minutes
    #[arg(long)]
    pub(crate) quick: bool,

    /// How often each side has its turn [default: 3, quick: 2]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: Option<u32>,

    /// How long a turn is, in seconds [default: 5, quick: 2]
    #[arg(long)]
    pub(crate) seconds: Option<f64>,

    /// How many conversations the large tenant has [default: 1000000, quick: 100000]
    #[arg(long)]
    pub(crate) large: Option<u64>,

    /// A setting of PostgreSQL, such as `wal_compression=on`
    #[arg(long = "postgres", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<String>,

    /// A flag of conversation-state, such as `--write-shards=4`
    #[arg(long = "service", value_name = "FLAG", allow_hyphen_values = true)]
    pub(crate) flags: Vec<String>,

    /// A flag of messaging-policy, such as `--check-shards=4`
    #[arg(long = "policy", value_name = "FLAG", allow_hyphen_values = true)]
    pub(crate) policy_flags: Vec<String>,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// What else this program does.
#[derive(Debug, Clone, Copy, Subcommand)]
pub(crate) enum Command {
    /// The load driver, which the benchmark starts
    #[command(hide = true)]
    Drive,
    /// The watchers, which the benchmark starts
    #[command(hide = true)]
    Watch,
    /// What `CheckSend` is measured beside, which the benchmark starts
    #[command(hide = true)]
    Echo,
}

/// The lines of the table, as `docs/benchmarks.md` tells them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Line {
    /// Checks of sends per second
    P1,
    /// Authorizations of sends per second
    P2,
    /// Writes per second, with the commits per write (P10) and the memory (P9) of the same load
    P3,
    /// What the service adds to its SQL's latency
    P4,
    /// Pages of a large tenant
    P5,
    /// Counts of a large tenant
    P6,
    /// Writes while a hundred watch
    P7,
    /// Each RPC on large and on small databases
    P8,
    /// Bytes in the database
    P9,
    /// Commits per write
    P10,
    /// Twice the load that it bears
    P11,
    /// The driver's own limit
    Driver,
    /// The driver's figures against h2load's
    H2load,
}
