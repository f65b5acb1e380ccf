//! What a batch reads. The first round trip takes the locks and what is known by the sends alone;
//! what only templates outside the window need is read in a second one.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Object;
use tokio::time::Instant;
use tokio_postgres::Statement;
use uuid::Uuid;

use super::super::consents::{self, Said};
use super::super::contacts::{self, Contact, ContactKey};
use super::super::decisions::{self, ContentHash, Recorded};
use super::super::notes::{self, NoteKey};
use super::super::portfolios::{self, PortfolioKey, Reach, ReachedKey};
use super::super::tenants::{self, Tenant};
use super::facts::Sending;
use super::{Decider, Item, Mode};

/// What the database holds of a batch's sends.
pub(super) struct Loaded {
    pub(super) now: Time,
    pub(super) done: HashMap<(TenantId, Uuid), (ContentHash, Recorded)>,
    pub(super) contacts: HashMap<(TenantId, ContactId), Vec<(ContactKey, Contact)>>,
    pub(super) consents: HashMap<(TenantId, ContactId), Said>,
    pub(super) reach: HashMap<PortfolioKey, Reach>,
    pub(super) reached: HashMap<ReachedKey, Time>,
    pub(super) notes: HashMap<NoteKey, HashMap<ContactId, Time>>,
}

impl Loaded {
    /// A contact's row, if it has one.
    pub(super) fn contact(&self, key: &ContactKey) -> Option<&Contact> {
        let rows = self.contacts.get(&(key.0.clone(), key.1.clone()))?;
        rows.iter().find(|(known, _)| known == key).map(|(_, row)| row)
    }
}

/// The statements of the first round trip.
struct Reads {
    tenants: Statement,
    contacts: Statement,
    consents: Statement,
    done: Statement,
}

impl Reads {
    async fn prepare(client: &Object, mode: Mode) -> Result<Self, StoreError> {
        let tenants = if mode == Mode::Check { tenants::READ } else { tenants::LOCK };
        Ok(Self {
            tenants: client.prepare_cached(tenants).await?,
            contacts: client.prepare_cached(contacts::READ).await?,
            consents: client.prepare_cached(consents::READ).await?,
            done: client.prepare_cached(decisions::DONE).await?,
        })
    }
}

impl Decider {
    /// Reads what the items' decisions rest on. Of authorizations it begins the transaction, and
    /// holds the tenants' locks afterwards.
    pub(super) async fn load<'a>(
        &self,
        client: &Object,
        items: &'a [Item],
    ) -> Result<(Vec<Sending<'a>>, Loaded), StoreError> {
        let tenants: BTreeSet<&str> = items.iter().map(|item| item.ask.tenant.as_str()).collect();
        let tenants: Vec<&str> = tenants.into_iter().collect();
        let (mut found, mut loaded) = self.first(client, &tenants, items).await?;
        if self.mode == Mode::Authorize && found.len() < tenants.len() {
            client.batch_execute("ROLLBACK").await?;
            tenants::create(client, &tenants).await?;
            (found, loaded) = self.first(client, &tenants, items).await?;
        }
        let found = found.into_iter().map(|tenant| (tenant.id, tenant.settings_version));
        let versions = found.map(|(id, version)| (id, version.unwrap_or(0))).collect();
        let settings = self.settings.of(client, versions).await?;
        // What is judged is judged once: what is read for it must be all that it needs.
        let (now, at) = (loaded.now, Instant::now());
        let sending = |item: &'a Item| {
            let settings = settings.get(&item.ask.tenant).map(Arc::clone);
            Sending::new(item, settings.unwrap_or_default(), now, at)
        };
        let sendings: Vec<_> = items.iter().map(sending).collect();
        second(client, &mut loaded, &sendings).await?;
        Ok((sendings, loaded))
    }

    async fn first(
        &self,
        client: &Object,
        tenants: &[&str],
        items: &[Item],
    ) -> Result<(Vec<Tenant>, Loaded), StoreError> {
        let now = self.clock.instead_of_database();
        let reads = Reads::prepare(client, self.mode).await?;
        let people: HashSet<_> = items.iter().flat_map(Item::ids).collect();
        let people: Vec<_> = people.into_iter().collect();
        let templates = items.iter().filter(|item| item.ask.content.template().is_some());
        let readers: HashSet<_> = templates.flat_map(Item::ids).collect();
        let readers: Vec<_> = readers.into_iter().collect();
        let requests: Vec<_> = items
            .iter()
            .filter_map(|item| Some((&item.ask.tenant, item.request.as_ref()?.id)))
            .collect();
        let transaction = async {
            match self.mode {
                Mode::Check => Ok(()),
                Mode::Authorize => {
                    client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED").await
                }
            }
        };
        // All are sent at once and run in this order, each on a snapshot of its own: with the locks
        // held, nobody changes what they read until COMMIT.
        let (begun, tenants, contacts, consents, done) = futures::join!(
            transaction,
            tenants::read(client, &reads.tenants, tenants, now),
            contacts::read(client, &reads.contacts, &people),
            unless_empty(&readers, consents::read(client, &reads.consents, &readers)),
            unless_empty(&requests, decisions::done(client, &reads.done, &requests, now)),
        );
        begun?;
        let (tenants, now) = tenants?;
        let mut loaded = Loaded {
            now,
            done: done?.into_iter().map(|(key, hash, recorded)| (key, (hash, recorded))).collect(),
            contacts: HashMap::new(),
            consents: consents?.into_iter().collect(),
            reach: HashMap::new(),
            reached: HashMap::new(),
            notes: HashMap::new(),
        };
        for (key, contact) in contacts? {
            let (tenant, id, _) = &key;
            let of_id = loaded.contacts.entry((tenant.clone(), id.clone())).or_default();
            of_id.push((key, contact));
        }
        Ok((tenants, loaded))
    }
}

/// What only templates outside the window need.
async fn second(
    client: &Object,
    loaded: &mut Loaded,
    sendings: &[Sending<'_>],
) -> Result<(), StoreError> {
    let mut limits: HashMap<PortfolioKey, Option<i64>> = HashMap::new();
    let mut people = HashSet::new();
    let mut notes = HashSet::new();
    for sending in sendings {
        if let Some((portfolio, limit)) = sending.portfolio() {
            limits.insert(portfolio, limit);
            people.extend(sending.item.ids());
        }
        notes.extend(sending.note());
    }
    if limits.is_empty() {
        return Ok(());
    }
    let limits: Vec<_> = limits.into_iter().collect();
    let people: Vec<_> = people.into_iter().collect();
    let notes: Vec<NoteKey> = notes.into_iter().collect();
    let (reach, reached, notes) = futures::try_join!(
        portfolios::read(client, &limits, loaded.now, sendings.len()),
        portfolios::read_contacts(client, &people),
        unless_empty(&notes, notes::read(client, &notes, loaded.now)),
    )?;
    loaded.reach.extend(reach);
    loaded.reached.extend(reached);
    for (note, contact, at) in notes {
        loaded.notes.entry(note).or_default().insert(contact, at);
    }
    Ok(())
}

/// Spares a query about nothing.
async fn unless_empty<K, T>(
    keys: &[K],
    query: impl Future<Output = Result<Vec<T>, StoreError>>,
) -> Result<Vec<T>, StoreError> {
    if keys.is_empty() { Ok(Vec::new()) } else { query.await }
}
