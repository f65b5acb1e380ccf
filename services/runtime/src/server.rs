//! The gRPC server around a service: health, reflection, the connections' settings, and an end
//! that lets running calls finish.

use std::net::SocketAddr;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;
use tower::util::MapResponseLayer;
use tracing::{info, warn};

use crate::transport_errors::with_details;

/// The server could not begin to serve.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The address cannot be had.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] std::io::Error),
    /// The descriptors for reflection are broken: a bug of the build.
    #[error("reflection: {0}")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// What is served.
pub struct Service {
    /// The fully qualified names, for health checks by name.
    pub names: Vec<&'static str>,
    /// The handlers.
    pub routes: Routes,
    /// The encoded descriptors, for reflection.
    pub descriptors: &'static [u8],
    /// The domain of errors from below the handlers.
    pub error_domain: &'static str,
}

/// A server that serves.
pub struct Server {
    local_addr: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
    health: tonic_health::server::HealthReporter,
    names: Vec<&'static str>,
}

impl Server {
    /// Listens and serves. Returns when connections are accepted.
    pub async fn start(listen: SocketAddr, service: Service) -> Result<Self, ServeError> {
        let listener =
            TcpListener::bind(listen).await.map_err(|error| ServeError::Listen(listen, error))?;
        let local_addr =
            listener.local_addr().map_err(|error| ServeError::Listen(listen, error))?;

        let (health, health_service) = tonic_health::server::health_reporter();
        let Service { names, routes, descriptors, error_domain } = service;
        set_health(&health, &names, ServingStatus::Serving).await;
        let routes = routes
            .add_service(health_service)
            .add_service(reflection(descriptors).build_v1()?)
            .add_service(reflection(descriptors).build_v1alpha()?);

        let (stop, stopped) = watch::channel(false);
        let server = tonic::transport::Server::builder()
            .max_concurrent_streams(1_000)
            .http2_max_pending_accept_reset_streams(Some(100))
            // Unset, tonic takes hyper's own limit away.
            .http2_max_local_error_reset_streams(Some(1_024))
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
            .layer(MapResponseLayer::new(move |response| with_details(response, error_domain)))
            .add_routes(routes);
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let task = tokio::spawn(async move {
            let end = until(stopped);
            if let Err(error) = server.serve_with_incoming_shutdown(incoming, end).await {
                warn!(%error, "the server ended");
            }
        });
        info!(address = %local_addr, "serving");
        Ok(Self { local_addr, stop, task, health, names })
    }

    /// Where it listens: the port that was found, if 0 was asked for.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local_addr
    }

    /// Tells `NOT_SERVING`, takes no new calls, and waits until the running ones are done, or for
    /// as long as they are given. Calls that take longer run on, for as long as the process does.
    pub async fn stop(mut self, within: Duration) {
        set_health(&self.health, &self.names, ServingStatus::NotServing).await;
        self.stop.send_replace(true);
        self.end_watches().await;
        if tokio::time::timeout(within, &mut self.task).await.is_err() {
            warn!("calls are still running; they end with the process if not before");
            // It only waits; the connections are tasks of their own.
            self.task.abort();
        }
    }

    /// Ends the streams of health: they would keep their connections open. Each tells what it has
    /// not told yet before it ends.
    async fn end_watches(&mut self) {
        for name in with_whole(&self.names) {
            self.health.clear_service_status(name).await;
        }
    }
}

fn reflection(descriptors: &'static [u8]) -> tonic_reflection::server::Builder<'static> {
    tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(descriptors)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        // So that clients without proto files can read the details of errors.
        .register_encoded_file_descriptor_set(tonic_types::pb::FILE_DESCRIPTOR_SET)
}

async fn set_health(
    health: &tonic_health::server::HealthReporter,
    names: &[&'static str],
    status: ServingStatus,
) {
    for name in with_whole(names) {
        health.set_service_status(name, status).await;
    }
}

/// The empty name is the server as a whole.
fn with_whole<'a>(names: &'a [&'static str]) -> impl Iterator<Item = &'static str> + 'a {
    names.iter().copied().chain([""])
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // A sender that is gone stops the server too.
    let _ = stopped.wait_for(|&stop| stop).await;
}

/// Ends when the process is asked to: Ctrl-C or SIGTERM.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                terminate.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}
