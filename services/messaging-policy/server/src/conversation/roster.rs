//! The replicas as one who asks sees them: those that answer, the least loaded of two at random first.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt as _, Stream, StreamExt as _};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_stream::wrappers::ReceiverStream;
use tower::balance::p2c::Balance;
use tower::discover;
use tower::load::{CompleteOnResponse, PeakEwma};
use tower::{Service as _, ServiceExt as _};

use super::call::{Answer, Attempt, Call};
use super::failure::Failure;
use super::replica::{Connector, Replica};
use super::resolve::Addresses;

/// What a replica is taken to need before it was asked.
const AT_FIRST: Duration = Duration::from_millis(1);
/// How long a slow answer is held against a replica.
const FORGETS_IN: Duration = Duration::from_secs(5);
/// Changes that may wait for whoever asks to look.
const CHANGES: usize = 64;

/// A replica that can be asked from now on, or one that is no more.
pub(super) type Change = discover::Change<SocketAddr, PeakEwma<Replica>>;

type Changes = Pin<Box<dyn Stream<Item = Result<Change, Infallible>> + Send>>;

/// The replicas that one who asks has connections to. Dropping it ends them.
pub(crate) struct Replicas<C> {
    balance: Balance<Changes, Attempt<C>>,
    _following: JoinSet<()>,
    _resolving: Arc<JoinSet<()>>,
}

impl<C: Call> Replicas<C> {
    /// None at first, then those at the addresses.
    pub(super) fn following(
        addresses: watch::Receiver<Addresses>,
        connector: Connector,
        resolving: Arc<JoinSet<()>>,
    ) -> Self {
        let (sender, receiver) = mpsc::channel(CHANGES);
        let changes: Changes = Box::pin(ReceiverStream::new(receiver).map(Ok));
        Self {
            balance: Balance::new(changes),
            _following: JoinSet::from_iter([follow(addresses, connector, sender)]),
            _resolving: resolving,
        }
    }

    /// Waits until one of them can be asked.
    pub(crate) async fn ready(&mut self) {
        // INVARIANT: it fails if the changes do, and they can't.
        self.balance.ready().await.expect("changes are infallible");
    }

    /// Asks the one that was ready.
    pub(crate) fn ask(
        &mut self,
        attempt: Attempt<C>,
    ) -> impl Future<Output = Result<Answer<C::Told>, Failure>> + Send + use<C> {
        let answer = self.balance.call(attempt);
        async move { answer.await.map_err(|error| Failure::Replica(error.to_string()))? }
    }

    /// Asks one of them, if one can be asked at once.
    pub(crate) fn ask_now(
        &mut self,
        attempt: Attempt<C>,
    ) -> Option<impl Future<Output = Result<Answer<C::Told>, Failure>> + Send + use<C>> {
        self.ready().now_or_never().map(|()| self.ask(attempt))
    }
}

/// A replica that can be asked from now on.
pub(super) fn entry(address: SocketAddr, replica: Replica) -> Change {
    #[allow(clippy::cast_precision_loss, reason = "some nanoseconds of seconds")]
    let forgets_in = FORGETS_IN.as_nanos() as f64;
    let replica = PeakEwma::new(replica, AT_FIRST, forgets_in, CompleteOnResponse::default());
    Change::Insert(address, replica)
}

/// Keeps a connection to each address, for as long as it is one.
async fn follow(
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
