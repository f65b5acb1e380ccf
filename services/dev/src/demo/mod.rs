//! `azeer-dev demo`: a day of a support team, played through the real APIs and told as a table.
//!
//! The story is data (`scenes`, made of what `script` defines); `play` goes through it, `acts`
//! turns each step into gRPC calls.

mod acts;
mod desk;
mod place;
mod play;
mod scenes;
mod script;
mod table;

use azeer_dev::postgres;
use tonic::Status;

use crate::{cli::Demo, signals::Signals, stack};
use place::Place;
use table::Table;

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{address} is no address, as --conversation-address needs it")]
    Address { address: String, source: tonic::transport::Error },
    #[error(
        "nothing answers at {address}: start the services there (`make run` serves at \
         127.0.0.1:50051), or leave --conversation-address out and the demo starts its own"
    )]
    NothingThere { address: String, source: tonic::transport::Error },
    #[error(
        "what listens at {address} does not answer as conversation-state does ({}): give another \
         --conversation-address, or leave it out", status.message()
    )]
    NotOurs { address: String, status: Box<Status> },
    #[error("no temporary directory can be made")]
    Scratch(#[source] std::io::Error),
    #[error("signals cannot be received")]
    Signals(#[source] std::io::Error),
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    #[error(transparent)]
    Stack(#[from] stack::Error),
    #[error("“{what}”: the service answered {}: {}", status.code(), status.message())]
    Call { what: &'static str, status: Box<Status> },
    #[error("“{what}”: the story has {expected}; the service has {found}")]
    OffScript { what: &'static str, expected: String, found: String },
    #[error("stopped")]
    Stopped,
}

/// Comes back when the story is told and what was started for it has stopped.
pub(crate) async fn run(options: &Demo) -> Result<(), Error> {
    let mut signals = Signals::listen().map_err(Error::Signals)?;
    let place = tokio::select! {
        place = Place::find(options) => place?,
        // What has been started ends with this process.
        () = signals.stop() => return Err(Error::Stopped),
    };
    let table = Table::new(options.plain);
    let played = tokio::select! {
        played = play::play(&place, &table) => played,
        () = signals.stop() => Err(Error::Stopped),
    };
    let stopped = tokio::select! {
        stopped = place.stop() => stopped,
        never = signals.exit_at_interrupt() => never,
    };
    played.and(stopped)
}
