//! `azeer-dev`: everything that development needs, started by one command.

mod cli;
mod launch;
mod ready;
mod signals;
mod stack;

use std::{env, process::ExitCode};

use azeer_runtime::causes::told;
use azeer_runtime::telemetry::{LogFormat, start_logs};
use clap::Parser as _;

use crate::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let filter = env::var("AZEER_LOG").unwrap_or_else(|_| "info".to_owned());
    start_logs(&filter, LogFormat::Text);
    match launch::run(&cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("azeer-dev: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}
