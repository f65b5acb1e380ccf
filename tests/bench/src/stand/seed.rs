//! Fills a database with a population, by statements that run inside PostgreSQL.

use tokio_postgres::Client;

use crate::error::Error;
use crate::population::Population;

const SEED: &str = include_str!("../../sql/seed.sql");
const COUNT: &str = include_str!("../../sql/count.sql");
const CROWD: &str = include_str!("../../sql/crowd.sql");
const DESKS: &str = include_str!("../../sql/desks.sql");
const OPEN: &str = include_str!("../../sql/open.sql");
const POLICY: &str = include_str!("../../sql/seed-policy.sql");
const DRIFT: &str = include_str!("../../sql/drift.sql");

/// Within what the open windows of a population end.
pub(crate) type Spread = &'static str;

pub(super) async fn seed(
    client: &Client,
    population: &Population,
    spread: Spread,
) -> Result<(), Error> {
    client.batch_execute(&about(SEED, population).replace("SPREAD", spread)).await?;
    client.batch_execute(&about(COUNT, population)).await?;
    Ok(())
}

pub(super) async fn desks(client: &Client, population: &Population) -> Result<(), Error> {
    client.batch_execute(&about(DESKS, population)).await?;
    client.batch_execute(&about(COUNT, population)).await?;
    Ok(())
}

pub(super) async fn open(client: &Client, population: &Population) -> Result<(), Error> {
    client.batch_execute(&about(OPEN, population)).await?;
    client.batch_execute(&about(COUNT, population)).await?;
    Ok(())
}

/// What messaging-policy knows of a population.
pub(super) async fn policy(client: &Client, population: &Population) -> Result<(), Error> {
    Ok(client.batch_execute(&about(POLICY, population)).await?)
}

/// One tenant, in which so many windows end in each of a few minutes.
pub(super) async fn crowd(
    client: &Client,
    prefix: &str,
    minutes: u64,
    many: u64,
) -> Result<(), Error> {
    let crowd = Population::new(prefix, minutes, many);
    client.batch_execute(&about(CROWD, &crowd)).await?;
    client.batch_execute(&about(COUNT, &crowd)).await?;
    client.batch_execute("VACUUM ANALYZE conversations, tab_counts").await?;
    Ok(())
}

/// After all seeding: as the database would be after a while.
pub(super) async fn settle(client: &Client) -> Result<(), Error> {
    client.batch_execute("VACUUM ANALYZE").await?;
    client.batch_execute("CHECKPOINT").await?;
    Ok(())
}

/// How many counters of a population differ from what its rows say.
pub(super) async fn drift(client: &Client, population: &Population) -> Result<i64, Error> {
    Ok(client.query_one(&about(DRIFT, population), &[]).await?.get(0))
}

fn about(sql: &str, population: &Population) -> String {
    sql.replace("PREFIX", &population.prefix)
        .replace("TENANTS", &population.tenants.to_string())
        .replace("EACH", &population.each.to_string())
}
