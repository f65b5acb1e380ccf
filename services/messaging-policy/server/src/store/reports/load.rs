//! What a batch of reports reads. The first round trip takes the locks, the decisions and what waits
//! for them; what only failures need is read after it, in [`super::people`].

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::{GenericClient as _, Object};
use messaging_policy_core::{Policy, outcome};
use tokio_postgres::Statement;
use uuid::Uuid;

use super::super::aliases::PersonKey;
use super::super::batch::unless_empty;
use super::super::decisions::{self, Recorded, columns, joins};
use super::super::ledgers::Ledgers;
use super::super::settings::Settings;
use super::super::tenants::{self, Tenant};
use super::super::waiting::{self, MessageKey, Waiting};
use super::people::people;
use super::{Item, Reporter};

/// What tells decisions apart.
pub(super) type DecisionKey = (TenantId, Uuid);

/// What the database holds of a batch's reports.
pub(super) struct Loaded {
    pub(super) now: Time,
    pub(super) settings: HashMap<TenantId, Arc<Settings>>,
    pub(super) decisions: HashMap<DecisionKey, Recorded>,
    /// Which decision's message it is.
    pub(super) of_message: HashMap<MessageKey, DecisionKey>,
    pub(super) waiting: HashMap<MessageKey, Waiting>,
    /// All ids of persons, each by the id that a decision or a message was about.
    pub(super) people: HashMap<PersonKey, Vec<ContactId>>,
    /// Policies other than those that hold now, by their versions.
    pub(super) policies: HashMap<(TenantId, i64), Policy>,
    pub(super) ledgers: Ledgers,
}

/// Many decisions, by their ids.
const DECISIONS: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM unnest($1::text[], $2::uuid[]) AS k (tenant_id, decision_id) \
     CROSS JOIN LATERAL (SELECT * FROM decisions f WHERE f.tenant_id = k.tenant_id \
       AND f.decision_id = k.decision_id OFFSET 0) d",
    joins!(),
);

/// The decisions of many messages; of a message that was reported of several, the newest one.
const OF_MESSAGES: &str = concat!(
    "SELECT ",
    columns!(),
    ", k.message_id FROM unnest($1::text[], $2::text[]) AS k (tenant_id, message_id) \
     CROSS JOIN LATERAL (SELECT f.decision_id FROM outcomes f \
       WHERE f.tenant_id COLLATE \"C\" = k.tenant_id AND f.message_id = k.message_id \
         AND f.message_id <> '' ORDER BY f.decision_id DESC LIMIT 1) m \
     CROSS JOIN LATERAL (SELECT * FROM decisions f WHERE f.tenant_id = k.tenant_id \
       AND f.decision_id = m.decision_id OFFSET 0) d",
    joins!(),
);

/// The statements of the first round trip.
struct Reads {
    tenants: Statement,
    decisions: Statement,
    of_messages: Statement,
    waiting: Statement,
}

impl Reads {
    async fn prepare(client: &Object) -> Result<Self, StoreError> {
        Ok(Self {
            tenants: client.prepare_cached(tenants::LOCK).await?,
            decisions: client.prepare_cached(DECISIONS).await?,
            of_messages: client.prepare_cached(OF_MESSAGES).await?,
            waiting: client.prepare_cached(waiting::READ).await?,
        })
    }
}

/// What the items of a batch name.
struct Named<'a> {
    tenants: Vec<&'a str>,
    decisions: Vec<(&'a TenantId, Uuid)>,
    /// Messages that failed.
    failed: Vec<MessageKey>,
    /// The same, and those that were sent.
    messages: Vec<MessageKey>,
}

impl<'a> Named<'a> {
    fn by(items: &'a [Item]) -> Self {
        let tenants: BTreeSet<&str> = items.iter().map(|item| item.tenant().as_str()).collect();
        let mut decisions = HashSet::new();
        let (mut failed, mut messages) = (HashSet::new(), HashSet::new());
        for item in items {
            match item {
                Item::Report(report) => {
                    decisions.insert((&report.tenant, report.decision));
                    if let outcome::Report::Sent { message_id, .. } = &report.outcome {
                        messages.insert((report.tenant.clone(), message_id.clone()));
                    }
                }
                Item::Status(status) => {
                    let message = (status.tenant.clone(), status.message_id.clone());
                    failed.insert(message.clone());
                    messages.insert(message);
                }
            }
        }
        Self {
            tenants: tenants.into_iter().collect(),
            decisions: decisions.into_iter().collect(),
            failed: failed.into_iter().collect(),
            messages: messages.into_iter().collect(),
        }
    }
}

impl Reporter {
    /// Begins the transaction, and holds the tenants' locks afterwards.
    pub(super) async fn load(&self, client: &Object, items: &[Item]) -> Result<Loaded, StoreError> {
        let named = Named::by(items);
        let (mut found, mut loaded) = self.first(client, &named).await?;
        // Of a tenant that never decided anything there is nothing to report; but failures wait.
        if found.len() < named.tenants.len() && !named.failed.is_empty() {
            client.batch_execute("ROLLBACK").await?;
            tenants::create(client, &named.tenants).await?;
            (found, loaded) = self.first(client, &named).await?;
        }
        // Whoever it is about: what a failure teaches is mostly of numbers and templates.
        let found = found.into_iter().map(|tenant| (tenant.id, tenant.settings_version));
        let versions = found.map(|(id, version)| (id, version.unwrap_or(0))).collect();
        loaded.settings = self.settings.of(client, versions).await?;
        let people = people(&loaded, items);
        if !people.is_empty() {
            loaded.read_people(client, people).await?;
        }
        Ok(loaded)
    }

    async fn first(
        &self,
        client: &Object,
        named: &Named<'_>,
    ) -> Result<(Vec<Tenant>, Loaded), StoreError> {
        let now = self.clock.instead_of_database();
        let reads = Reads::prepare(client).await?;
        // All are sent at once and run in this order, each on a snapshot of its own: with the locks
        // held, nobody changes what they read until COMMIT.
        let (begun, tenants, decisions, of_messages, waiting) = futures::join!(
            client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED"),
            tenants::read(client, &reads.tenants, &named.tenants, now),
            unless_empty(
                &named.decisions,
                read_decisions(client, &reads.decisions, &named.decisions)
            ),
            unless_empty(&named.failed, read_of_messages(client, &reads, &named.failed)),
            unless_empty(&named.messages, waiting::read(client, &reads.waiting, &named.messages)),
        );
        begun?;
        let (tenants, now) = tenants?;
        let mut loaded = Loaded {
            now,
            settings: HashMap::new(),
            decisions: decisions?.into_iter().collect(),
            of_message: HashMap::new(),
            waiting: waiting?.into_iter().collect(),
            people: HashMap::new(),
            policies: HashMap::new(),
            ledgers: Ledgers::default(),
        };
        for (message, key, recorded) in of_messages? {
            loaded.decisions.insert(key.clone(), recorded);
            loaded.of_message.insert(message, key);
        }
        Ok((tenants, loaded))
    }
}

async fn read_decisions(
    client: &Object,
    statement: &Statement,
    keys: &[(&TenantId, Uuid)],
) -> Result<Vec<(DecisionKey, Recorded)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let ids: Vec<Uuid> = keys.iter().map(|(_, id)| *id).collect();
    let rows = client.query(statement, &[&tenants, &ids]).await?;
    rows.iter()
        .map(|row| {
            let recorded = decisions::read(row)?;
            Ok(((recorded.tenant.clone(), row.try_get(0)?), recorded))
        })
        .collect()
}

async fn read_of_messages(
    client: &Object,
    reads: &Reads,
    keys: &[MessageKey],
) -> Result<Vec<(MessageKey, DecisionKey, Recorded)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let messages: Vec<&str> = keys.iter().map(|(_, message)| message.as_str()).collect();
    let rows = client.query(&reads.of_messages, &[&tenants, &messages]).await?;
    rows.iter()
        .map(|row| {
            let recorded = decisions::read(row)?;
            let message = azeer_domain::MessageId::parse(row.try_get(decisions::COLUMNS)?);
            let message = super::super::id(message, "message_id")?;
            let tenant = recorded.tenant.clone();
            Ok(((tenant.clone(), message), (tenant, row.try_get(0)?), recorded))
        })
        .collect()
}
