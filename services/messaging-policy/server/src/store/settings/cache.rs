//! What a replica remembers of tenants' settings, each at a version.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use azeer_domain::TenantId;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;

use super::{Settings, account_rows, policies, sender_rows, template_rows};

/// What is remembered. Clones share it.
#[derive(Clone, Default)]
pub struct Cache(Arc<Mutex<Remembered>>);

/// The settings of tenants that never changed any: one for all.
static UNTOUCHED: LazyLock<Arc<Settings>> = LazyLock::new(Arc::default);

/// Each tenant's settings, and the version that they are of.
type Remembered = HashMap<TenantId, (i64, Arc<Settings>)>;

impl Cache {
    /// With more tenants than this it begins anew: simpler than telling which are the oldest, and
    /// reading a tenant's settings again costs few statements.
    const MOST_TENANTS: usize = 10_000;

    /// The tenants' settings as of these versions. Version 0 has none.
    pub(in crate::store) async fn of(
        &self,
        client: &impl GenericClient,
        versions: Vec<(TenantId, i64)>,
    ) -> Result<HashMap<TenantId, Arc<Settings>>, StoreError> {
        let mut settings = HashMap::with_capacity(versions.len());
        let mut unknown = Vec::new();
        for (tenant, version) in versions {
            match self.get(&tenant, version) {
                Some(known) => {
                    settings.insert(tenant, known);
                }
                None => unknown.push((tenant, version)),
            }
        }
        if unknown.is_empty() {
            return Ok(settings);
        }
        let tenants: Vec<&str> = unknown.iter().map(|(tenant, _)| tenant.as_str()).collect();
        let mut read = load(client, &tenants).await?;
        for (tenant, version) in unknown {
            let of_tenant = Arc::new(read.remove(&tenant).unwrap_or_default());
            self.put(tenant.clone(), version, &of_tenant);
            settings.insert(tenant, of_tenant);
        }
        Ok(settings)
    }

    fn get(&self, tenant: &TenantId, version: i64) -> Option<Arc<Settings>> {
        if version == 0 {
            return Some(Arc::clone(&UNTOUCHED));
        }
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(tenant).filter(|(known, _)| *known == version).map(|(_, known)| Arc::clone(known))
    }

    fn put(&self, tenant: TenantId, version: i64, settings: &Arc<Settings>) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= Self::MOST_TENANTS {
            cache.clear();
        }
        // What was read may be newer than its version says: then it is read once more, later.
        cache.insert(tenant, (version, Arc::clone(settings)));
    }
}

/// Reads all settings of some tenants.
async fn load(
    client: &impl GenericClient,
    tenants: &[&str],
) -> Result<HashMap<TenantId, Settings>, StoreError> {
    let (policies, templates, senders, accounts, limits) = futures::try_join!(
        policies::of_tenants(client, tenants),
        template_rows::of_tenants(client, tenants),
        sender_rows::of_tenants(client, tenants),
        account_rows::of_tenants(client, tenants),
        account_rows::limits_of_tenants(client, tenants),
    )?;
    let mut settings: HashMap<TenantId, Settings> = HashMap::new();
    for (tenant, stored) in policies {
        let of_tenant = settings.entry(tenant).or_default();
        (of_tenant.policy, of_tenant.policy_version) = (stored.policy, stored.version);
        of_tenant.policy_time = stored.create_time;
    }
    for (tenant, template) in templates {
        settings.entry(tenant).or_default().templates.add(template);
    }
    for (tenant, channel, sender) in senders {
        settings.entry(tenant).or_default().senders.add(channel, sender);
    }
    for (tenant, waba_id, account) in accounts {
        settings.entry(tenant).or_default().senders.add_account(waba_id, account);
    }
    for (tenant, portfolio, limit) in limits {
        settings.entry(tenant).or_default().senders.add_limit(portfolio, limit);
    }
    Ok(settings)
}
