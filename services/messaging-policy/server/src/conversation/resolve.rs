//! Which addresses the replicas have: looked up now and then, and when one of them fails.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout};

use super::sparing::Complaints;

/// Failing replicas make nobody ask more often than this.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);

/// The replicas' addresses.
pub(super) type Addresses = BTreeSet<SocketAddr>;

/// Finds the replicas' addresses.
pub trait Resolve: Send + Sync + 'static {
    /// The addresses as they are now.
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<SocketAddr>>>;
}

/// How addresses are looked up and who is told.
pub(super) struct Resolution {
    pub(super) resolve: Arc<dyn Resolve>,
    pub(super) every: Duration,
    /// Told when a replica has failed.
    pub(super) stale: Arc<Notify>,
    pub(super) found: watch::Sender<Addresses>,
    pub(super) complaints: Arc<Complaints>,
}

/// Looks addresses up until nobody wants to know. While none can be had, the last ones hold: a
/// name server that is away must not take away replicas that are there.
pub(super) async fn keep_resolving(of: Resolution) {
    while !of.found.is_closed() {
        match of.resolve.resolve().await {
            Ok(found) if found.is_empty() => of.complaints.unresolved(&"no address"),
            Ok(found) => {
                let found = Addresses::from_iter(found);
                of.found.send_if_modified(|known| {
                    let differs = *known != found;
                    *known = found;
                    differs
                });
            }
            Err(error) => of.complaints.unresolved(&error),
        }
        sleep(AT_MOST_EVERY).await;
        let _ = timeout(of.every, of.stale.notified()).await;
    }
}
