//! One batch, from BEGIN to COMMIT, in two round trips: the first takes the locks and reads, the
//! second writes and commits.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use azeer_runtime::batches::{Batch, Failure, Guard, Outcomes};
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, TenantId, Time};
use deadpool_postgres::Object;
use tokio_postgres::Statement;

use super::super::channels::{self, TenantChannels};
use super::super::tenants::{self, Locked};
use super::super::{lookup, messages, requests};
use super::decide::{Deciding, Loaded, needs_tenant};
use super::{Committer, Target, Write, WriteError, Written};

/// The statements of the first round trip.
struct Reads {
    lock: Statement,
    by_id: Statement,
    by_contact: Statement,
    seen: Statement,
    done: Statement,
}

impl Reads {
    async fn prepare(client: &Object) -> Result<Self, StoreError> {
        Ok(Self {
            lock: client.prepare_cached(tenants::LOCK).await?,
            by_id: client.prepare_cached(lookup::BY_ID).await?,
            by_contact: client.prepare_cached(lookup::BY_CONTACT).await?,
            seen: client.prepare_cached(messages::SEEN).await?,
            done: client.prepare_cached(requests::DONE).await?,
        })
    }
}

impl Batch for Committer {
    type Item = Write;
    type Done = Written;
    type Error = WriteError;

    async fn run(&self, writes: &[Write]) -> Result<Outcomes<Self>, Failure> {
        let client = self.pool.get().await;
        let client = Guard::new(client.map_err(|error| Failure::before_writing(error.into()))?);
        let read = self.read(&client, writes).await;
        let mut deciding = read.map_err(Failure::before_writing)?;
        let outcomes = writes.iter().map(|write| deciding.decide(write)).collect();
        let (rows, now) = deciding.into_rows();
        rows.commit(&client).await.map_err(Failure::of_writing)?;
        client.keep();
        rows.tell(&*self.followers, now);
        Ok(outcomes)
    }
}

impl Committer {
    /// The first round trip. Begins the transaction and holds the tenants' locks afterwards.
    async fn read(&self, client: &Object, writes: &[Write]) -> Result<Deciding, StoreError> {
        let tenants: BTreeSet<&str> = writes.iter().map(|write| write.tenant.as_str()).collect();
        let tenants: Vec<&str> = tenants.into_iter().collect();
        let (locked, loaded) = self.lock_and_load(client, &tenants, writes).await?;
        let missing = missing_tenants(&locked, writes, loaded.now);
        let (locked, loaded) = if missing.is_empty() {
            (locked, loaded)
        } else {
            client.batch_execute("ROLLBACK").await?;
            tenants::create(client, &missing).await?;
            self.lock_and_load(client, &tenants, writes).await?
        };
        let channels = self.channels(client, &locked).await?;
        let loaded = load_originals(client, loaded).await?;
        Ok(Deciding::new(locked, channels, loaded))
    }

    async fn lock_and_load(
        &self,
        client: &Object,
        tenants: &[&str],
        writes: &[Write],
    ) -> Result<(Vec<Locked>, Loaded), StoreError> {
        let now = self.clock.instead_of_database();
        let reads = Reads::prepare(client).await?;
        let mut ids = Vec::new();
        let mut contacts = Vec::new();
        for write in writes {
            match &write.target {
                Target::Conversation(id) => ids.push((&write.tenant, *id)),
                Target::Contact(channel, contact) => {
                    let ids = std::iter::once(contact).chain(&write.aliases);
                    contacts.extend(ids.map(|id| (&write.tenant, channel, id)));
                }
            }
        }
        let messages: Vec<_> =
            writes.iter().filter_map(|w| Some((&w.tenant, w.message.as_ref()?))).collect();
        let requests: Vec<_> =
            writes.iter().filter_map(|w| Some((&w.tenant, w.request.as_ref()?))).collect();

        // All are sent at once and run in this order, each on a snapshot of its own: what they
        // read was committed before the locks were held, and nobody changes it until COMMIT.
        let (begun, locked, by_id, by_contact, seen, done) = futures::join!(
            client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
            tenants::lock(client, &reads.lock, tenants, now),
            unless_empty(&ids, lookup::by_id(client, &reads.by_id, &ids)),
            unless_empty(&contacts, lookup::by_contact(client, &reads.by_contact, &contacts)),
            unless_empty(&messages, messages::seen(client, &reads.seen, &messages)),
            unless_empty(&requests, requests::done(client, &reads.done, &requests, now)),
        );
        begun?;
        let (locked, now) = locked?;
        let mut conversations = by_id?;
        conversations.extend(by_contact?);
        let loaded = Loaded {
            now,
            conversations,
            seen: seen?.into_iter().collect(),
            done: done?.into_iter().collect(),
        };
        Ok((locked, loaded))
    }

    /// The tenants' channels, from memory where they are current.
    async fn channels(
        &self,
        client: &Object,
        locked: &[Locked],
    ) -> Result<HashMap<TenantId, TenantChannels>, StoreError> {
        let mut known = HashMap::with_capacity(locked.len());
        let mut unknown = Vec::new();
        for tenant in locked {
            match self.channels.get(&tenant.tenant, tenant.channels_version) {
                Some(channels) => {
                    known.insert(tenant.tenant.clone(), channels);
                }
                None => unknown.push(tenant),
            }
        }
        if !unknown.is_empty() {
            let names: Vec<&str> = unknown.iter().map(|locked| locked.tenant.as_str()).collect();
            let last_known = |tenant: &TenantId| self.channels.last_known(tenant);
            let mut loaded = channels::of_tenants(client, &names, last_known).await?;
            for locked in unknown {
                let channels = Arc::new(loaded.remove(&locked.tenant).unwrap_or_default());
                let version = locked.channels_version;
                self.channels.put(locked.tenant.clone(), version, Arc::clone(&channels));
                known.insert(locked.tenant.clone(), channels);
            }
        }
        Ok(known)
    }
}

async fn unless_empty<K, T>(
    keys: &[K],
    load: impl Future<Output = Result<Vec<T>, StoreError>>,
) -> Result<Vec<T>, StoreError> {
    if keys.is_empty() { Ok(Vec::new()) } else { load.await }
}

/// Tenants without a row that a write needs. For any other write an unknown tenant has no
/// conversation, and gets no row.
fn missing_tenants<'a>(locked: &[Locked], writes: &'a [Write], now: Time) -> Vec<&'a str> {
    let known: BTreeSet<&str> = locked.iter().map(|locked| locked.tenant.as_str()).collect();
    let missing: BTreeSet<&str> = writes
        .iter()
        .filter(|write| !known.contains(write.tenant.as_str()) && needs_tenant(write, now))
        .map(|write| write.tenant.as_str())
        .collect();
    missing.into_iter().collect()
}

/// Adds the conversations that repeated messages and requests belong to, where they are not those
/// that the writes name.
async fn load_originals(client: &Object, mut loaded: Loaded) -> Result<Loaded, StoreError> {
    let known: BTreeSet<(&TenantId, ConversationId)> = loaded
        .conversations
        .iter()
        .map(|found| (&found.tenant, found.asked.unwrap_or(found.conversation.id)))
        .collect();
    let seen = loaded.seen.iter().map(|((tenant, _), id)| (tenant, *id));
    let done =
        loaded.done.iter().filter_map(|((tenant, ..), done)| Some((tenant, done.conversation?)));
    let wanted: BTreeSet<(&TenantId, ConversationId)> = seen.chain(done).collect();
    let missing: Vec<_> = wanted.difference(&known).copied().collect();
    if !missing.is_empty() {
        let statement = client.prepare_cached(lookup::BY_ID).await?;
        let originals = lookup::by_id(client, &statement, &missing).await?;
        loaded.conversations.extend(originals);
    }
    Ok(loaded)
}
