//! What contacts said of marketing: the rows of `consents`. Decisions read them each time: so a
//! change needs no lock beyond that of its row.

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts::Consent;
use tokio_postgres::{Row, Statement};

use super::settings::ChangeError;
use super::{Store, id};

/// How far ahead of now somebody may be said to have said something: clocks differ.
const TOLERATED_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// What a contact said of marketing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConsent {
    /// What the contact wants.
    pub state: Consent,
    /// Where that is known from; may be empty.
    pub source: String,
    /// When the contact said so.
    pub occurred_at: Time,
    /// When it was recorded.
    pub update_time: Time,
}

/// A row's state, and when the contact said so.
pub(super) type Said = (Consent, Time);

/// What many contact ids said.
pub(super) const READ: &str = "SELECT c.tenant_id, c.contact_id, c.state, c.occurred_at \
     FROM unnest($1::text[], $2::text[]) AS k (tenant_id, contact_id) \
     CROSS JOIN LATERAL (SELECT * FROM consents f WHERE f.tenant_id = k.tenant_id \
       AND f.contact_id = k.contact_id OFFSET 0) c";

/// Runs [`READ`].
pub(super) async fn read(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &ContactId)],
) -> Result<Vec<((TenantId, ContactId), Said)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(_, contact)| contact.as_str()).collect();
    let rows = client.query(statement, &[&tenants, &contacts]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let contact = id(ContactId::parse(row.try_get(1)?), "contact_id")?;
            let Stored(state) = row.try_get(2)?;
            Ok(((tenant, contact), (state, row.try_get(3)?)))
        })
        .collect()
}

/// What a person with several ids said last; at the same instant the opt-out.
pub(super) fn last(said: impl Iterator<Item = Said>) -> Option<Consent> {
    said.max_by_key(|(state, at)| (*at, *state == Consent::OptedOut)).map(|(state, _)| state)
}

/// One contact id's.
const GET: &str = "SELECT state, source, occurred_at, update_time FROM consents \
     WHERE tenant_id = $1 AND contact_id = $2";

/// What was said last holds; at the same instant the opt-out.
const PUT: &str = "INSERT INTO consents AS c \
       (tenant_id, contact_id, state, source, occurred_at, update_time) \
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (tenant_id, contact_id) DO UPDATE \
     SET state = excluded.state, source = excluded.source, occurred_at = excluded.occurred_at, \
       update_time = excluded.update_time \
     WHERE excluded.occurred_at > c.occurred_at OR (excluded.occurred_at = c.occurred_at \
       AND excluded.state = 'OPTED_OUT' AND c.state = 'OPTED_IN')";

fn stored(row: &Row) -> Result<StoredConsent, StoreError> {
    let Stored(state) = row.try_get(0)?;
    Ok(StoredConsent {
        state,
        source: row.try_get(1)?,
        occurred_at: row.try_get(2)?,
        update_time: row.try_get(3)?,
    })
}

async fn get(
    client: &impl GenericClient,
    tenant: &TenantId,
    contact: &ContactId,
) -> Result<Option<StoredConsent>, StoreError> {
    let statement = client.prepare_cached(GET).await?;
    let row = client.query_opt(&statement, &[&tenant.as_str(), &contact.as_str()]).await?;
    row.as_ref().map(stored).transpose()
}

impl Store {
    /// What a contact id said of marketing.
    pub async fn consent(
        &self,
        tenant: &TenantId,
        contact: &ContactId,
    ) -> Result<Option<StoredConsent>, StoreError> {
        get(&self.pool.get().await?, tenant, contact).await
    }

    /// Records what a contact said of marketing, at an instant or now, unless something newer is
    /// known. Gives what holds.
    pub async fn set_consent(
        &self,
        tenant: &TenantId,
        contact: &ContactId,
        state: Consent,
        source: &str,
        occurred_at: Option<Time>,
    ) -> Result<StoredConsent, ChangeError> {
        let client = self.pool.get().await.map_err(StoreError::from)?;
        let now = self.clock.instead_of_database();
        let statement = client.prepare_cached("SELECT coalesce($1, clock_timestamp())").await?;
        let now: Time = client.query_one(&statement, &[&now]).await?.try_get(0)?;
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
        let statement = client.prepare_cached(PUT).await?;
        let taken = client
            .execute(
                &statement,
                &[
                    &tenant.as_str(),
                    &contact.as_str(),
                    &Stored(said.state),
                    &said.source,
                    &said.occurred_at,
                    &said.update_time,
                ],
            )
            .await?;
        if taken > 0 {
            return Ok(said);
        }
        let known = get(&client, tenant, contact).await?;
        // Only an erasure in between leaves nothing that is known.
        Ok(known.unwrap_or(said))
    }
}
