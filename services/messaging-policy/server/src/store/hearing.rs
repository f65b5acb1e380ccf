//! What customers tell of themselves: by which ids they are known, and what they say of marketing,
//! under all of these.

use azeer_domain::{ContactId, TenantId};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::{Object, Transaction};
use tokio_postgres::IsolationLevel;

use super::consents::{self, Heard, StoredConsent};
use super::{Store, aliases, tenants};

impl Store {
    /// Notes that ids were told together, as one person's. What is known already takes no lock.
    pub async fn note_ids(&self, tenant: &TenantId, ids: &[ContactId]) -> Result<(), StoreError> {
        if ids.len() < 2 {
            return Ok(());
        }
        let mut client = self.pool.get().await?;
        if aliases::of_ids(&client, tenant, ids).await?.meet(ids).noted.is_empty() {
            return Ok(());
        }
        let transaction = locked(&mut client, tenant).await?;
        aliases::note(&transaction, tenant, ids).await?;
        Ok(transaction.commit().await?)
    }

    /// Of ids that somebody is named by: those that nobody else is known by.
    pub async fn own_ids(
        &self,
        tenant: &TenantId,
        ids: Vec<ContactId>,
    ) -> Result<Vec<ContactId>, StoreError> {
        if ids.len() < 2 {
            return Ok(ids);
        }
        let people = aliases::of_ids(&self.pool.get().await?, tenant, &ids).await?;
        let of_others: Vec<_> = people.of_others(&ids).cloned().collect();
        Ok(ids.into_iter().filter(|id| !of_others.contains(id)).collect())
    }

    /// Records what a person said of marketing, who named these ids, under all that are known.
    pub async fn hear(
        &self,
        tenant: &TenantId,
        ids: &[ContactId],
        said: &StoredConsent,
    ) -> Result<Heard, StoreError> {
        let mut client = self.pool.get().await?;
        let transaction = locked(&mut client, tenant).await?;
        aliases::note(&transaction, tenant, ids).await?;
        let mut all = ids.to_vec();
        if let Some(first) = ids.first() {
            all.extend(aliases::of_person(&transaction, tenant, first).await?);
        }
        all.sort_unstable();
        all.dedup();
        let heard = consents::say(&transaction, tenant, &all, said).await?;
        transaction.commit().await?;
        Ok(heard)
    }
}

/// A transaction that holds the tenant's lock: whose ids are stays as it is until it ends.
async fn locked<'a>(
    client: &'a mut Object,
    tenant: &TenantId,
) -> Result<Transaction<'a>, StoreError> {
    let level = IsolationLevel::ReadCommitted;
    let transaction = client.build_transaction().isolation_level(level).start().await?;
    tenants::create(&transaction, &[tenant.as_str()]).await?;
    let lock = transaction.prepare_cached(tenants::LOCK).await?;
    tenants::read(&transaction, &lock, &[tenant.as_str()], None).await?;
    Ok(transaction)
}
