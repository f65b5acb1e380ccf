//! What people said of marketing, whichever of their ids they said it under: what holds, and what was
//! said before.
//!
//! The order of what was said is that of [`place`]: nothing in it depends on the order of arrival.

#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts::Consent;
use tokio_postgres::{IsolationLevel, Row};

use super::consents::{Heard, StoredConsent, say};
use super::settings::ChangeError;
use super::{Store, aliases, id};

/// How far ahead of now somebody may be said to have said something: clocks differ.
const TOLERATED_AHEAD: TimeDelta = TimeDelta::minutes(5);
/// How much of what was said before is told.
const MOST_CHANGES: usize = 100;

/// What is known of a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonConsent {
    /// What was said last; none: nothing.
    pub said: Option<StoredConsent>,
    /// Until when the platform takes no marketing for the person; none: it does.
    pub suppressed_until: Option<Time>,
}

/// What a person said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id under which it was said.
    pub contact: ContactId,
    /// What was said; its `update_time` is when it was recorded.
    pub said: StoredConsent,
}

/// What each of some ids said last, and until when the platform takes no marketing for it, unless
/// that is over.
const HOLDING: &str = "SELECT c.state, c.source, c.occurred_at, c.update_time, \
     CASE WHEN c.suppressed_until > coalesce($3, clock_timestamp()) THEN c.suppressed_until END \
     FROM unnest($2::text[]) k CROSS JOIN LATERAL (SELECT * FROM consents f \
       WHERE f.tenant_id = $1 AND f.contact_id = k OFFSET 0) c";

async fn holding(
    client: &impl GenericClient,
    tenant: &TenantId,
    ids: &[ContactId],
    now: Option<Time>,
) -> Result<PersonConsent, StoreError> {
    let statement = client.prepare_cached(HOLDING).await?;
    let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let rows = client.query(&statement, &[&tenant.as_str(), &ids, &now]).await?;
    let mut person = PersonConsent::default();
    for row in &rows {
        person.suppressed_until = person.suppressed_until.max(row.try_get(4)?);
        let state: Option<Stored<Consent>> = row.try_get(0)?;
        let Some(Stored(state)) = state else { continue };
        let said = stored(row, state)?;
        // Of what was said of several ids at once, the first record: as it is told of what was said.
        let is_first = |known: &StoredConsent| {
            (place(&said), said.update_time) < (place(known), known.update_time)
        };
        if person.said.as_ref().is_none_or(is_first) {
            person.said = Some(said);
        }
    }
    Ok(person)
}

/// Of each of some ids what was said last: no more of any of them can be among the last of all.
const HISTORY: &str = "SELECT c.state, c.source, c.occurred_at, c.record_time, c.contact_id \
     FROM unnest($2::text[]) k CROSS JOIN LATERAL (SELECT * FROM consent_changes f \
       WHERE f.tenant_id = $1 AND f.contact_id = k \
       ORDER BY f.occurred_at DESC, f.state DESC LIMIT $3) c";

async fn history(
    client: &impl GenericClient,
    tenant: &TenantId,
    ids: &[ContactId],
) -> Result<Vec<Change>, StoreError> {
    let statement = client.prepare_cached(HISTORY).await?;
    let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let most = i64::try_from(MOST_CHANGES).unwrap_or(i64::MAX);
    let rows = client.query(&statement, &[&tenant.as_str(), &ids, &most]).await?;
    let changes = rows.iter().map(|row| {
        let Stored(state) = row.try_get(0)?;
        let contact = id(ContactId::parse(row.try_get(4)?), "contact_id")?;
        Ok(Change { contact, said: stored(row, state)? })
    });
    Ok(told(changes.collect::<Result<_, StoreError>>()?))
}

fn stored(row: &Row, state: Consent) -> Result<StoredConsent, StoreError> {
    Ok(StoredConsent {
        state,
        source: row.try_get(1)?,
        occurred_at: row.try_get(2)?,
        update_time: row.try_get(3)?,
    })
}

/// What holds comes first: what was said last, and at the same instant the opt-out.
fn place(said: &StoredConsent) -> (Reverse<Time>, bool, &str) {
    (Reverse(said.occurred_at), said.state == Consent::OptedIn, &said.source)
}

/// What is told of what was said, in order. What was said of several ids at once is told once.
fn told(mut changes: Vec<Change>) -> Vec<Change> {
    changes.sort_by(|a, b| (place(&a.said), &a.contact).cmp(&(place(&b.said), &b.contact)));
    changes.dedup_by(|again, first| {
        let is_same = place(&again.said) == place(&first.said);
        if is_same {
            first.said.update_time = first.said.update_time.min(again.said.update_time);
        }
        is_same
    });
    changes.truncate(MOST_CHANGES);
    changes
}

impl Store {
    /// What a person said of marketing under whichever id, with what was said before: all of one
    /// instant.
    pub async fn consent(
        &self,
        tenant: &TenantId,
        contact: &ContactId,
    ) -> Result<(PersonConsent, Vec<Change>), StoreError> {
        let mut client = self.pool.get().await?;
        let instant = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead);
        let instant = instant.read_only(true).start().await?;
        let ids = aliases::of_person(&instant, tenant, contact).await?;
        let now = self.clock.instead_of_database();
        let read = futures::try_join!(
            holding(&instant, tenant, &ids, now),
            history(&instant, tenant, &ids)
        );
        let read = read?;
        instant.commit().await?;
        Ok(read)
    }

    /// Records what a person said of marketing under an id, at an instant or now. Gives what holds,
    /// over all ids.
    pub async fn set_consent(
        &self,
        tenant: &TenantId,
        contact: &ContactId,
        state: Consent,
        source: &str,
        occurred_at: Option<Time>,
    ) -> Result<PersonConsent, ChangeError> {
        let client = self.pool.get().await.map_err(StoreError::from)?;
        let set = self.clock.instead_of_database();
        let statement = client.prepare_cached("SELECT coalesce($1, clock_timestamp())").await?;
        let now: Time = client.query_one(&statement, &[&set]).await?.try_get(0)?;
        let occurred_at = occurred_at.unwrap_or(now);
        if occurred_at > now + TOLERATED_AHEAD {
            return Err(ChangeError::AheadOfTime);
        }
        let said = StoredConsent {
            state,
            source: source.to_owned(),
            occurred_at: occurred_at.min(now),
            update_time: now,
        };
        let _: Heard = say(&client, tenant, std::slice::from_ref(contact), &said).await?;
        let ids = aliases::of_person(&client, tenant, contact).await?;
        let mut person = holding(&client, tenant, &ids, set).await?;
        // Only an erasure in between leaves nothing that is known.
        person.said.get_or_insert(said);
        Ok(person)
    }
}
