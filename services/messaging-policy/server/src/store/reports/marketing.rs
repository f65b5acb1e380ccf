//! What failures tell of contacts and marketing: in one statement for all of a batch, which locks their
//! rows in the order in which all do who write several.

use std::collections::BTreeSet;

use azeer_domain::{ContactId, TenantId, Time};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::GenericClient;

/// Where it is known from that a contact wants no marketing.
const SOURCE: &str = "platform-131050";

/// What was learned: of each id when it opted out, or until when the platform takes nothing for it.
#[derive(Debug, Default)]
pub(super) struct Marketing(BTreeSet<(TenantId, ContactId, Option<Time>, Option<Time>)>);

/// Keeps each opt-out. The last one holds unless something newer was said, at the same instant before
/// an opt-in, as in [`consents`](super::super::consents); and of two ends of a suppression the later one
/// holds.
const LEARN: &str = "WITH told AS ( \
       SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::timestamptz[]) \
         AS k (tenant_id, contact_id, opted_out_at, suppressed_until)), \
     kept AS ( \
       INSERT INTO consent_changes (tenant_id, contact_id, occurred_at, state, source, record_time) \
       SELECT tenant_id, contact_id, opted_out_at, 'OPTED_OUT', $5, $6 FROM told \
       WHERE opted_out_at IS NOT NULL ORDER BY tenant_id, contact_id \
       ON CONFLICT DO NOTHING) \
     INSERT INTO consents AS c \
       (tenant_id, contact_id, state, source, occurred_at, update_time, suppressed_until) \
     SELECT tenant_id, contact_id, \
       CASE WHEN max(opted_out_at) IS NOT NULL THEN 'OPTED_OUT'::consent_state END, \
       CASE WHEN max(opted_out_at) IS NOT NULL THEN $5 ELSE '' END, \
       max(opted_out_at), $6, max(suppressed_until) \
     FROM told GROUP BY tenant_id, contact_id ORDER BY tenant_id, contact_id \
     ON CONFLICT (tenant_id, contact_id) DO UPDATE \
     SET (state, source, occurred_at, update_time) = ( \
         SELECT state, source, occurred_at, update_time FROM (VALUES \
           (0, c.state, c.source, c.occurred_at, c.update_time), \
           (1, excluded.state, excluded.source, excluded.occurred_at, excluded.update_time)) \
           AS said (place, state, source, occurred_at, update_time) \
         ORDER BY CASE WHEN place = 1 AND occurred_at = date_trunc('second', c.occurred_at) \
             THEN c.occurred_at ELSE occurred_at END DESC NULLS LAST, \
           state IS NOT DISTINCT FROM 'OPTED_OUT' DESC, place LIMIT 1), \
       suppressed_until = greatest(c.suppressed_until, excluded.suppressed_until)";

impl Marketing {
    /// A person wanted none at an instant.
    pub(super) fn opted_out(&mut self, tenant: &TenantId, ids: &[ContactId], at: Time) {
        self.0.extend(ids.iter().map(|id| (tenant.clone(), id.clone(), Some(at), None)));
    }

    /// The platform takes none for a person until an instant.
    pub(super) fn suppressed(&mut self, tenant: &TenantId, ids: &[ContactId], until: Time) {
        self.0.extend(ids.iter().map(|id| (tenant.clone(), id.clone(), None, Some(until))));
    }

    /// Writes it.
    pub(super) async fn write(
        &self,
        client: &impl GenericClient,
        now: Time,
    ) -> Result<(), StoreError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let tenants: Vec<&str> = self.0.iter().map(|(tenant, ..)| tenant.as_str()).collect();
        let ids: Vec<&str> = self.0.iter().map(|(_, id, ..)| id.as_str()).collect();
        let opted_out: Vec<Option<Time>> = self.0.iter().map(|(.., at, _)| *at).collect();
        let suppressed: Vec<Option<Time>> = self.0.iter().map(|(.., until)| *until).collect();
        let statement = client.prepare_cached(LEARN).await?;
        client
            .execute(&statement, &[&tenants, &ids, &opted_out, &suppressed, &SOURCE, &now])
            .await?;
        Ok(())
    }
}
