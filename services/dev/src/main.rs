//! `azeer-dev`: everything that development needs, started by one command.

mod cli;
mod database;
mod demo;
mod launch;
mod ready;
mod seeding;
mod signals;
mod stack;

use std::{env, process::ExitCode};

use azeer_runtime::causes::told;
use azeer_runtime::telemetry::{LogFormat, start_logs};
use clap::Parser as _;

use crate::cli::{Cli, Command};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Launch(#[from] stack::Error),
    #[error(transparent)]
    Seed(#[from] seeding::Error),
    #[error(transparent)]
    Demo(#[from] demo::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // What the demo prints is to be read: logs must not run through it.
    let usual = if matches!(cli.command, Some(Command::Demo(_))) { "warn" } else { "info" };
    let filter = env::var("AZEER_LOG").unwrap_or_else(|_| usual.to_owned());
    start_logs(&filter, LogFormat::Text);
    match run(&cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("azeer-dev: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: &Cli) -> Result<(), Error> {
    match &cli.command {
        None => Ok(launch::run(&cli.launch).await?),
        Some(Command::Seed(options)) => Ok(seeding::run(options).await?),
        Some(Command::Demo(options)) => Ok(demo::run(options).await?),
    }
}
