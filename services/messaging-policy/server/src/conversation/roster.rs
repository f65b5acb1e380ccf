//! The replicas of one lane: those that answer, the least loaded of two at random first.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use futures::{Stream, StreamExt as _};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tower::balance::p2c::Balance;
use tower::discover;
use tower::load::{CompleteOnResponse, PeakEwma};

use super::replica::{Attempt, Connector, Replica};
use super::resolve::Addresses;

/// What a replica is taken to need before it was asked.
const AT_FIRST: Duration = Duration::from_millis(1);
/// How long a slow answer is held against a replica.
const FORGETS_IN: Duration = Duration::from_secs(5);
/// Changes that may wait for the lane to look.
const CHANGES: usize = 64;

/// A replica that can be asked from now on, or one that is no more.
pub(super) type Change = discover::Change<SocketAddr, PeakEwma<Replica>>;

/// What a lane asks. Ready when some replica is.
pub(super) type Replicas = Balance<Changes, Attempt>;

type Changes = Pin<Box<dyn Stream<Item = Result<Change, Infallible>> + Send>>;

/// A lane's replicas, none at first, and where changes of them are told.
pub(super) fn replicas() -> (mpsc::Sender<Change>, Replicas) {
    let (sender, receiver) = mpsc::channel(CHANGES);
    let changes: Changes = Box::pin(ReceiverStream::new(receiver).map(Ok));
    (sender, Balance::new(changes))
}

/// A replica that can be asked from now on.
pub(super) fn entry(address: SocketAddr, replica: Replica) -> Change {
    #[allow(clippy::cast_precision_loss, reason = "some nanoseconds of seconds")]
    let forgets_in = FORGETS_IN.as_nanos() as f64;
    let replica = PeakEwma::new(replica, AT_FIRST, forgets_in, CompleteOnResponse::default());
    Change::Insert(address, replica)
}

/// Keeps a connection to each address, for as long as it is one.
pub(super) async fn follow(
    mut addresses: watch::Receiver<Addresses>,
    connector: Connector,
    changes: mpsc::Sender<Change>,
) {
    // Each in a set of its own: dropping that ends the task.
    let mut keepers = HashMap::<SocketAddr, JoinSet<()>>::new();
    loop {
        let current = addresses.borrow_and_update().clone();
        let gone = keepers.extract_if(|address, _| !current.contains(address));
        for (address, mut keeper) in gone.collect::<Vec<_>>() {
            // It must have ended, or it could still add what is removed here.
            keeper.shutdown().await;
            if changes.send(Change::Remove(address)).await.is_err() {
                return;
            }
        }
        for address in current {
            keepers.entry(address).or_insert_with(|| {
                let keep = connector.clone().keep(address, changes.clone());
                JoinSet::from_iter([keep])
            });
        }
        if addresses.changed().await.is_err() {
            return;
        }
    }
}
