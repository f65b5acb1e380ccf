//! The rows of `senders` and `accounts`, and the limits of `portfolios`.

use azeer_domain::{ChannelId, TenantId, Time};
use azeer_runtime::names::{Named as _, Stored};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts;
use postgres_types::ToSql;
use tokio_postgres::Row;

use super::super::id;
use super::senders::{Limit, Sender};

const OF_TENANTS: &str = "SELECT waba_id, quality, status, is_restricted, restriction_reason, \
     restricted_until, update_time, version, tenant_id, channel_id \
     FROM senders WHERE tenant_id = ANY($1::text[])";

/// Reads the senders of some tenants.
pub(super) async fn of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<Vec<(TenantId, ChannelId, Sender)>, StoreError> {
    let statement = client.prepare_cached(OF_TENANTS).await?;
    let rows = client.query(&statement, &[&tenants]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(8)?), "tenant_id")?;
            let channel = id(ChannelId::parse(row.try_get(9)?), "channel_id")?;
            Ok((tenant, channel, read(row)?))
        })
        .collect()
}

fn read(row: &Row) -> Result<Sender, StoreError> {
    let (Stored(quality), Stored(status)) = (row.try_get(1)?, row.try_get(2)?);
    let until = row.try_get(5)?;
    let restriction = row.try_get::<_, bool>(3)?.then_some(facts::Restriction { until });
    Ok(Sender {
        waba_id: row.try_get(0)?,
        facts: facts::Sender { quality, status, restriction },
        restriction_reason: row.try_get(4)?,
        update_time: Some(row.try_get(6)?),
        version: row.try_get(7)?,
    })
}

/// Reads the portfolios of some tenants' accounts.
pub(super) async fn portfolios_of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<Vec<(TenantId, String, String)>, StoreError> {
    let text = "SELECT tenant_id, waba_id, portfolio_id FROM accounts \
         WHERE tenant_id = ANY($1::text[])";
    let rows = client.query(&client.prepare_cached(text).await?, &[&tenants]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            Ok((tenant, row.try_get(1)?, row.try_get(2)?))
        })
        .collect()
}

/// Reads the limits of some tenants' portfolios.
pub(super) async fn limits_of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<Vec<(TenantId, String, Limit)>, StoreError> {
    let text = "SELECT tenant_id, portfolio_id, contact_limit, is_unlimited FROM portfolios \
         WHERE tenant_id = ANY($1::text[])";
    let rows = client.query(&client.prepare_cached(text).await?, &[&tenants]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let limit = match (row.try_get(3)?, row.try_get(2)?) {
                (true, _) => Limit::Unlimited,
                (false, Some(contacts)) => Limit::Contacts(contacts),
                (false, None) => Limit::Unknown,
            };
            Ok((tenant, row.try_get(1)?, limit))
        })
        .collect()
}

/// A row of `sender_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "sender_write_v1")]
struct SenderWrite<'a> {
    channel_id: &'a str,
    waba_id: &'a str,
    quality: &'a str,
    status: &'a str,
    is_restricted: bool,
    restriction_reason: &'a str,
    restricted_until: Option<Time>,
    update_time: Option<Time>,
    version: i64,
}

impl<'a> SenderWrite<'a> {
    fn new((channel, sender): &'a (ChannelId, Sender)) -> Self {
        let restriction = sender.facts.restriction.as_ref();
        Self {
            channel_id: channel.as_str(),
            waba_id: &sender.waba_id,
            quality: sender.facts.quality.name(),
            status: sender.facts.status.name(),
            is_restricted: restriction.is_some(),
            restriction_reason: &sender.restriction_reason,
            restricted_until: restriction.and_then(|restriction| restriction.until),
            update_time: sender.update_time,
            version: sender.version,
        }
    }
}

const PUT: &str = "INSERT INTO senders (tenant_id, channel_id, waba_id, quality, status, \
     is_restricted, restriction_reason, restricted_until, update_time, version) \
     SELECT $1, channel_id, waba_id, quality, status, is_restricted, restriction_reason, \
       restricted_until, update_time, version FROM unnest($2::sender_write_v1[]) \
     ON CONFLICT (tenant_id, channel_id) DO UPDATE \
     SET waba_id = excluded.waba_id, quality = excluded.quality, status = excluded.status, \
       is_restricted = excluded.is_restricted, restriction_reason = excluded.restriction_reason, \
       restricted_until = excluded.restricted_until, update_time = excluded.update_time, \
       version = excluded.version";

/// Writes senders as they are to be.
pub(super) async fn put(
    client: &impl GenericClient,
    tenant: &TenantId,
    senders: &[(ChannelId, Sender)],
) -> Result<(), StoreError> {
    let rows: Vec<SenderWrite<'_>> = senders.iter().map(SenderWrite::new).collect();
    client.execute(&client.prepare_cached(PUT).await?, &[&tenant.as_str(), &rows]).await?;
    Ok(())
}

/// Writes which portfolio an account belongs to; empty: nobody knows.
pub(super) async fn put_portfolio(
    client: &impl GenericClient,
    tenant: &TenantId,
    account: &str,
    portfolio: &str,
) -> Result<(), StoreError> {
    if portfolio.is_empty() {
        let text = "DELETE FROM accounts WHERE tenant_id = $1 AND waba_id = $2";
        let statement = client.prepare_cached(text).await?;
        client.execute(&statement, &[&tenant.as_str(), &account]).await?;
        return Ok(());
    }
    let text = "INSERT INTO accounts (tenant_id, waba_id, portfolio_id) VALUES ($1, $2, $3) \
         ON CONFLICT (tenant_id, waba_id) DO UPDATE SET portfolio_id = excluded.portfolio_id";
    let statement = client.prepare_cached(text).await?;
    client.execute(&statement, &[&tenant.as_str(), &account, &portfolio]).await?;
    Ok(())
}

/// Writes how many contacts a portfolio may reach.
pub(super) async fn put_limit(
    client: &impl GenericClient,
    tenant: &TenantId,
    portfolio: &str,
    limit: Limit,
) -> Result<(), StoreError> {
    let contacts = match limit {
        Limit::Contacts(contacts) => Some(contacts),
        Limit::Unknown | Limit::Unlimited => None,
    };
    let text = "INSERT INTO portfolios (tenant_id, portfolio_id, contact_limit, is_unlimited) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (tenant_id, portfolio_id) DO UPDATE \
         SET contact_limit = excluded.contact_limit, is_unlimited = excluded.is_unlimited";
    let statement = client.prepare_cached(text).await?;
    let unlimited = limit == Limit::Unlimited;
    client.execute(&statement, &[&tenant.as_str(), &portfolio, &contacts, &unlimited]).await?;
    Ok(())
}
