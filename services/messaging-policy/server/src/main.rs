//! The program; all it does lives in the library.

use std::process::ExitCode;

use azeer_runtime::causes::told;
use clap::Parser as _;
use messaging_policy::{Cli, run};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("messaging-policy: {}", told(&error));
            ExitCode::FAILURE
        }
    }
}
