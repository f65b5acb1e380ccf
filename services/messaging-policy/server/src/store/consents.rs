//! What contacts said of marketing: the rows of `consents` and `consent_changes`, id by id. Decisions
//! read them each time: so what is said
//! under one id needs no lock beyond that of its row. What a person said under all ids is for
//! [`super::people`].

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;
use messaging_policy_core::facts::Consent;
use tokio_postgres::Statement;
use tokio_postgres::types::ToSql;

use super::id;

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

/// What is known of a contact id: what it said and when, and until when the platform takes no
/// marketing for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) said: Option<(Consent, Time)>,
    pub(super) suppressed_until: Option<Time>,
}

/// What is known of many contact ids.
pub(super) const READ: &str = "SELECT c.tenant_id, c.contact_id, c.state, c.occurred_at, \
     c.suppressed_until FROM unnest($1::text[], $2::text[]) AS k (tenant_id, contact_id) \
     CROSS JOIN LATERAL (SELECT * FROM consents f WHERE f.tenant_id = k.tenant_id \
       AND f.contact_id = k.contact_id OFFSET 0) c";

/// Runs [`READ`].
pub(super) async fn read(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &ContactId)],
) -> Result<Vec<((TenantId, ContactId), Known)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(_, contact)| contact.as_str()).collect();
    let rows = client.query(statement, &[&tenants, &contacts]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let contact = id(ContactId::parse(row.try_get(1)?), "contact_id")?;
            let state: Option<Stored<Consent>> = row.try_get(2)?;
            let said = state.map(|Stored(state)| state).zip(row.try_get(3)?);
            Ok(((tenant, contact), Known { said, suppressed_until: row.try_get(4)? }))
        })
        .collect()
}

impl Known {
    /// What is known of somebody by two ids.
    pub(super) fn and(self, other: Self) -> Self {
        let said = self.said.into_iter().chain(other.said);
        Self {
            said: said.max_by_key(|(state, at)| (*at, *state == Consent::OptedOut)),
            suppressed_until: self.suppressed_until.max(other.suppressed_until),
        }
    }
}

/// What a person with several ids said last; at the same instant the opt-out.
pub(super) fn last(known: impl Iterator<Item = Known>) -> Option<Consent> {
    known.reduce(Known::and)?.said.map(|(state, _)| state)
}

/// Has it hold unless something newer was said, at the same instant the opt-out, and keeps it. The
/// platform tells whole seconds: an opt-out of one is as new as an opt-in within it that was known
/// before. What was said and kept once changes nothing a second time. The
/// row of each id is locked first, in order, whether it changes or not: who writes several ids holds
/// the tenant's lock, and who writes one waits for nothing else. So nobody waits in a circle.
const SAY: &str = "WITH holds AS ( \
       INSERT INTO consents AS c (tenant_id, contact_id, state, source, occurred_at, update_time) \
       SELECT $1, k, $3, $5, $4, $6 FROM unnest($2::text[]) k \
       WHERE NOT EXISTS (SELECT FROM consent_changes h WHERE h.tenant_id = $1 \
         AND h.contact_id = k AND h.occurred_at = $4 AND h.state = $3) ORDER BY k \
       ON CONFLICT (tenant_id, contact_id) DO UPDATE \
       SET state = excluded.state, source = excluded.source, occurred_at = excluded.occurred_at, \
         update_time = excluded.update_time \
       WHERE c.occurred_at IS NULL OR excluded.occurred_at > c.occurred_at \
         OR (excluded.state = 'OPTED_OUT' AND c.state = 'OPTED_IN' AND excluded.occurred_at \
           IN (c.occurred_at, date_trunc('second', c.occurred_at))) RETURNING 1), \
     held AS MATERIALIZED (SELECT count(*) > 0 AS is_new FROM holds), \
     kept AS ( \
       INSERT INTO consent_changes (tenant_id, contact_id, occurred_at, state, source, record_time) \
       SELECT $1, k, $4, $3, $5, $6 FROM held CROSS JOIN unnest($2::text[]) k ORDER BY k \
       ON CONFLICT DO NOTHING RETURNING 1) \
     SELECT (SELECT count(*) > 0 FROM kept), (SELECT held.is_new FROM held)";

/// What came of something that a contact said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It holds from now on.
    Holds,
    /// Something newer was known.
    Late,
    /// It was known.
    Known,
}

/// Records what a person said under some ids: of several, where the tenant's lock is held.
pub(super) async fn say(
    client: &impl GenericClient,
    tenant: &TenantId,
    ids: &[ContactId],
    said: &StoredConsent,
) -> Result<Heard, StoreError> {
    let ids: Vec<&str> = ids.iter().map(ContactId::as_str).collect();
    let statement = client.prepare_cached(SAY).await?;
    let row = client
        .query_one(
            &statement,
            &[
                &tenant.as_str(),
                &ids,
                &Stored(said.state),
                &said.occurred_at,
                &said.source,
                &said.update_time,
            ],
        )
        .await?;
    Ok(match (row.try_get(0)?, row.try_get(1)?) {
        (_, true) => Heard::Holds,
        (true, false) => Heard::Late,
        (false, false) => Heard::Known,
    })
}

/// What was said under an id, and that marketing is held up for it.
const HAND_OVER: &str = "WITH gone AS ( \
       DELETE FROM consents WHERE tenant_id = $1 AND contact_id = $2 RETURNING *) \
     INSERT INTO consents AS c (tenant_id, contact_id, state, source, occurred_at, update_time, \
       suppressed_until) \
     SELECT tenant_id, $3, state, source, occurred_at, update_time, suppressed_until FROM gone \
     ON CONFLICT (tenant_id, contact_id) DO UPDATE \
     SET (state, source, occurred_at, update_time) = (SELECT s.state, s.source, s.occurred_at, \
           s.update_time \
         FROM (VALUES (c.state, c.source, c.occurred_at, c.update_time), (excluded.state, \
           excluded.source, excluded.occurred_at, excluded.update_time)) \
           AS s (state, source, occurred_at, update_time) \
         ORDER BY s.occurred_at DESC NULLS LAST, s.state DESC LIMIT 1), \
       suppressed_until = greatest(c.suppressed_until, excluded.suppressed_until)";

const HAND_OVER_CHANGES: &str = "WITH gone AS ( \
       DELETE FROM consent_changes WHERE tenant_id = $1 AND contact_id = $2 RETURNING *) \
     INSERT INTO consent_changes (tenant_id, contact_id, occurred_at, state, source, record_time) \
     SELECT tenant_id, $3, occurred_at, state, source, record_time FROM gone \
     ON CONFLICT DO NOTHING";

/// Has what was said under a number be its former owner's, who is named by another id now. The
/// tenant's lock is held.
pub(super) async fn hand_over(
    client: &impl GenericClient,
    tenant: &TenantId,
    number: &ContactId,
    former: &ContactId,
) -> Result<(), StoreError> {
    for text in [HAND_OVER, HAND_OVER_CHANGES] {
        let statement = client.prepare_cached(text).await?;
        let keys: [&(dyn ToSql + Sync); 3] = [&tenant.as_str(), &number.as_str(), &former.as_str()];
        client.execute(&statement, &keys).await?;
    }
    Ok(())
}
