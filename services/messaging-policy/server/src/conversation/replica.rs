//! One connection to one replica: asked while it answers, and after a failure not again until it
//! says that it serves.

use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use azeer_proto::conversation::v1::conversation_service_server::SERVICE_NAME;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use thiserror::Error;
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, timeout};
use tonic::Request;
use tonic::transport::{Channel, Endpoint, Uri};
use tonic_health::ServingStatus;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tower::Service;
use tower::retry::backoff::{Backoff as _, ExponentialBackoffMaker, MakeBackoff as _};
use tower::util::rng::HasherRng;

use super::call::{Answer, Attempt, Call, Client};
use super::failure::Failure;
use super::roster::{Change, entry};
use super::sparing::Complaints;

/// How long a replica may take to say whether it serves.
const ANSWERS_WITHIN: Duration = Duration::from_secs(1);
/// Pauses between looks at a replica that failed: short, since callers may be waiting for it.
const PAUSE: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(250));
/// By how much they differ from each other.
const JITTER: f64 = 0.5;
/// One that has been fine for this long has not failed again, but anew.
const STEADY: Duration = Duration::from_secs(5);
/// A connection is pinged this often, and given up if that is not answered for as long.
const PING: Duration = Duration::from_secs(1);

/// A connection that answers. After the first failure it takes no more: the balancer drops it.
pub(super) struct Replica {
    address: SocketAddr,
    client: Client,
    failed: Arc<watch::Sender<bool>>,
    complaints: Arc<Complaints>,
}

/// The replica has failed before.
#[derive(Debug, Clone, Copy, Error)]
#[error("the replica failed")]
pub(super) struct Gone;

// === impl Replica ===

impl<C: Call> Service<Attempt<C>> for Replica {
    /// A failed attempt is an answer too: how long it took tells of the replica.
    type Response = Result<Answer<C::Told>, Failure>;
    type Error = Gone;
    type Future = BoxFuture<'static, Result<Self::Response, Gone>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Gone>> {
        Poll::Ready(if *self.failed.borrow() { Err(Gone) } else { Ok(()) })
    }

    fn call(&mut self, attempt: Attempt<C>) -> Self::Future {
        let (address, client) = (self.address, self.client.clone());
        let (failed, complaints) = (Arc::clone(&self.failed), Arc::clone(&self.complaints));
        let sent_at = Instant::now();
        async move {
            let mut request = Request::new(attempt.request);
            request.set_timeout(attempt.within);
            let answer = timeout(attempt.within, C::make(request, client)).await;
            let told = match answer {
                Ok(Ok(told)) => Ok(Answer { sent_at, told }),
                Ok(Err(status)) => Err(Failure::from(status)),
                Err(_) => Err(Failure::Replica(format!("no answer in {:?}", attempt.within))),
            };
            if let Err(Failure::Replica(cause)) = &told {
                complaints.failed(address, cause);
                failed.send_replace(true);
            }
            Ok(told)
        }
        .boxed()
    }
}

/// Makes connections.
#[derive(Clone)]
pub(super) struct Connector {
    pub(super) origin: Uri,
    pub(super) connect_timeout: Duration,
    /// Told when a replica has failed.
    pub(super) stale: Arc<Notify>,
    pub(super) complaints: Arc<Complaints>,
}

impl Connector {
    /// Hands out connections to a replica, one after the other: the next when the last has failed
    /// and the replica says that it serves. Ends when nobody takes them.
    pub(super) async fn keep(self, address: SocketAddr, changes: mpsc::Sender<Change>) {
        // INVARIANT: the least is above zero and below the most, and the jitter is of 0 to 100.
        let mut pauses =
            ExponentialBackoffMaker::new(PAUSE.0, PAUSE.1, JITTER, HasherRng::default())
                .expect("the pauses are in order");
        let mut pause = pauses.make_backoff();
        loop {
            let Some(channel) = self.connect(address).await else {
                self.stale.notify_one();
                pause.next_backoff().await;
                continue;
            };
            let (failed, mut has_failed) = watch::channel(false);
            let replica = Replica {
                address,
                client: Client::new(channel),
                failed: Arc::new(failed),
                complaints: Arc::clone(&self.complaints),
            };
            if changes.send(entry(address, replica)).await.is_err() {
                return;
            }
            let since = Instant::now();
            // Also over when the balancer has dropped it.
            let _ = has_failed.wait_for(|&failed| failed).await;
            self.stale.notify_one();
            if since.elapsed() > STEADY {
                pause = pauses.make_backoff();
            }
            pause.next_backoff().await;
        }
    }

    /// A connection over which the replica has said that it serves.
    async fn connect(&self, address: SocketAddr) -> Option<Channel> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"));
        let channel = endpoint
            .ok()?
            .origin(self.origin.clone())
            .connect_timeout(self.connect_timeout)
            .tcp_nodelay(true)
            .http2_keep_alive_interval(PING)
            .keep_alive_timeout(PING)
            .keep_alive_while_idle(true)
            .connect_lazy();
        let request = HealthCheckRequest { service: SERVICE_NAME.to_owned() };
        let mut health = HealthClient::new(channel.clone());
        let told = timeout(ANSWERS_WITHIN, health.check(request)).await.ok()?.ok()?;
        let serves = ServingStatus::Serving as i32;
        (told.get_ref().status == serves).then_some(channel)
    }
}
