//! Either service as a process of its own, for tests that kill it: the same programs as
//! `conversation-state` and `messaging-policy`, built with the tests; the first word says which.

use std::process::ExitCode;

use azeer_runtime::causes::told;
use clap::Parser;

#[derive(Parser)]
enum Cli {
    ConversationState {
        #[command(subcommand)]
        command: conversation_state::Command,
    },
    MessagingPolicy {
        #[command(subcommand)]
        command: messaging_policy::Command,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let ended = match Cli::parse() {
        Cli::ConversationState { command } => {
            let cli = conversation_state::Cli { command };
            conversation_state::run(cli).await.map_err(|error| told(&error))
        }
        Cli::MessagingPolicy { command } => {
            let cli = messaging_policy::Cli { command };
            messaging_policy::run(cli).await.map_err(|error| told(&error))
        }
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
