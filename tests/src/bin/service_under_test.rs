//! The service as a process of its own, for tests that kill it: the same program as
//! `conversation-state`, built with the tests.

use std::process::ExitCode;

use azeer_runtime::causes::told;
use clap::Parser as _;

#[tokio::main]
async fn main() -> ExitCode {
    match conversation_state::run(conversation_state::Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}", told(&error));
            ExitCode::FAILURE
        }
    }
}
