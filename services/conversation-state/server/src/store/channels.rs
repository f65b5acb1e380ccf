//! The settings of channels: the rows of `channels`, and what each replica remembers of them.
//!
//! A tenant's `channels_version`, which every batch reads with its lock, says whether what is
//! remembered is current: no write ever works with settings that were changed before it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use azeer_runtime::names::Named as _;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use conversation_state_core::{Channel, ChannelId, OnInboundWhenClosed, TenantId, Time};
use deadpool_postgres::GenericClient;
use tokio_postgres::Row;

use super::conversations::id;
use super::routing;

/// A channel as it was set up, or as it is if nobody did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelSettings {
    /// The channel.
    pub id: ChannelId,
    /// A name for people.
    pub display_name: String,
    /// The number as the platform shows it.
    pub display_phone_number: String,
    /// How its conversations behave.
    pub behaviour: Channel,
    /// When it was set up; none: nobody did.
    pub create_time: Option<Time>,
    /// When it was last changed.
    pub update_time: Option<Time>,
    /// Grows by one with each change; 0: never set up.
    pub version: i64,
}

impl ChannelSettings {
    /// What holds for a channel that nobody set up.
    #[must_use]
    pub fn defaults(id: ChannelId) -> Self {
        Self {
            id,
            display_name: String::new(),
            display_phone_number: String::new(),
            behaviour: Channel::default(),
            create_time: None,
            update_time: None,
            version: 0,
        }
    }
}

const COLUMNS: &str = "channel_id, display_name, display_phone_number, bot_enabled, \
     window_micros, reactions_open_window, on_inbound_when_closed, reopen_to_last_agent_micros, \
     create_time, update_time, version, tenant_id, routing_rules";

/// Reads a row of the [`COLUMNS`]. What is known of the channel at this version already has its rules
/// compiled.
fn read(row: &Row, known: Option<&ChannelSettings>) -> Result<ChannelSettings, StoreError> {
    let version = row.try_get(10)?;
    if let Some(known) = known.filter(|known| known.version == version) {
        return Ok(known.clone());
    }
    Ok(ChannelSettings {
        id: id(ChannelId::parse(row.try_get(0)?), "channel_id")?,
        display_name: row.try_get(1)?,
        display_phone_number: row.try_get(2)?,
        behaviour: Channel {
            bot_enabled: row.try_get(3)?,
            window_duration: TimeDelta::microseconds(row.try_get(4)?),
            reactions_open_window: row.try_get(5)?,
            on_inbound_when_closed: OnInboundWhenClosed::from_name(row.try_get(6)?)?,
            reopen_to_last_agent_within: TimeDelta::microseconds(row.try_get(7)?),
            routing: routing::read(row.try_get(12)?)?,
        },
        create_time: row.try_get(8)?,
        update_time: row.try_get(9)?,
        version,
    })
}

/// A channel's settings, if it was set up.
pub(super) async fn get(
    client: &impl GenericClient,
    tenant: &TenantId,
    channel: &ChannelId,
) -> Result<Option<ChannelSettings>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM channels WHERE tenant_id = $1 AND channel_id = $2");
    let statement = client.prepare_cached(&text).await?;
    let row = client.query_opt(&statement, &[&tenant.as_str(), &channel.as_str()]).await?;
    row.as_ref().map(|row| read(row, None)).transpose()
}

/// A tenant's channels after one, by id.
pub(super) async fn list(
    client: &impl GenericClient,
    tenant: &TenantId,
    after: &str,
    limit: i64,
) -> Result<Vec<ChannelSettings>, StoreError> {
    let text = format!(
        "SELECT {COLUMNS} FROM channels WHERE tenant_id = $1 AND channel_id COLLATE \"C\" > $2 \
         ORDER BY channel_id COLLATE \"C\" LIMIT $3"
    );
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &[&tenant.as_str(), &after, &limit]).await?;
    rows.iter().map(|row| read(row, None)).collect()
}

/// Writes a channel as it is to be and tells all replicas. The tenant's row is locked.
pub(super) async fn put(
    client: &impl GenericClient,
    tenant: &TenantId,
    channel: &ChannelSettings,
    now: Time,
) -> Result<(), StoreError> {
    let behaviour = &channel.behaviour;
    let micros = |delta: TimeDelta| delta.num_microseconds().unwrap_or(i64::MAX);
    let text = format!(
        "INSERT INTO channels ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \
         $12, $13) ON CONFLICT (tenant_id, channel_id) DO UPDATE SET \
         display_name = excluded.display_name, \
         display_phone_number = excluded.display_phone_number, \
         bot_enabled = excluded.bot_enabled, window_micros = excluded.window_micros, \
         reactions_open_window = excluded.reactions_open_window, \
         on_inbound_when_closed = excluded.on_inbound_when_closed, \
         reopen_to_last_agent_micros = excluded.reopen_to_last_agent_micros, \
         routing_rules = excluded.routing_rules, update_time = excluded.update_time, \
         version = excluded.version"
    );
    client
        .execute(
            &client.prepare_cached(&text).await?,
            &[
                &channel.id.as_str(),
                &channel.display_name,
                &channel.display_phone_number,
                &behaviour.bot_enabled,
                &micros(behaviour.window_duration),
                &behaviour.reactions_open_window,
                &behaviour.on_inbound_when_closed.name(),
                &micros(behaviour.reopen_to_last_agent_within),
                &channel.create_time.unwrap_or(now),
                &now,
                &channel.version,
                &tenant.as_str(),
                &routing::keep(&behaviour.routing),
            ],
        )
        .await?;
    let text = "UPDATE tenants SET channels_version = channels_version + 1 WHERE tenant_id = $1";
    client.execute(&client.prepare_cached(text).await?, &[&tenant.as_str()]).await?;
    Ok(())
}

/// A tenant's channels by id.
pub(super) type TenantChannels = Arc<HashMap<ChannelId, ChannelSettings>>;

/// All channels of some tenants, for remembering. `known` is what was remembered of a tenant.
pub(super) async fn of_tenants(
    client: &impl GenericClient,
    tenants: &[&str],
    known: impl Fn(&TenantId) -> Option<TenantChannels>,
) -> Result<HashMap<TenantId, HashMap<ChannelId, ChannelSettings>>, StoreError> {
    let text = format!("SELECT {COLUMNS} FROM channels WHERE tenant_id = ANY($1::text[])");
    let statement = client.prepare_cached(&text).await?;
    let mut found: HashMap<_, HashMap<_, _>> = HashMap::new();
    for row in client.query(&statement, &[&tenants]).await? {
        let tenant = id(TenantId::parse(row.try_get(11)?), "tenant_id")?;
        let id = id(ChannelId::parse(row.try_get(0)?), "channel_id")?;
        let known = known(&tenant);
        let channel = read(&row, known.as_ref().and_then(|known| known.get(&id)))?;
        found.entry(tenant).or_default().insert(id, channel);
    }
    Ok(found)
}

/// What a replica remembers of tenants' channels, each at a version.
#[derive(Default)]
pub(super) struct ChannelCache(Mutex<HashMap<TenantId, (i64, TenantChannels)>>);

impl ChannelCache {
    /// With more tenants than this it begins anew: simpler than telling which are the oldest,
    /// and reading a tenant's channels again costs one statement.
    const MOST_TENANTS: usize = 10_000;

    /// The tenant's channels, if they are remembered as of this version. Version 0 has none.
    pub(super) fn get(&self, tenant: &TenantId, version: i64) -> Option<TenantChannels> {
        if version == 0 {
            return Some(TenantChannels::default());
        }
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(tenant).filter(|(known, _)| *known == version).map(|(_, c)| Arc::clone(c))
    }

    /// The tenant's channels as last remembered, at whatever version.
    pub(super) fn last_known(&self, tenant: &TenantId) -> Option<TenantChannels> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(tenant).map(|(_, channels)| Arc::clone(channels))
    }

    pub(super) fn put(&self, tenant: TenantId, version: i64, channels: TenantChannels) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= Self::MOST_TENANTS {
            cache.clear();
        }
        cache.insert(tenant, (version, channels));
    }
}
