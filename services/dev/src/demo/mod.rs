//! `azeer-dev demo`: a day of a support team, played through the real APIs and told as a table.
//!
//! The story is data (`scenes`, made of what `script` defines); `play` goes through it; `acts`, `sends`,
//! `gateway` and `webhooks` turn each step into gRPC calls.

mod acts;
mod desk;
mod gateway;
mod place;
mod play;
mod scenes;
mod script;
mod sends;
mod table;
mod webhooks;

use azeer_dev::postgres;
use tonic::Status;

use crate::{cli::Demo, signals::Signals, stack};
use place::{Place, Service};
use table::Table;

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{address} is no address, as {} needs it", service.flag())]
    Address { service: Service, address: String, source: tonic::transport::Error },
    #[error(
        "nothing answers at {address}, where {service} is looked for: start the services (`make run` \
         serves at {} and {}), or leave both addresses out and the demo starts its own",
        Service::Conversation.usual_address(),
        Service::Policy.usual_address()
    )]
    NothingThere { service: Service, address: String, source: tonic::transport::Error },
    #[error(
        "what listens at {address} does not answer as {service} does ({}): give another {}, or leave \
         both addresses out", status.message(), service.flag()
    )]
    NotOurs { service: Service, address: String, status: Box<Status> },
    #[error("no temporary directory can be made")]
    Scratch(#[source] std::io::Error),
    #[error("signals cannot be received")]
    Signals(#[source] std::io::Error),
    #[error(transparent)]
    Postgres(#[from] postgres::Error),
    #[error(transparent)]
    Stack(#[from] stack::Error),
    #[error("“{what}”: a service answered {}: {}", status.code(), status.message())]
    Call { what: &'static str, status: Box<Status> },
    #[error("“{what}”: the story has {expected}; the services have {found}")]
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
