//! How settings are read, and how they are changed: one change of a tenant at a time, in a short
//! transaction that holds the tenant's lock. It moves `settings_version` on, so that every decision
//! that begins afterwards, on whatever replica, reads them anew.

use std::sync::Arc;

use azeer_domain::{ChannelId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::{GenericClient, Object, Transaction};
use messaging_policy_core::Policy;
use messaging_policy_core::facts::Restriction;
use thiserror::Error;
use tokio_postgres::IsolationLevel;

use super::super::tenants::Tenant;
use super::super::{Store, portfolios, tenants};
use super::{
    Import, Imported, KnownSender, Learned, News, NoAccount, SenderChange, Settings, StoredPolicy,
    StoredTemplate, import, news, policies, sender_rows, template_rows,
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
    /// The portfolio or restriction of the account of a number without one was to be set.
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
        Ok(self.settings_now(tenant).await?.0)
    }

    /// A tenant's settings, and the time at which they are so.
    pub async fn settings_now(
        &self,
        tenant: &TenantId,
    ) -> Result<(Arc<Settings>, Time), StoreError> {
        let client = self.pool.get().await?;
        self.settings_at(&client, tenant, tenants::READ).await
    }

    /// A tenant's settings and the time, with one of the statements that read both.
    pub(super) async fn settings_at(
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
        let known = &changing.settings.templates;
        let (imported, mut writes) = import::plan(known, import, changing.now);
        let is_new = |template: &&mut StoredTemplate| {
            known.get(&template.waba_id, &template.name, &template.language).is_none()
        };
        let new: Vec<_> = writes.iter_mut().filter(is_new).collect();
        if !new.is_empty() {
            news::told_before(&changing.transaction, tenant, new, changing.now).await?;
        }
        if !writes.is_empty() {
            template_rows::put(&changing.transaction, tenant, &writes).await?;
            changing.commit().await?;
        }
        Ok(imported)
    }

    /// Learns from what the platform told, each in its turn, and all or nothing.
    pub async fn learn(
        &self,
        tenant: &TenantId,
        news: &[News],
    ) -> Result<Vec<Learned>, StoreError> {
        let mut client = self.pool.get().await?;
        let Change { transaction, settings, now, .. } =
            Change::begin(self, &mut client, tenant).await?;
        let learned = news::learn(&transaction, tenant, &settings, news, now).await?;
        transaction.commit().await?;
        Ok(learned)
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
        // A lift also where nothing is known to be lifted: what failed before may be told later.
        let is_news = |restriction: &Option<(Restriction, String)>| {
            let held = before.known(channel).facts.restriction;
            restriction.as_ref().is_none_or(|(restriction, _)| held.as_ref() != Some(restriction))
        };
        if let Some(restriction) = change.restriction.clone().filter(is_news) {
            let now = changing.now;
            news::restriction_was_set(transaction, tenant, channel, restriction, now).await?;
        }
        let sender = after.known(channel);
        let reached = reached(transaction, tenant, &sender, changing.now).await?;
        if changed.is_empty() {
            changing.transaction.commit().await?;
            return Ok((sender, reached));
        }
        sender_rows::write(transaction, tenant, &changed).await?;
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
