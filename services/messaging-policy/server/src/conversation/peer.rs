//! conversation-state's replicas, for all of this process who ask them: their addresses are looked
//! up once for everybody, the connections are each one's own.

use std::sync::Arc;

use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use super::call::Call;
use super::replica::Connector;
use super::resolve::{self, Addresses, Resolve};
use super::roster::Replicas;
use super::sparing::Complaints;
use super::{Options, Origin};

/// Where the replicas are and how they are reached.
pub(super) struct Peer {
    addresses: watch::Receiver<Addresses>,
    connector: Connector,
    resolving: Arc<JoinSet<()>>,
}

impl Peer {
    /// Begins to look for replicas.
    pub(super) fn start(
        origin: &Origin,
        resolve: Arc<dyn Resolve>,
        options: Options,
        complaints: &Arc<Complaints>,
    ) -> Self {
        let (found, addresses) = watch::channel(Addresses::new());
        let stale = Arc::new(Notify::new());
        let resolution = resolve::Resolution {
            resolve,
            every: options.resolve_every,
            stale: Arc::clone(&stale),
            found,
            complaints: Arc::clone(complaints),
        };
        let connector = Connector {
            origin: origin.uri().clone(),
            connect_timeout: options.connect_timeout,
            stale,
            complaints: Arc::clone(complaints),
        };
        let resolving = JoinSet::from_iter([resolve::keep_resolving(resolution)]);
        Self { addresses, connector, resolving: Arc::new(resolving) }
    }

    /// The replicas, with connections of the caller's own.
    pub(super) fn replicas<C: Call>(&self) -> Replicas<C> {
        let (addresses, connector) = (self.addresses.clone(), self.connector.clone());
        Replicas::following(addresses, connector, Arc::clone(&self.resolving))
    }
}
