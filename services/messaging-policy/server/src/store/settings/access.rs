//! How settings are read, and how they are changed: one change of a tenant at a time, in a short
//! transaction that holds the tenant's lock. It moves `settings_version` on, so that every decision
//! that begins afterwards, on whatever replica, reads them anew.

use std::sync::Arc;

use azeer_domain::{ChannelId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::{GenericClient, Object, Transaction};
use messaging_policy_core::Policy;
use thiserror::Error;
use tokio_postgres::IsolationLevel;

use super::super::tenants::Tenant;
use super::super::{Store, portfolios, tenants};
use super::{
    Import, Imported, KnownSender, NoAccount, SenderChange, Settings, StoredPolicy, import,
    policies, sender_rows, template_rows,
};

/// Why a setting was not changed.
#[derive(Debug, Error)]
pub enum ChangeError {
    /// It has another version than the caller knows.
    #[error("the {of} was changed meanwhile")]
    OtherVersion {
        /// What it is.
        of: &'static str,
        /// Its version.
        current: i64,
    },
    /// The portfolio of a number without an account was to be set.
    #[error(transparent)]
    NoAccount(#[from] NoAccount),
    /// It is said to have happened too far ahead of now.
    #[error("it is said to have happened too far ahead of now")]
    AheadOfTime,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<tokio_postgres::Error> for ChangeError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A change on its way. Dropped, it changes nothing.
struct Change<'a> {
    transaction: Transaction<'a>,
    tenant: &'a TenantId,
    /// What is, and stays until the change is done.
    settings: Arc<Settings>,
    now: Time,
}

impl<'a> Change<'a> {
    async fn begin(
        store: &Store,
        client: &'a mut Object,
        tenant: &'a TenantId,
    ) -> Result<Self, StoreError> {
        let level = IsolationLevel::ReadCommitted;
        let transaction = client.build_transaction().isolation_level(level).start().await?;
        tenants::create(&transaction, &[tenant.as_str()]).await?;
        let (settings, now) = store.settings_at(&transaction, tenant, tenants::LOCK).await?;
        Ok(Self { transaction, tenant, settings, now })
    }

    async fn commit(self) -> Result<(), StoreError> {
        tenants::settings_changed(&self.transaction, self.tenant).await?;
        Ok(self.transaction.commit().await?)
    }
}

/// Checks the version that a caller knows; none: whatever it is.
fn check(of: &'static str, expected: Option<i64>, current: i64) -> Result<(), ChangeError> {
    match expected {
        Some(expected) if expected != current => Err(ChangeError::OtherVersion { of, current }),
        _ => Ok(()),
    }
}

impl Store {
    /// A tenant's settings as they are now.
    pub async fn settings(&self, tenant: &TenantId) -> Result<Arc<Settings>, StoreError> {
        let client = self.pool.get().await?;
        Ok(self.settings_at(&client, tenant, tenants::READ).await?.0)
    }

    async fn settings_at(
        &self,
        client: &impl GenericClient,
        tenant: &TenantId,
        statement: &'static str,
    ) -> Result<(Arc<Settings>, Time), StoreError> {
        let statement = client.prepare_cached(statement).await?;
        let now = self.clock.instead_of_database();
        let (found, now) = tenants::read(client, &statement, &[tenant.as_str()], now).await?;
        let versions = found
            .into_iter()
            .map(|Tenant { id, settings_version }| (id, settings_version.unwrap_or(0)));
        let mut settings = self.settings.of(client, versions.collect()).await?;
        Ok((settings.remove(tenant).unwrap_or_default(), now))
    }

    /// Changes a tenant's policy: `change` makes it what it is to be. A policy that stays as it is
    /// gets no new version.
    pub async fn change_policy(
        &self,
        tenant: &TenantId,
        expected_version: Option<i64>,
        change: impl FnOnce(&mut Policy) + Send,
    ) -> Result<StoredPolicy, ChangeError> {
        let mut client = self.pool.get().await.map_err(StoreError::from)?;
        let changing = Change::begin(self, &mut client, tenant).await?;
        let before = changing.settings.stored_policy();
        check("policy", expected_version, before.version)?;
        let mut policy = before.policy.clone();
        change(&mut policy);
        if policy == before.policy {
            return Ok(before);
        }
        let version = before.version + 1;
        let stored = StoredPolicy { policy, version, create_time: Some(changing.now) };
        policies::add(&changing.transaction, tenant, &stored).await?;
        changing.commit().await?;
        Ok(stored)
    }

    /// Takes over a listing of an account's templates.
    pub async fn import_templates(
        &self,
        tenant: &TenantId,
        import: Import,
    ) -> Result<Imported, StoreError> {
        let mut client = self.pool.get().await?;
        let changing = Change::begin(self, &mut client, tenant).await?;
        let (imported, writes) = import::plan(&changing.settings.templates, import, changing.now);
        if !writes.is_empty() {
            template_rows::put(&changing.transaction, tenant, &writes).await?;
            changing.commit().await?;
        }
        Ok(imported)
    }

    /// What is known of a number, and how many contacts its portfolio has reached within a day.
    pub async fn sender(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
    ) -> Result<(KnownSender, i64), StoreError> {
        let client = self.pool.get().await?;
        let (settings, now) = self.settings_at(&client, tenant, tenants::READ).await?;
        let sender = settings.sender(channel);
        let reached = reached(&client, tenant, &sender, now).await?;
        Ok((sender, reached))
    }

    /// Changes what is known of a number. What belongs to its account and portfolio changes for all
    /// their numbers.
    pub async fn change_sender(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        expected_version: Option<i64>,
        change: &SenderChange,
    ) -> Result<(KnownSender, i64), ChangeError> {
        let mut client = self.pool.get().await.map_err(StoreError::from)?;
        let changing = Change::begin(self, &mut client, tenant).await?;
        let transaction = &changing.transaction;
        let before = &changing.settings.senders;
        check("sender", expected_version, before.known(channel).version)?;
        let mut after = before.clone();
        let changed = after.change(channel, change, changing.now)?;
        let sender = after.known(channel);
        let reached = reached(transaction, tenant, &sender, changing.now).await?;
        if changed.is_empty() {
            return Ok((sender, reached));
        }
        sender_rows::put(transaction, tenant, &changed).await?;
        let (account, portfolio) = (&sender.waba_id, &sender.portfolio_id);
        if before.portfolio_of_account(account) != portfolio {
            sender_rows::put_portfolio(transaction, tenant, account, portfolio).await?;
        }
        if before.limit_of(portfolio) != sender.limit {
            sender_rows::put_limit(transaction, tenant, portfolio, sender.limit).await?;
        }
        changing.commit().await?;
        Ok((sender, reached))
    }
}

async fn reached(
    client: &impl GenericClient,
    tenant: &TenantId,
    sender: &KnownSender,
    now: Time,
) -> Result<i64, StoreError> {
    let key = (tenant.clone(), sender.portfolio_id.clone());
    let reach = portfolios::read(client, &[(key, None)], now, 0).await?;
    Ok(reach.first().map_or(0, |(_, reach)| reach.reached))
}
