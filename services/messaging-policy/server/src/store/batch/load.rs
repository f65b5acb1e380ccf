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

use super::super::aliases::{self, People};
use super::super::consents::{self, Known};
use super::super::contacts;
use super::super::decisions::{self, ContentHash, Recorded};
use super::super::ledgers::Ledgers;
use super::super::notes::{self, NoteKey};
use super::super::portfolios::{self, PortfolioKey};
use super::super::tenants::{self, Tenant};
use super::facts::Sending;
use super::{Decider, Item, Mode};

/// What the database holds of a batch's sends.
pub(super) struct Loaded {
    pub(super) now: Time,
    pub(super) done: HashMap<(TenantId, Uuid), (ContentHash, Recorded)>,
    pub(super) consents: HashMap<(TenantId, ContactId), Known>,
    pub(super) ledgers: Ledgers,
    /// Whose the ids are, as far as that was noted: of sends to somebody with several.
    pub(super) people: HashMap<TenantId, People>,
}

/// The statements of the first round trip.
struct Reads {
    tenants: Statement,
    contacts: Statement,
    consents: Statement,
    done: Statement,
    aliases: Statement,
}

impl Reads {
    async fn prepare(client: &Object, mode: Mode) -> Result<Self, StoreError> {
        let tenants = if mode == Mode::Check { tenants::READ } else { tenants::LOCK };
        Ok(Self {
            tenants: client.prepare_cached(tenants).await?,
            contacts: client.prepare_cached(contacts::READ).await?,
            consents: client.prepare_cached(consents::READ).await?,
            done: client.prepare_cached(decisions::DONE).await?,
            aliases: client.prepare_cached(aliases::READ).await?,
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
        // Authorizations note it; of what was said, templates alone depend on whose an id was.
        let noted = items.iter().filter(|item| {
            let is_template = item.ask.content.template().is_some();
            (item.request.is_some() || is_template) && item.who().ids.len() > 1
        });
        let several: HashSet<_> = noted.flat_map(Item::ids).collect();
        let several: Vec<_> = several.into_iter().collect();
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
        let (begun, tenants, contacts, consents, done, aliases) = futures::join!(
            transaction,
            tenants::read(client, &reads.tenants, tenants, now),
            contacts::read(client, &reads.contacts, &people),
            unless_empty(&readers, consents::read(client, &reads.consents, &readers)),
            unless_empty(&requests, decisions::done(client, &reads.done, &requests, now)),
            unless_empty(&several, aliases::read(client, &reads.aliases, &several)),
        );
        begun?;
        let (tenants, now) = tenants?;
        let mut loaded = Loaded {
            now,
            done: done?.into_iter().map(|(key, hash, recorded)| (key, (hash, recorded))).collect(),
            consents: consents?.into_iter().collect(),
            ledgers: Ledgers::default(),
            people: HashMap::new(),
        };
        for ((tenant, id), main) in aliases? {
            loaded.people.entry(tenant).or_default().add(id, main);
        }
        loaded.ledgers.add_contacts(contacts?);
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
    let (mut notes, mut own_uses) = (HashSet::new(), HashSet::new());
    for sending in sendings {
        if let Some((portfolio, limit)) = sending.portfolio() {
            limits.insert(portfolio, limit);
            people.extend(sending.item.ids());
        }
        if let Some(note) = sending.note() {
            own_uses.extend(sending.item.ids().map(|(_, id)| (note.clone(), id)));
            notes.insert(note);
        }
    }
    if limits.is_empty() {
        return Ok(());
    }
    let limits: Vec<_> = limits.into_iter().collect();
    let people: Vec<_> = people.into_iter().collect();
    let notes: Vec<NoteKey> = notes.into_iter().collect();
    // The newest uses may be of others alone, and what is taken is added to what the person has.
    let own_uses: Vec<_> = own_uses.into_iter().collect();
    let (reach, reached, notes, own_uses) = futures::try_join!(
        portfolios::read(client, &limits, loaded.now, sendings.len()),
        portfolios::read_contacts(client, &people),
        unless_empty(&notes, notes::read(client, &notes, loaded.now)),
        unless_empty(&own_uses, notes::read_of_contacts(client, &own_uses)),
    )?;
    loaded.ledgers.add_reach(reach);
    loaded.ledgers.add_reached(reached);
    loaded.ledgers.add_notes(notes);
    loaded.ledgers.add_notes(own_uses);
    Ok(())
}

/// Spares a query about nothing.
pub(in crate::store) async fn unless_empty<K, T>(
    keys: &[K],
    query: impl Future<Output = Result<Vec<T>, StoreError>>,
) -> Result<Vec<T>, StoreError> {
    if keys.is_empty() { Ok(Vec::new()) } else { query.await }
}
