//! Erasing contacts: what is personal goes, decisions and what counts for others stay.
//!
//! A person may have been sent to a hundred thousand times: whom decisions are about goes in steps,
//! each a transaction that holds the tenant's lock for milliseconds. The last one takes the rest, and
//! remembers the request; what fails before it is finished by a repetition.

use std::collections::BTreeSet;

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::{GenericClient, Transaction};
use thiserror::Error;
use tokio_postgres::IsolationLevel;
use uuid::Uuid;

use super::{Store, aliases, tenants};

/// Of how many decisions a step forgets whom they are about.
const STEP: i64 = 1_000;
/// How often a step is tried when others are in its way.
const TRIES: usize = 4;

/// Whom to erase.
#[derive(Debug, Clone)]
pub struct Erasure {
    /// The tenant.
    pub tenant: TenantId,
    /// The ids that conversation-state knows the contact by.
    pub ids: Vec<ContactId>,
    /// The caller's request.
    pub request: Option<Uuid>,
}

/// Why nobody was erased.
#[derive(Debug, Error)]
pub enum EraseError {
    /// The request erased somebody before, and this contact is there.
    #[error("the request id was used for something else")]
    RequestIdReused(Uuid),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a request was done within the 8 days before `$3`, or now.
const DONE: &str = "SELECT FROM erasures WHERE tenant_id = $1 AND request_id = $2 \
     AND erase_time >= coalesce($3, now()) - interval '8 days'";

const REMEMBER: &str = "INSERT INTO erasures (tenant_id, request_id, erase_time) \
     VALUES ($1, $2, $3) ON CONFLICT (tenant_id, request_id) \
     DO UPDATE SET erase_time = excluded.erase_time";

/// Whether anything is kept under some ids.
const KNOWN: &str = "SELECT EXISTS (SELECT FROM unnest($2::text[]) k WHERE \
       EXISTS (SELECT FROM contacts WHERE tenant_id = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM consents WHERE tenant_id = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM consent_changes WHERE tenant_id = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM contact_aliases WHERE tenant_id = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM portfolio_contacts WHERE tenant_id = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM note_uses WHERE tenant_id COLLATE \"C\" = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM waiting_failures WHERE tenant_id COLLATE \"C\" = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM outbox WHERE tenant_id COLLATE \"C\" = $1 AND contact_id = k) \
       OR EXISTS (SELECT FROM decision_people \
         WHERE tenant_id COLLATE \"C\" = $1 AND contact_id = k))";

/// Of up to `$3` decisions: whom they are about, and what was written of the person afterwards.
const FORGET_PEOPLE: &str = "WITH about AS MATERIALIZED (SELECT f.* FROM unnest($2::text[]) k \
       CROSS JOIN LATERAL (SELECT o.ctid AS place, o.decision_id FROM decision_people o \
         WHERE o.tenant_id COLLATE \"C\" = $1 AND o.contact_id = k LIMIT $3) f LIMIT $3), \
     gone AS (DELETE FROM decision_people p USING about a WHERE p.ctid = a.place RETURNING 1), \
     emptied AS (UPDATE outcomes o SET message_id = '', error_message = '' FROM ( \
       SELECT f.place FROM about a CROSS JOIN LATERAL (SELECT t.ctid AS place FROM outcomes t \
         WHERE t.tenant_id = $1 AND t.decision_id = a.decision_id OFFSET 0) f) w \
       WHERE o.ctid = w.place) \
     SELECT count(*) FROM gone";

/// What others write without the tenant's lock, row by row in order: what a contact says, and what
/// was told of the outbox. These are locked in that order, in statements of their own, before
/// anything that such a write waits for.
const LOCK: [&str; 2] = [
    "SELECT FROM (SELECT k FROM unnest($2::text[]) k ORDER BY k) k CROSS JOIN LATERAL ( \
       SELECT FROM consents WHERE tenant_id = $1 AND contact_id = k.k FOR UPDATE) f",
    "SELECT FROM (SELECT f.decision_id, f.kind FROM unnest($2::text[]) k CROSS JOIN LATERAL ( \
         SELECT * FROM outbox WHERE tenant_id COLLATE \"C\" = $1 AND contact_id = k OFFSET 0) f \
       ORDER BY f.decision_id, f.kind) t CROSS JOIN LATERAL (SELECT FROM outbox o \
         WHERE o.tenant_id = $1 AND o.decision_id = t.decision_id AND o.kind = t.kind FOR UPDATE) f",
];

/// What goes as it is. Here and below each id is looked up, and rows are touched by their place: a
/// plan could otherwise go through all of the tenant's rows.
macro_rules! forget {
    ($table:literal, $tenant:literal) => {
        concat!(
            "DELETE FROM ",
            $table,
            " d USING (SELECT f.place FROM unnest($2::text[]) k CROSS JOIN LATERAL ( \
               SELECT o.ctid AS place FROM ",
            $table,
            " o WHERE o.",
            $tenant,
            " = $1 AND o.contact_id = k OFFSET 0) f) w WHERE d.ctid = w.place"
        )
    };
}
const FORGET: [&str; 6] = [
    forget!("consents", "tenant_id"),
    forget!("consent_changes", "tenant_id"),
    forget!("contacts", "tenant_id"),
    forget!("contact_aliases", "tenant_id"),
    forget!("waiting_failures", "tenant_id COLLATE \"C\""),
    forget!("outbox", "tenant_id COLLATE \"C\""),
];

/// What still counts for others does so under ids that are nobody's.
macro_rules! disguise {
    ($table:literal, $tenant:literal) => {
        concat!(
            "UPDATE ",
            $table,
            " d SET contact_id = w.disguise FROM (SELECT k.disguise, f.place \
               FROM unnest($2::text[], $3::text[]) AS k (contact_id, disguise) \
               CROSS JOIN LATERAL (SELECT o.ctid AS place FROM ",
            $table,
            " o WHERE o.",
            $tenant,
            " = $1 AND o.contact_id = k.contact_id OFFSET 0) f) w WHERE d.ctid = w.place"
        )
    };
}
const DISGUISE: [&str; 2] = [
    disguise!("portfolio_contacts", "tenant_id"),
    disguise!("note_uses", "tenant_id COLLATE \"C\""),
];

/// What a step came to.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// There is more.
    More,
    /// Nothing is left.
    Done,
}

impl Store {
    /// Erases whoever has these ids, under all that are known of the person.
    pub async fn erase(&self, erasure: &Erasure) -> Result<(), EraseError> {
        let mut tries = 1;
        loop {
            match self.erase_some(erasure).await {
                Ok(Step::More) => tries = 1,
                Ok(Step::Done) => return Ok(()),
                Err(EraseError::Store(error)) if error.is_conflict() && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    async fn erase_some(&self, erasure: &Erasure) -> Result<Step, EraseError> {
        let mut client = self.pool.get().await.map_err(StoreError::from)?;
        let level = IsolationLevel::ReadCommitted;
        let transaction = client.build_transaction().isolation_level(level).start().await;
        let transaction = transaction.map_err(StoreError::from)?;
        let lock = transaction.prepare_cached(tenants::LOCK).await.map_err(StoreError::from)?;
        let tenant = [erasure.tenant.as_str()];
        let now = self.clock.instead_of_database();
        let (_, now) = tenants::read(&transaction, &lock, &tenant, now).await?;
        let ids = all_ids(&transaction, erasure).await?;
        let step = if let Some(request) = erasure.request
            && is_done(&transaction, erasure, request, now).await?
        {
            if is_known(&transaction, erasure, &ids).await? {
                return Err(EraseError::RequestIdReused(request));
            }
            Step::Done
        } else {
            forget(&transaction, erasure, &ids, now).await?
        };
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(step)
    }
}

/// All ids of the person: what conversation-state says, and whatever came with those ids before; but
/// what came with an id when it was somebody else's is that one's.
async fn all_ids(
    client: &impl GenericClient,
    erasure: &Erasure,
) -> Result<BTreeSet<ContactId>, StoreError> {
    let Erasure { tenant, ids, .. } = erasure;
    let mut all: BTreeSet<ContactId> = ids.iter().cloned().collect();
    let people = aliases::of_ids(client, tenant, ids).await?;
    let of_others: Vec<&ContactId> = people.of_others(ids).collect();
    for id in ids.iter().filter(|id| !of_others.contains(id)) {
        all.extend(aliases::of_person(client, tenant, id).await?);
    }
    Ok(all)
}

async fn is_done(
    client: &impl GenericClient,
    erasure: &Erasure,
    request: Uuid,
    now: Time,
) -> Result<bool, StoreError> {
    let statement = client.prepare_cached(DONE).await?;
    let found = client.query_opt(&statement, &[&erasure.tenant.as_str(), &request, &now]).await?;
    Ok(found.is_some())
}

async fn is_known(
    client: &impl GenericClient,
    erasure: &Erasure,
    ids: &BTreeSet<ContactId>,
) -> Result<bool, StoreError> {
    let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let statement = client.prepare_cached(KNOWN).await?;
    Ok(client.query_one(&statement, &[&erasure.tenant.as_str(), &ids]).await?.try_get(0)?)
}

async fn forget(
    client: &Transaction<'_>,
    erasure: &Erasure,
    ids: &BTreeSet<ContactId>,
    now: Time,
) -> Result<Step, StoreError> {
    let tenant = erasure.tenant.as_str();
    let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let people = client.prepare_cached(FORGET_PEOPLE).await?;
    let forgotten: i64 = client.query_one(&people, &[&tenant, &ids, &STEP]).await?.try_get(0)?;
    if forgotten == STEP {
        return Ok(Step::More);
    }
    for text in LOCK.into_iter().chain(FORGET) {
        client.execute(&client.prepare_cached(text).await?, &[&tenant, &ids]).await?;
    }
    let disguises: Vec<String> = ids.iter().map(|_| format!("erased-{}", Uuid::new_v4())).collect();
    for text in DISGUISE {
        let statement = client.prepare_cached(text).await?;
        client.execute(&statement, &[&tenant, &ids, &disguises]).await?;
    }
    if let Some(request) = erasure.request {
        let remember = client.prepare_cached(REMEMBER).await?;
        client.execute(&remember, &[&tenant, &request, &now]).await?;
    }
    Ok(Step::Done)
}
