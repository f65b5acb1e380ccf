//! Pages of settings: the versions of a policy, from the database, and the senders, from what is
//! remembered.

use std::collections::{BTreeSet, HashMap};

use azeer_domain::{ChannelId, TenantId};
use azeer_runtime::store_error::StoreError;

use super::super::{Store, portfolios, tenants};
use super::{KnownSender, SenderFilter, StoredPolicy, policies};

/// A page of the versions of a policy.
#[derive(Debug)]
pub struct PolicyVersions {
    /// The versions, newest first.
    pub policies: Vec<StoredPolicy>,
    /// Whether there are older ones.
    pub has_more: bool,
}

/// A page of senders.
#[derive(Debug)]
pub struct SenderPage {
    /// The senders, by their channels.
    pub senders: Vec<ReachingSender>,
    /// The last channel, if there are more.
    pub next: Option<ChannelId>,
}

/// A sender, and whom it reached.
#[derive(Debug)]
pub struct ReachingSender {
    /// Its channel.
    pub channel: ChannelId,
    /// What is known of it.
    pub known: KnownSender,
    /// How many contacts its portfolio has reached within a day.
    pub reached: i64,
}

impl Store {
    /// A page of all versions of a tenant's policy, older than one of them.
    pub async fn policy_versions(
        &self,
        tenant: &TenantId,
        before: Option<i64>,
        limit: usize,
    ) -> Result<PolicyVersions, StoreError> {
        let client = self.pool.get().await?;
        let before = before.unwrap_or(i64::MAX);
        let mut policies = policies::before(&client, tenant, before, limit + 1).await?;
        let has_more = policies.len() > limit;
        policies.truncate(limit);
        Ok(PolicyVersions { policies, has_more })
    }

    /// A page of a tenant's senders, after a channel. However many they are, one statement tells
    /// what their portfolios have reached.
    pub async fn senders(
        &self,
        tenant: &TenantId,
        filter: &SenderFilter,
        after: Option<&ChannelId>,
        limit: usize,
    ) -> Result<SenderPage, StoreError> {
        let client = self.pool.get().await?;
        let (settings, now) = self.settings_at(&client, tenant, tenants::READ).await?;
        let (found, has_more) = settings.senders.page(filter, after, limit);
        let portfolios: BTreeSet<&str> =
            found.iter().map(|(_, known)| known.portfolio_id.as_str()).collect();
        let keys = portfolios.into_iter().map(|id| ((tenant.clone(), id.to_owned()), None));
        let keys: Vec<_> = keys.collect();
        let reach = portfolios::read(&client, &keys, now, 0).await?;
        let reached: HashMap<String, i64> =
            reach.into_iter().map(|((_, id), reach)| (id, reach.reached)).collect();
        let senders: Vec<_> = found
            .into_iter()
            .map(|(channel, known)| {
                let reached = reached.get(&known.portfolio_id).copied().unwrap_or_default();
                ReachingSender { channel, known, reached }
            })
            .collect();
        let last = senders.last().filter(|_| has_more);
        let next = last.map(|sender| sender.channel.clone());
        Ok(SenderPage { senders, next })
    }
}
