//! One database with its populations and the service on it.

use std::rc::Rc;

use azeer_dev::postgres::Cluster;
use tokio_postgres::{Client, NoTls};

use super::cpu::Watched;
use super::seed::{self, Spread};
use super::service::{Program, Service};
use crate::error::Error;
use crate::population::Population;

/// A database, and who works with it.
pub(crate) struct Stand {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) service: Service,
    /// That of conversation-state, where this is messaging-policy's.
    pub(crate) beside: Option<Rc<Stand>>,
    /// For what no RPC tells.
    pub(crate) client: Client,
    pub(crate) postgres: u32,
}

// === impl Stand ===

impl Stand {
    /// One of conversation-state.
    pub(crate) async fn start(
        cluster: &Cluster,
        name: &str,
        populations: &[(Population, Spread)],
        flags: &[String],
    ) -> Result<Self, Error> {
        let program = Program::ConversationState;
        let (url, client) = database(cluster, name, program).await?;
        for (population, spread) in populations {
            seed::seed(&client, population, spread).await?;
        }
        seed::settle(&client).await?;
        let service = Service::start(program, &url, flags, None).await?;
        let (name, postgres) = (name.to_owned(), cluster.pid());
        Ok(Self { name, url, service, beside: None, client, postgres })
    }

    /// One of messaging-policy, which asks another stand's conversation-state.
    pub(crate) async fn start_policy(
        cluster: &Cluster,
        name: &str,
        beside: Rc<Self>,
        populations: &[&Population],
        flags: &[String],
    ) -> Result<Self, Error> {
        let program = Program::MessagingPolicy;
        let (url, client) = database(cluster, name, program).await?;
        for population in populations {
            seed::policy(&client, population).await?;
        }
        seed::settle(&client).await?;
        let asked = format!("--conversation-url=http://{}", beside.service.address);
        let flags: Vec<_> = [asked].into_iter().chain(flags.iter().cloned()).collect();
        let service = Service::start(program, &url, &flags, None).await?;
        let (name, postgres) = (name.to_owned(), cluster.pid());
        Ok(Self { name, url, service, beside: Some(beside), client, postgres })
    }

    /// Adds a population to those that are there.
    pub(crate) async fn add(&self, population: &Population, spread: Spread) -> Result<(), Error> {
        seed::seed(&self.client, population, spread).await?;
        seed::settle(&self.client).await
    }

    /// Adds a population of people's conversations, each with one of a hundred teams.
    pub(crate) async fn add_desks(
        &self,
        population: &Population,
        spread: Spread,
    ) -> Result<(), Error> {
        seed::seed(&self.client, population, spread).await?;
        seed::desks(&self.client, population).await?;
        seed::settle(&self.client).await
    }

    /// Adds a population of people's conversations, all of which may be written to.
    pub(crate) async fn add_open(
        &self,
        population: &Population,
        spread: Spread,
    ) -> Result<(), Error> {
        seed::seed(&self.client, population, spread).await?;
        seed::open(&self.client, population).await?;
        seed::settle(&self.client).await
    }

    /// Adds a tenant in which so many windows end in each of the minutes that begin in three hours.
    pub(crate) async fn add_crowd(
        &self,
        prefix: &str,
        minutes: u64,
        many: u64,
    ) -> Result<(), Error> {
        seed::crowd(&self.client, prefix, minutes, many).await
    }

    /// How many counters of a population differ from what its rows say.
    pub(crate) async fn drift(&self, population: &Population) -> Result<i64, Error> {
        seed::drift(&self.client, population).await
    }

    pub(crate) fn watched(&self) -> Watched {
        let beside = self.beside.as_ref().map(|stand| stand.service.pid);
        Watched { service: self.service.pid, beside, postgres: self.postgres }
    }

    /// The database's time, in microseconds since 1970.
    pub(crate) async fn now(&self) -> Result<i64, Error> {
        let text = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
        Ok(self.client.query_one(text, &[]).await?.get(0))
    }

    /// A number that a statement gives.
    pub(crate) async fn number(&self, text: &str) -> Result<i64, Error> {
        Ok(self.client.query_one(text, &[]).await?.get(0))
    }

    /// Transactions that wrote, or locked rows, on the whole server. They are told at once, unlike the
    /// commits of its statistics, of which a session may keep the last second to itself.
    pub(crate) async fn commits(&self) -> Result<i64, Error> {
        self.number("SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint").await
    }
}

/// Makes a database anew, with a service's schema.
async fn database(
    cluster: &Cluster,
    name: &str,
    program: Program,
) -> Result<(String, Client), Error> {
    let admin = connect(&cluster.url("postgres")).await?;
    admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
    cluster.create_database(name).await?;
    let url = cluster.url(name);
    Service::migrate(program, &url).await?;
    let client = connect(&url).await?;
    Ok((url, client))
}

pub(crate) async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends with its client; what breaks is told to the statements.
    tokio::spawn(connection);
    Ok(client)
}
