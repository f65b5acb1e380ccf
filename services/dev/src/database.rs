//! Which databases a command works on: those that its caller names, those that run already, or
//! private ones whose server is started and stopped with the command.

use std::path::Path;

use azeer_dev::postgres::{Cluster, Error, Programs, beside, running};

use crate::cli::Where;

const CONVERSATIONS: &str = "conversation_state";
const POLICY: &str = "messaging_policy";
/// Where the caller names a database, what follows its name in that of the policy's.
const POLICY_SUFFIX: &str = "_policy";

/// conversation-state's database, with its server where that is ours.
pub(crate) struct Database {
    pub(crate) url: String,
    cluster: Option<Cluster>,
}

// === impl Database ===

impl Database {
    /// The database that the command line names, or a private one.
    pub(crate) async fn open(place: &Where) -> Result<Self, Error> {
        match &place.database_url {
            Some(url) => Ok(Self { url: url.clone(), cluster: None }),
            None => Self::start(&place.data_dir, &[]).await,
        }
    }

    /// The same, but a private one may be running already, for another process.
    pub(crate) async fn join(place: &Where) -> Result<Self, Error> {
        match Self::open(place).await {
            Err(Error::InUse { dir, holder }) => match running(&dir, CONVERSATIONS) {
                Some(url) => Ok(Self { url, cluster: None }),
                None => Err(Error::InUse { dir, holder }),
            },
            opened => opened,
        }
    }

    /// A private one, with settings of its server.
    pub(crate) async fn start(data_dir: &Path, options: &[(&str, &str)]) -> Result<Self, Error> {
        let cluster = Cluster::start(&Programs::find()?, data_dir, options).await?;
        cluster.create_database(CONVERSATIONS).await?;
        let url = cluster.url(CONVERSATIONS);
        tracing::info!("conversation-state's database: psql '{url}'");
        Ok(Self { url, cluster: Some(cluster) })
    }

    /// messaging-policy's database on the same server, made if it is missing.
    pub(crate) async fn policy_url(&self) -> Result<String, Error> {
        match &self.cluster {
            Some(cluster) => {
                cluster.create_database(POLICY).await?;
                let url = cluster.url(POLICY);
                tracing::info!("messaging-policy's database: psql '{url}'");
                Ok(url)
            }
            None => beside(&self.url, POLICY_SUFFIX).await,
        }
    }

    /// Comes back when a server of ours has ended by itself, with the end of its log.
    pub(crate) async fn ended(&mut self) -> Result<String, Error> {
        match &mut self.cluster {
            Some(cluster) => cluster.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Stops the server, if it is ours.
    pub(crate) async fn stop(self) -> Result<(), Error> {
        match self.cluster {
            Some(cluster) => cluster.stop().await,
            None => Ok(()),
        }
    }
}
