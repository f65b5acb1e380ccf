//! The database: one module for each aggregate, and the one write path.
//!
//! SQL is written by hand, static but for the parts that a request chooses. Nothing here knows
//! gRPC. [`Store`] is what the handlers use.

mod announce;
pub mod bulk;
mod channels;
mod contexts;
mod conversations;
pub mod counts;
mod erasure;
mod events;
mod filter;
mod identities;
pub mod list;
mod log;
mod lookup;
mod messages;
mod read;
mod requests;
mod retention;
mod routing;
mod tenants;
mod write;

use std::sync::Arc;

use azeer_runtime::clock::Clock;
use azeer_runtime::group_commit::Options;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use conversation_state_core::{ChannelId, Conversation, ConversationId, MessageId, TenantId};
use deadpool_postgres::{Object, Pool};
use tokio_postgres::IsolationLevel;

pub use announce::Announcer;
pub use channels::ChannelSettings;
pub use contexts::{ContextKey, SendContext};
pub use conversation_state_core::Target;
pub use counts::TabCounts;
pub use events::LoggedEvent;
pub use filter::Filter;
pub use list::{Cursor, ListQuery, Order, Page};
pub use log::{Followers, Log, LogEntry, LogPage};
pub use read::{AsOf, SeenMessage};
pub use requests::Request;
pub use retention::{Kept, Removal};
pub use write::{Action, Change, Write, WriteError, Written};

use write::Writer;

/// The connections to the database.
pub struct Pools {
    /// Of all that reads, and of the announcer's rounds.
    pub reads: Pool,
    /// Of the write path.
    pub writes: Pool,
}

/// Everything the service keeps.
pub struct Store {
    pool: Pool,
    clock: Clock,
    writer: Writer,
}

impl Store {
    /// Starts the write path. `followers` hear of all that it writes.
    #[must_use]
    pub fn start(
        pools: Pools,
        clock: Clock,
        options: Options,
        followers: Arc<dyn Followers>,
    ) -> Self {
        let writer = Writer::start(pools.writes, clock.clone(), options, followers);
        Self { pool: pools.reads, clock, writer }
    }

    /// Finishes the writes that wait.
    pub async fn stop(self) {
        self.writer.stop().await;
    }

    /// Writes, together with what others want written now.
    pub async fn write(&self, write: Write) -> Result<Written, WriteError> {
        self.writer.write(write).await
    }

    /// Those of many conversations that exist, each with the id that it was asked for by, in no
    /// order.
    pub async fn conversations(
        &self,
        tenant: &TenantId,
        ids: &[ConversationId],
    ) -> Result<AsOf<Vec<(ConversationId, Conversation)>>, StoreError> {
        let client = self.pool.get().await?;
        read::many(&client, tenant, ids, self.clock.instead_of_database()).await
    }

    /// One conversation, and which of the messages the customer sent in it.
    pub async fn conversation(
        &self,
        tenant: &TenantId,
        target: &Target,
        messages: &[MessageId],
    ) -> Result<AsOf<Option<(Conversation, Vec<SeenMessage>)>>, StoreError> {
        let client = self.pool.get().await?;
        read::one(&client, tenant, target, messages, self.clock.instead_of_database()).await
    }

    /// The facts that many sends need, each at its key's place.
    pub async fn send_contexts(
        &self,
        keys: &[ContextKey],
    ) -> Result<AsOf<Vec<Option<SendContext>>>, StoreError> {
        let client = self.pool.get().await?;
        contexts::contexts(&client, keys, self.clock.instead_of_database()).await
    }

    /// A page of a tab.
    pub async fn list(&self, tenant: &TenantId, mut query: ListQuery) -> Result<Page, StoreError> {
        query.as_of = query.as_of.or(self.clock.instead_of_database());
        list::list(&self.pool.get().await?, tenant, &query).await
    }

    /// The tabs' counts.
    pub async fn tab_counts(
        &self,
        tenant: &TenantId,
        filter: &Filter,
        soon: TimeDelta,
    ) -> Result<TabCounts, StoreError> {
        let now = self.clock.instead_of_database();
        counts::tab_counts(&self.pool.get().await?, tenant, filter, soon, now).await
    }

    /// A conversation's events after a revision, oldest first; none if there is no such conversation.
    pub async fn events(
        &self,
        tenant: &TenantId,
        conversation: ConversationId,
        after: i64,
        limit: i64,
    ) -> Result<Option<Vec<LoggedEvent>>, StoreError> {
        events::of_conversation(&self.pool.get().await?, tenant, conversation, after, limit).await
    }

    /// A channel's settings; the defaults if nobody set it up.
    pub async fn channel(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
    ) -> Result<ChannelSettings, StoreError> {
        let found = channels::get(&self.pool.get().await?, tenant, channel).await?;
        Ok(found.unwrap_or_else(|| ChannelSettings::defaults(channel.clone())))
    }

    /// The channels that were set up, after one, by id.
    pub async fn channels(
        &self,
        tenant: &TenantId,
        after: &str,
        limit: i64,
    ) -> Result<Vec<ChannelSettings>, StoreError> {
        channels::list(&self.pool.get().await?, tenant, after, limit).await
    }

    /// Changes a channel: `change` is given the settings as they are and makes them what they
    /// are to be, or refuses. Writes that begin afterwards find the new ones.
    pub async fn change_channel<E: From<StoreError>>(
        &self,
        tenant: &TenantId,
        channel: &ChannelId,
        change: impl FnOnce(&mut ChannelSettings) -> Result<(), E> + Send,
    ) -> Result<ChannelSettings, E> {
        let mut client = self.pool.get().await.map_err(StoreError::from)?;
        let now = self.clock.instead_of_database();
        let level = IsolationLevel::ReadCommitted;
        let transaction = client.build_transaction().isolation_level(level).start().await;
        let transaction = transaction.map_err(StoreError::from)?;
        tenants::create(&transaction, &[tenant.as_str()]).await?;
        let lock = transaction.prepare_cached(tenants::LOCK).await.map_err(StoreError::from)?;
        let (_, now) = tenants::lock(&transaction, &lock, &[tenant.as_str()], now).await?;
        let found = channels::get(&transaction, tenant, channel).await?;
        let mut settings = found.unwrap_or_else(|| ChannelSettings::defaults(channel.clone()));
        change(&mut settings)?;
        settings.version += 1;
        settings.create_time = settings.create_time.or(Some(now));
        settings.update_time = Some(now);
        channels::put(&transaction, tenant, &settings, now).await?;
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(settings)
    }

    /// A connection, for tests that read in a transaction of their own.
    pub async fn connection(&self) -> Result<Object, StoreError> {
        Ok(self.pool.get().await?)
    }
}
