//! Many conversations at once, to fill an empty tenant: by COPY, beside the write path.
//!
//! Each chunk is one transaction that leaves what the write path would: conversations, their
//! events at gapless revisions, messages and counters. What decided them is the caller's part;
//! [`History`] takes what the core made. Contacts have one id each here: aliases are the write path's.

mod copy;

use azeer_runtime::database::{self, DatabaseError};
use azeer_runtime::store_error::StoreError;
use conversation_state_core::counts::{CounterDelta, add_change};
use conversation_state_core::{Applied, Command, Conversation, Event, MessageId, TenantId, Time};
use deadpool_postgres::{Pool, Transaction};
use thiserror::Error;
use tokio::sync::watch;
use tokio_postgres::error::DbError;

use super::channels::{self, ChannelSettings};
pub use super::conversations::new_id;
use super::counts::{self, CountWrite};
use super::tenants::{self, TenantWrite};

/// Why a tenant was not filled.
#[derive(Debug, Error)]
pub enum BulkError {
    /// The database cannot be used as it is named.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// A statement or the way to the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The tenant has something already.
    #[error("tenant {0} has conversations or channels already: give a tenant that has nothing")]
    NotEmpty(TenantId),
    /// Somebody else wrote to the tenant meanwhile.
    #[error("somebody else wrote to tenant {0} meanwhile: what was committed until then is kept")]
    WrittenMeanwhile(TenantId),
}

impl From<tokio_postgres::Error> for BulkError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<deadpool_postgres::PoolError> for BulkError {
    fn from(error: deadpool_postgres::PoolError) -> Self {
        Self::Store(error.into())
    }
}

/// A conversation with all that happened to it.
#[derive(Debug, Clone)]
pub struct History {
    conversation: Conversation,
    /// Each with the time of its recording.
    events: Vec<(Time, Event)>,
    messages: Vec<Message>,
}

#[derive(Debug, Clone)]
struct Message {
    id: MessageId,
    occurred_at: Time,
    inbound: bool,
}

// === impl History ===

impl History {
    /// A conversation as its first message made it.
    #[must_use]
    pub fn begin(first: Applied, command: &Command, message: MessageId, recorded_at: Time) -> Self {
        let (conversation, events) = (first.conversation.clone(), Vec::with_capacity(4));
        let mut history = Self { conversation, events, messages: Vec::with_capacity(2) };
        history.record(first, command, Some(message), recorded_at);
        history
    }

    /// Adds what `command` made of it, and the message that it tells.
    pub fn record(
        &mut self,
        applied: Applied,
        command: &Command,
        message: Option<MessageId>,
        recorded_at: Time,
    ) {
        self.conversation = applied.conversation;
        self.events.extend(applied.events.into_iter().map(|event| (recorded_at, event)));
        let (occurred_at, inbound) = match command {
            Command::Inbound(message) => (message.occurred_at, true),
            Command::Outbound(message) => (message.occurred_at, false),
            _ => return,
        };
        self.messages.extend(message.map(|id| Message { id, occurred_at, inbound }));
    }

    /// As it is after all that.
    #[must_use]
    pub fn conversation(&self) -> &Conversation {
        &self.conversation
    }
}

/// What is written at once: conversations one after the other, each with its events next to each
/// other in the log.
#[derive(Debug, Clone)]
pub struct Chunk {
    revision_before: i64,
    revision: i64,
    histories: Vec<History>,
}

// === impl Chunk ===

impl Chunk {
    /// An empty chunk, to be written after all revisions up to one.
    #[must_use]
    pub fn after(revision: i64) -> Self {
        Self { revision_before: revision, revision, histories: Vec::new() }
    }

    /// Adds a conversation. Its events must not have been recorded before those of the last one.
    pub fn push(&mut self, history: History) {
        self.revision += i64::try_from(history.events.len()).unwrap_or(i64::MAX);
        self.histories.push(history);
    }

    /// The revision of its last event.
    #[must_use]
    pub fn last_revision(&self) -> i64 {
        self.revision
    }

    /// How many conversations it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.histories.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.histories.is_empty()
    }

    fn counters(&self, tenant: &TenantId) -> Vec<CountWrite> {
        let mut delta = CounterDelta::new();
        for history in &self.histories {
            add_change(&mut delta, None, Some(&history.conversation));
        }
        delta.iter().map(|(key, by)| CountWrite::new(tenant, key, *by)).collect()
    }
}

/// A tenant in the course of being filled.
#[derive(Debug)]
pub struct Bulk {
    pool: Pool,
    tenant: TenantId,
    begun_at: Time,
    /// The revision up to which the chunks are committed.
    committed: watch::Sender<i64>,
}

// === impl Bulk ===

impl Bulk {
    /// Begins to fill a tenant that has nothing yet: sets up its channels. Up to `connections`
    /// chunks can then be written side by side.
    pub async fn begin(
        database_url: &str,
        tenant: TenantId,
        channels: &[ChannelSettings],
        connections: usize,
    ) -> Result<Self, BulkError> {
        let pool = open(database_url, connections)?;
        let mut client = pool.get().await?;
        let transaction = client.transaction().await?;
        tenants::create(&transaction, &[tenant.as_str()]).await?;
        let lock = transaction.prepare_cached(tenants::LOCK).await?;
        let (locked, now) = tenants::lock(&transaction, &lock, &[tenant.as_str()], None).await?;
        if locked.iter().any(|known| known.revision != 0 || known.channels_version != 0) {
            return Err(BulkError::NotEmpty(tenant));
        }
        for channel in channels {
            let channel = ChannelSettings { version: 1, ..channel.clone() };
            channels::put(&transaction, &tenant, &channel, now).await?;
        }
        transaction.commit().await?;
        Ok(Self { pool, tenant, begun_at: now, committed: watch::Sender::new(0) })
    }

    /// The database's time when it began: nothing may have been recorded later.
    #[must_use]
    pub fn begun_at(&self) -> Time {
        self.begun_at
    }

    /// Writes a chunk. Several are copied side by side, but committed in the order of the log:
    /// whoever reads meanwhile finds a smaller tenant, not a broken one. Waits for the chunks
    /// before it, also if they never come.
    pub async fn write(&self, chunk: &Chunk) -> Result<(), BulkError> {
        match self.write_in_turn(chunk).await {
            Err(BulkError::Store(error)) if is_contested(&error) => {
                Err(BulkError::WrittenMeanwhile(self.tenant.clone()))
            }
            written => written,
        }
    }

    async fn write_in_turn(&self, chunk: &Chunk) -> Result<(), BulkError> {
        let mut client = self.pool.get().await?;
        let transaction = client.transaction().await?;
        copy::conversations(&transaction, &self.tenant, &chunk.histories).await?;
        copy::events(&transaction, &self.tenant, chunk.revision_before, &chunk.histories).await?;
        copy::notes(&transaction, &self.tenant, chunk.revision_before, &chunk.histories).await?;
        copy::messages(&transaction, &self.tenant, &chunk.histories).await?;
        // The sender is ours: it does not end before this.
        let _ = self.committed.subscribe().wait_for(|&at| at == chunk.revision_before).await;
        self.move_on(&transaction, chunk).await?;
        transaction.commit().await?;
        self.committed.send_replace(chunk.revision);
        Ok(())
    }

    /// The tenant's revision first: that locks its row, as for any write.
    async fn move_on(&self, client: &Transaction<'_>, chunk: &Chunk) -> Result<(), BulkError> {
        let tenants = vec![TenantWrite {
            tenant_id: self.tenant.as_str().to_owned(),
            expected_revision: chunk.revision_before,
            revision: chunk.revision,
        }];
        let statement = client.prepare_cached(&tenants::UPDATE.replace("$tenants", "$1")).await?;
        if client.execute(&statement, &[&tenants]).await? != 1 {
            return Err(BulkError::WrittenMeanwhile(self.tenant.clone()));
        }
        let counters = chunk.counters(&self.tenant);
        let statement = client.prepare_cached(&counts::ADD.replace("$counts", "$1")).await?;
        client.execute(&statement, &[&counters]).await?;
        Ok(())
    }

    /// Tells the planner about the many new rows.
    pub async fn analyze(&self) -> Result<(), BulkError> {
        let tables = "tenants, channels, conversations, events, event_notes, messages, tab_counts";
        self.pool.get().await?.batch_execute(&format!("ANALYZE {tables}")).await?;
        Ok(())
    }
}

/// Whether somebody else has taken the next revisions, or is about to.
fn is_contested(error: &StoreError) -> bool {
    let StoreError::Postgres(postgres) = error else { return false };
    let constraint = postgres.as_db_error().and_then(DbError::constraint);
    constraint == Some("events_pkey") || error.is_conflict()
}

/// A pool without the limits that keep a service's own statements short.
fn open(database_url: &str, connections: usize) -> Result<Pool, DatabaseError> {
    let mut config = database::parse_url(database_url, "conversation-state bulk")?;
    let session = config.get_options().unwrap_or_default().to_owned();
    config.options(format!(
        "{session} -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
    ));
    database::pool(config, connections)
}
