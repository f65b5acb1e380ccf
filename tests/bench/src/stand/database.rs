//! One database with its populations and the service on it.

use azeer_dev::postgres::Cluster;
use tokio_postgres::{Client, NoTls};

use super::cpu::Watched;
use super::seed::{self, Spread};
use super::service::Service;
use crate::error::Error;
use crate::population::Population;

/// A database, and who works with it.
pub(crate) struct Stand {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) service: Service,
    /// For what no RPC tells.
    pub(crate) client: Client,
    pub(crate) postgres: u32,
}

// === impl Stand ===

impl Stand {
    /// Makes the database anew.
    pub(crate) async fn start(
        cluster: &Cluster,
        name: &str,
        populations: &[(Population, Spread)],
        flags: &[String],
    ) -> Result<Self, Error> {
        let admin = connect(&cluster.url("postgres")).await?;
        admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        cluster.create_database(name).await?;
        let url = cluster.url(name);
        Service::migrate(&url).await?;
        let client = connect(&url).await?;
        for (population, spread) in populations {
            seed::seed(&client, population, spread).await?;
        }
        seed::settle(&client).await?;
        let service = Service::start(&url, flags, None).await?;
        Ok(Self { name: name.to_owned(), url, service, client, postgres: cluster.pid() })
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
        Watched { service: self.service.pid, postgres: self.postgres }
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

    /// Transactions committed in the database. Sessions tell them within a second.
    pub(crate) async fn commits(&self) -> Result<i64, Error> {
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        let text = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
        self.number(text).await
    }
}

pub(crate) async fn connect(url: &str) -> Result<Client, Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // It ends with its client; what breaks is told to the statements.
    tokio::spawn(connection);
    Ok(client)
}
