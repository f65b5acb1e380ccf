//! The launcher and its commands `seed` and `demo`, run as programs against real services.

#![expect(clippy::unwrap_used, reason = "these are tests")]

mod demo;
mod launch;
mod seed;

use std::{
    env, fs,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::{self, Output},
};

use azeer_dev::postgres::{Cluster, Programs};
use azeer_proto::conversation::v1 as pb;
use conversation_state::{Config, Server};
use pb::conversation_service_client::ConversationServiceClient;
use tokio::process::Command;
use tokio_postgres::{Client, NoTls};
use tonic::transport::{Channel, Endpoint};

/// conversation-state on a PostgreSQL of the test's own.
struct Service {
    server: Server,
    cluster: Cluster,
    _scratch: Scratch,
}

impl Service {
    async fn start(name: &str) -> Self {
        let scratch = Scratch::new(name);
        let cluster = scratch.cluster().await;
        cluster.create_database(DATABASE).await.unwrap();
        let url = cluster.url(DATABASE);
        conversation_state::migrate(&url).await.unwrap();
        let server = Server::start(Config::new(url, ANY_PORT)).await.unwrap();
        Self { server, cluster, _scratch: scratch }
    }

    /// A messaging-policy beside it.
    async fn policy(&self) -> messaging_policy::Server {
        self.cluster.create_database(POLICY_DATABASE).await.unwrap();
        let url = self.cluster.url(POLICY_DATABASE);
        messaging_policy::migrate(&url).await.unwrap();
        let origin = format!("http://{}", self.server.local_addr()).parse().unwrap();
        let config = messaging_policy::Config::new(url, ANY_PORT, origin);
        messaging_policy::Server::start(config).await.unwrap()
    }

    fn client(&self) -> ConversationServiceClient<Channel> {
        let address = format!("http://{}", self.server.local_addr());
        ConversationServiceClient::new(Endpoint::from_shared(address).unwrap().connect_lazy())
    }

    async fn counts(&self, tenant: &str) -> pb::GetTabCountsResponse {
        let request = pb::GetTabCountsRequest { tenant_id: tenant.into(), ..Default::default() };
        self.client().get_tab_counts(request).await.unwrap().into_inner()
    }

    async fn stop(self) {
        self.server.stop().await;
        self.cluster.stop().await.unwrap();
    }
}

const DATABASE: &str = "conversation_state";
const POLICY_DATABASE: &str = "messaging_policy";
const ANY_PORT: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// A directory of the test's own.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("azeer-dev-{name}-{}", process::id()));
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    async fn cluster(&self) -> Cluster {
        Cluster::start(&Programs::find().unwrap(), &self.0, &[("fsync", "off")]).await.unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the program with a command to its end.
async fn azeer_dev(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_azeer-dev"));
    program.args(arguments).kill_on_drop(true).output().await.unwrap()
}

/// What it said to people, if it did what it was to do.
#[track_caller]
fn success(output: &Output) -> String {
    let (said, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{said}\n{errors}");
    said
}

/// What it said to people, if it failed.
#[track_caller]
fn failure(output: &Output) -> String {
    assert!(!output.status.success(), "{}", text(&output.stdout));
    text(&output.stderr)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

async fn connect(cluster: &Cluster) -> Client {
    connect_to(cluster, DATABASE).await
}

async fn connect_to(cluster: &Cluster, database: &str) -> Client {
    let (client, connection) =
        tokio_postgres::connect(&cluster.url(database), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
