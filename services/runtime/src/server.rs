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
use tracing::{info, warn};

/// How long running calls may take to finish once the server stops.
const DRAIN: Duration = Duration::from_secs(5);

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
        let names = service.names;
        set_health(&health, &names, ServingStatus::Serving).await;
        let routes = service
            .routes
            .add_service(health_service)
            .add_service(reflection(service.descriptors).build_v1()?)
            .add_service(reflection(service.descriptors).build_v1alpha()?);

        let (stop, stopped) = watch::channel(false);
        let server = tonic::transport::Server::builder()
            .max_concurrent_streams(1_000)
            .http2_max_pending_accept_reset_streams(Some(100))
            .http2_keepalive_interval(Some(Duration::from_secs(30)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
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
    /// as long as they are given.
    pub async fn stop(mut self) {
        set_health(&self.health, &self.names, ServingStatus::NotServing).await;
        self.stop.send_replace(true);
        if tokio::time::timeout(DRAIN, &mut self.task).await.is_err() {
            warn!("calls were still running and are cut off");
            self.task.abort();
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
    // The empty name is the server as a whole.
    for name in names.iter().copied().chain([""]) {
        health.set_service_status(name, status).await;
    }
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
