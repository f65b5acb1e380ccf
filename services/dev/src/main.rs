//! `azeer-dev`: everything that development needs, started by one command.

mod cli;
mod launch;
mod ready;
mod signals;
mod stack;

use std::{env, error::Error, iter, process::ExitCode};

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

/// An error and what caused it, without what the text before has said already.
fn told(error: &(dyn Error + 'static)) -> String {
    iter::successors(Some(error), |&error| error.source()).fold(String::new(), |told, error| {
        match error.to_string() {
            text if told.is_empty() => text,
            text if told.contains(&text) => told,
            text => format!("{told}: {text}"),
        }
    })
}
