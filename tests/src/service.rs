//! conversation-state within the test's own process, and its clients wherever it is. What the other
//! service has of this is in `policy`.

use std::net::SocketAddr;

use azeer_proto::conversation::v1::channel_service_client::ChannelServiceClient;
use azeer_proto::conversation::v1::conversation_service_client::ConversationServiceClient;
use azeer_runtime::clock::Clock;
use chrono::TimeDelta;
use conversation_state::{Config, Retention, Server};
use conversation_state_core::Time;
use tonic::transport::{Channel, Endpoint};

use crate::Database;

/// Clients of conversation-state's gRPC services at one address.
#[derive(Debug, Clone)]
pub struct Clients {
    /// Of `ConversationService`.
    pub conversations: ConversationServiceClient<Channel>,
    /// Of `ChannelService`.
    pub channels: ChannelServiceClient<Channel>,
    /// For any other.
    pub channel: Channel,
}

impl Clients {
    /// Clients that connect when they are first used.
    #[must_use]
    pub fn connect(address: SocketAddr) -> Self {
        Self::over(endpoint(address).connect_lazy())
    }

    /// Clients over a channel.
    #[must_use]
    pub fn over(channel: Channel) -> Self {
        Self {
            conversations: ConversationServiceClient::new(channel.clone()),
            channels: ChannelServiceClient::new(channel.clone()),
            channel,
        }
    }
}

/// Any free port of this machine.
#[must_use]
pub fn any_port() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// Where clients connect to.
#[must_use]
pub fn endpoint(address: SocketAddr) -> Endpoint {
    Endpoint::from_shared(format!("http://{address}")).expect("an address makes a URL")
}

/// A service over a database of its own.
pub struct Service {
    /// Its database.
    pub database: Database,
    /// Its clients.
    pub clients: Clients,
    /// Its clock: the database's, or one that the test sets.
    pub clock: Clock,
    /// The service itself.
    pub server: Server,
}

impl Service {
    /// Starts a service that works with the database's time and announces expiries.
    pub async fn start() -> Self {
        Self::start_with(Database::new().await, |_| {}).await
    }

    /// Starts a service whose time stands at `now`, and that announces expiries and removes what is
    /// no longer kept only when the test says so.
    pub async fn at(now: Time) -> Self {
        Self::start_with(Database::new().await, |config| {
            config.clock = Clock::standing_at(now);
            config.announce_expiries = false;
            config.retention = Retention::FOREVER;
        })
        .await
    }

    /// Starts a service over a database.
    pub async fn start_with(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(database.url(), any_port());
        change(&mut config);
        let clock = config.clock.clone();
        let server = Server::start(config).await.expect("the service starts");
        let clients = Clients::connect(server.local_addr());
        Self { database, clients, clock, server }
    }
}

/// An instant in words.
#[must_use]
pub fn at(text: &str) -> Time {
    text.parse().expect("an RFC 3339 time")
}

/// An instant as requests carry it.
#[must_use]
pub fn timestamp(at: Time) -> Option<prost_types::Timestamp> {
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).unwrap();
    Some(prost_types::Timestamp { seconds: at.timestamp(), nanos })
}

/// An instant as answers carry it.
#[must_use]
pub fn time(at: prost_types::Timestamp) -> Time {
    Time::from_timestamp(at.seconds, u32::try_from(at.nanos).unwrap()).unwrap()
}

/// A duration as requests carry it.
#[must_use]
pub fn duration(delta: TimeDelta) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds: delta.num_seconds(), nanos: delta.subsec_nanos() })
}

/// This machine's time, for messages to services that work with the database's.
#[must_use]
#[allow(clippy::disallowed_methods, reason = "a client tells the time of its own clock")]
pub fn now() -> Time {
    std::time::SystemTime::now().into()
}
