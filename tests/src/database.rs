//! One private PostgreSQL for all tests of a process, and a database of its own for each test,
//! copied from a migrated template.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use azeer_dev::postgres::{Cluster, Programs};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

const TEMPLATE: &str = "template_conversation_state";

/// What is lost in a crash of the machine need not survive here; what is lost in a crash of
/// PostgreSQL must, and does.
const OPTIONS: [(&str, &str); 3] =
    [("fsync", "off"), ("full_page_writes", "off"), ("max_connections", "400")];

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static NAMES: AtomicU32 = AtomicU32::new(0);

/// A migrated database without any rows.
#[derive(Debug, Clone)]
pub struct Database {
    url: String,
}

impl Database {
    /// Makes one in the PostgreSQL that all tests share.
    pub async fn new() -> Self {
        let cluster = CLUSTER.get_or_init(shared_cluster).await;
        let name = format!("test_{}", NAMES.fetch_add(1, Ordering::Relaxed));
        let admin = connect(&cluster.url("postgres")).await;
        admin
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
            .await
            .expect("the template can be copied");
        Self { url: cluster.url(&name) }
    }

    /// Makes one in a PostgreSQL of the test's own, which it may kill.
    pub async fn in_cluster(cluster: &Cluster) -> Self {
        let database = Self { url: cluster.url("conversation_state") };
        cluster.create_database("conversation_state").await.unwrap();
        conversation_state::migrate(&database.url).await.unwrap();
        database
    }

    /// How to connect to it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A connection, for what no RPC tells.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }
}

/// Starts a PostgreSQL in a directory of the test's own.
pub async fn cluster(directory: &std::path::Path) -> Cluster {
    let programs = Programs::find().expect("PostgreSQL's server programs are installed");
    Cluster::start(&programs, directory, &OPTIONS).await.expect("PostgreSQL starts")
}

/// A directory that no other test uses. Directories of processes that have ended are removed.
#[must_use]
pub fn directory(name: &str) -> PathBuf {
    let base = std::env::temp_dir();
    for entry in std::fs::read_dir(&base).into_iter().flatten().flatten() {
        let file = entry.file_name();
        let Some(pid) = file.to_str().and_then(|name| name.strip_prefix("azeer-tests-")) else {
            continue;
        };
        if !PathBuf::from("/proc").join(pid).exists() {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
    let directory = base.join(format!("azeer-tests-{}", std::process::id())).join(name);
    std::fs::create_dir_all(&directory).expect("the temporary directory can be written");
    directory
}

async fn shared_cluster() -> Cluster {
    let cluster = cluster(&directory("postgres")).await;
    cluster.create_database(TEMPLATE).await.unwrap();
    conversation_state::migrate(&cluster.url(TEMPLATE)).await.unwrap();
    cluster
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("it connects");
    tokio::spawn(async move {
        let _ = connection.await;
    });
    client
}
