//! The rows of `accounts`, and the limits of `portfolios`.

use azeer_domain::{TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts::Restriction;

use super::super::id;
use super::senders::{Account, Limit};

/// Reads some tenants' accounts.
pub(super) async fn of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<Vec<(TenantId, String, Account)>, StoreError> {
    let text = "SELECT tenant_id, waba_id, portfolio_id, is_restricted, restriction_reason, \
         restricted_until FROM accounts WHERE tenant_id = ANY($1::text[])";
    let rows = client.query(&client.prepare_cached(text).await?, &[&tenants]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let (reason, until) = (row.try_get(4)?, row.try_get(5)?);
            let is_restricted: bool = row.try_get(3)?;
            let restriction = is_restricted.then_some((Restriction { until }, reason));
            Ok((tenant, row.try_get(1)?, Account { portfolio_id: row.try_get(2)?, restriction }))
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

/// Writes an account as it is to be; one of which nothing is known has no row.
pub(super) async fn put(
    client: &impl GenericClient,
    tenant: &TenantId,
    waba_id: &str,
    account: &Account,
) -> Result<(), StoreError> {
    if *account == Account::default() {
        let text = "DELETE FROM accounts WHERE tenant_id = $1 AND waba_id = $2";
        let statement = client.prepare_cached(text).await?;
        client.execute(&statement, &[&tenant.as_str(), &waba_id]).await?;
        return Ok(());
    }
    let text = "INSERT INTO accounts (tenant_id, waba_id, portfolio_id, is_restricted, \
           restriction_reason, restricted_until) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (tenant_id, waba_id) DO UPDATE SET portfolio_id = excluded.portfolio_id, \
           is_restricted = excluded.is_restricted, \
           restriction_reason = excluded.restriction_reason, \
           restricted_until = excluded.restricted_until";
    let statement = client.prepare_cached(text).await?;
    let (restriction, reason) = account.restriction.clone().unzip();
    let until: Option<Time> = restriction.as_ref().and_then(|restriction| restriction.until);
    client
        .execute(
            &statement,
            &[
                &tenant.as_str(),
                &waba_id,
                &account.portfolio_id,
                &restriction.is_some(),
                &reason.unwrap_or_default(),
                &until,
            ],
        )
        .await?;
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
