//! The rows of `senders`, and how all that became another of numbers is written.

use azeer_domain::{ChannelId, TenantId, Time};
use azeer_runtime::names::{Named as _, Stored};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts;
use postgres_types::ToSql;
use tokio_postgres::Row;

use super::super::id;
use super::account_rows;
use super::senders::{Changed, Sender};

const OF_TENANTS: &str = "SELECT waba_id, quality, status, is_restricted, restriction_reason, \
     restricted_until, update_time, version, display_phone_number, tenant_id, channel_id \
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
            let tenant = id(TenantId::parse(row.try_get(9)?), "tenant_id")?;
            let channel = id(ChannelId::parse(row.try_get(10)?), "channel_id")?;
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
        display_phone_number: row.try_get(8)?,
    })
}

/// A row of `sender_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "sender_write_v2")]
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
    display_phone_number: &'a str,
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
            display_phone_number: &sender.display_phone_number,
        }
    }
}

const PUT: &str = "INSERT INTO senders (tenant_id, channel_id, waba_id, quality, status, \
     is_restricted, restriction_reason, restricted_until, update_time, version, \
     display_phone_number) \
     SELECT $1, channel_id, waba_id, quality, status, is_restricted, restriction_reason, \
       restricted_until, update_time, version, display_phone_number \
     FROM unnest($2::sender_write_v2[]) \
     ON CONFLICT (tenant_id, channel_id) DO UPDATE \
     SET waba_id = excluded.waba_id, quality = excluded.quality, status = excluded.status, \
       is_restricted = excluded.is_restricted, restriction_reason = excluded.restriction_reason, \
       restricted_until = excluded.restricted_until, update_time = excluded.update_time, \
       version = excluded.version, display_phone_number = excluded.display_phone_number";

/// Writes senders as they are to be.
async fn put(
    client: &impl GenericClient,
    tenant: &TenantId,
    senders: &[(ChannelId, Sender)],
) -> Result<(), StoreError> {
    let rows: Vec<SenderWrite<'_>> = senders.iter().map(SenderWrite::new).collect();
    client.execute(&client.prepare_cached(PUT).await?, &[&tenant.as_str(), &rows]).await?;
    Ok(())
}

/// Writes all that became another.
pub(super) async fn write(
    client: &impl GenericClient,
    tenant: &TenantId,
    changed: &Changed,
) -> Result<(), StoreError> {
    if !changed.numbers.is_empty() {
        put(client, tenant, &changed.numbers).await?;
    }
    for (waba_id, account) in &changed.accounts {
        account_rows::put(client, tenant, waba_id, account).await?;
    }
    for (portfolio, limit) in &changed.limits {
        account_rows::put_limit(client, tenant, portfolio, *limit).await?;
    }
    Ok(())
}
