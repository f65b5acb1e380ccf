//! One private PostgreSQL for all tests of a process, and databases of its own for each test, copied
//! from a migrated template for each service. A database of messaging-policy is looked at once more
//! when its test ends: what was decided must explain itself.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use azeer_dev::postgres::{Cluster, Programs};
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

use crate::reevaluation;

/// What is lost in a crash of the machine need not survive here; what is lost in a crash of
/// PostgreSQL must, and does.
const OPTIONS: [(&str, &str); 3] =
    [("fsync", "off"), ("full_page_writes", "off"), ("max_connections", "400")];

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
static NAMES: AtomicU32 = AtomicU32::new(0);

/// A migrated database without any rows. Clones share it.
#[derive(Debug, Clone)]
pub struct Database(Arc<Kept>);

/// A database that is looked at when no test knows it any more.
#[derive(Debug)]
struct Kept {
    url: String,
    owner: Owner,
    /// It is in a PostgreSQL of the test's own, which may be gone before it.
    may_be_gone: bool,
}

/// Whose schema a database has.
#[derive(Debug, Clone, Copy)]
enum Owner {
    ConversationState,
    MessagingPolicy,
}

impl Owner {
    fn name(self) -> &'static str {
        match self {
            Self::ConversationState => "conversation_state",
            Self::MessagingPolicy => "messaging_policy",
        }
    }

    fn template(self) -> String {
        format!("template_{}", self.name())
    }

    /// Makes a database and gives its URL.
    async fn make(self, cluster: &Cluster, name: &str) -> String {
        cluster.create_database(name).await.unwrap();
        let url = cluster.url(name);
        match self {
            Self::ConversationState => conversation_state::migrate(&url).await.unwrap(),
            Self::MessagingPolicy => messaging_policy::migrate(&url).await.unwrap(),
        }
        url
    }
}

impl Database {
    /// Makes one of conversation-state in the PostgreSQL that all tests share.
    pub async fn new() -> Self {
        Self::copy_of(Owner::ConversationState).await
    }

    /// Makes one of messaging-policy there.
    pub async fn policy() -> Self {
        Self::copy_of(Owner::MessagingPolicy).await
    }

    /// Makes one of conversation-state in a PostgreSQL of the test's own, which it may kill.
    pub async fn in_cluster(cluster: &Cluster) -> Self {
        Self::only_of(Owner::ConversationState, cluster).await
    }

    /// Makes one of messaging-policy in a PostgreSQL of the test's own.
    pub async fn policy_in_cluster(cluster: &Cluster) -> Self {
        Self::only_of(Owner::MessagingPolicy, cluster).await
    }

    async fn only_of(owner: Owner, cluster: &Cluster) -> Self {
        let url = owner.make(cluster, owner.name()).await;
        Self(Arc::new(Kept { url, owner, may_be_gone: true }))
    }

    async fn copy_of(owner: Owner) -> Self {
        let cluster = CLUSTER.get_or_init(shared_cluster).await;
        let name = format!("test_{}", NAMES.fetch_add(1, Ordering::Relaxed));
        let admin = connect(&cluster.url("postgres")).await;
        let copy = format!("CREATE DATABASE {name} TEMPLATE {}", owner.template());
        admin.batch_execute(&copy).await.expect("the template can be copied");
        Self(Arc::new(Kept { url: cluster.url(&name), owner, may_be_gone: false }))
    }

    /// How to connect to it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// A connection, for what no RPC tells.
    pub async fn connect(&self) -> Client {
        connect(&self.0.url).await
    }
}

// === impl Kept ===

impl Kept {
    /// Has every decision judged once more. In a thread with a runtime of its own: what is dropped
    /// cannot wait for the test's.
    fn reevaluate(&self) {
        let (url, may_be_gone) = (self.url.clone(), self.may_be_gone);
        let looks = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime starts").block_on(async {
                match tokio_postgres::connect(&url, NoTls).await {
                    Ok((client, connection)) => {
                        tokio::spawn(connection);
                        reevaluation::of_all(&client).await;
                    }
                    Err(error) => assert!(may_be_gone, "it connects: {error}"),
                }
            });
        });
        if let Err(panicked) = looks.join() {
            std::panic::resume_unwind(panicked);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        // A test that fails tells of itself.
        if matches!(self.owner, Owner::MessagingPolicy) && !thread::panicking() {
            self.reevaluate();
        }
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
    for owner in [Owner::ConversationState, Owner::MessagingPolicy] {
        owner.make(&cluster, &owner.template()).await;
    }
    cluster
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("it connects");
    tokio::spawn(async move {
        let _ = connection.await;
    });
    client
}
