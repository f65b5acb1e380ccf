//! What was sent to each contact id: the rows of `contacts`.

use azeer_domain::{ChannelId, ContactId, TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use chrono::TimeDelta;
use deadpool_postgres::GenericClient;
use messaging_policy_core::ledger::{Entry, Ledger};
use messaging_policy_core::rate::Returned;
use messaging_policy_core::{Category, Rate};
use postgres_types::{FromSql, ToSql};
use tokio_postgres::Statement;
use uuid::Uuid;

use super::id;

/// A row, of a contact id and a channel.
#[derive(Debug, Clone)]
pub(super) struct Contact {
    pub(super) ledger: Ledger,
    pub(super) rate: Rate,
}

/// What tells rows apart.
pub(super) type ContactKey = (TenantId, ContactId, ChannelId);

/// A value of `sent_template_v1`.
#[derive(Debug, FromSql, ToSql)]
#[postgres(name = "sent_template_v1")]
struct SentTemplate {
    decision_id: Uuid,
    sent_at: Time,
    category: Stored<Category>,
    fingerprint: i64,
}

/// A value of `returned_slot_v1`.
#[derive(Debug, FromSql, ToSql)]
#[postgres(name = "returned_slot_v1")]
struct ReturnedSlot {
    starts_at: Time,
    amount: i64,
    returned_at: Time,
    matters_until: Time,
}

/// The rows of many contact ids, of all channels.
pub(super) const READ: &str = "SELECT c.tenant_id, c.contact_id, c.channel_id, c.rate_free_at, \
     c.templates, c.rate_returned, c.rate_filled_at \
     FROM unnest($1::text[], $2::text[]) AS k (tenant_id, contact_id) \
     CROSS JOIN LATERAL (SELECT * FROM contacts f WHERE f.tenant_id = k.tenant_id \
       AND f.contact_id = k.contact_id OFFSET 0) c";

/// Runs [`READ`].
pub(super) async fn read(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &ContactId)],
) -> Result<Vec<(ContactKey, Contact)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let contacts: Vec<&str> = keys.iter().map(|(_, contact)| contact.as_str()).collect();
    let rows = client.query(statement, &[&tenants, &contacts]).await?;
    rows.iter()
        .map(|row| {
            let key = (
                id(TenantId::parse(row.try_get(0)?), "tenant_id")?,
                id(ContactId::parse(row.try_get(1)?), "contact_id")?,
                id(ChannelId::parse(row.try_get(2)?), "channel_id")?,
            );
            let templates: Vec<SentTemplate> = row.try_get(4)?;
            let ledger = Ledger::new(templates.into_iter().map(Entry::from).collect());
            let returned: Vec<ReturnedSlot> = row.try_get(5)?;
            let returned = returned.into_iter().map(Returned::from).collect();
            let (free_at, filled_at) = (row.try_get(3)?, row.try_get(6)?);
            Ok((key, Contact { ledger, rate: Rate { free_at, returned, filled_at } }))
        })
        .collect()
}

impl From<SentTemplate> for Entry {
    fn from(sent: SentTemplate) -> Self {
        Self {
            decision: sent.decision_id,
            at: sent.sent_at,
            category: sent.category.0,
            fingerprint: sent.fingerprint,
        }
    }
}

impl From<ReturnedSlot> for Returned {
    fn from(slot: ReturnedSlot) -> Self {
        Self {
            starts_at: slot.starts_at,
            amount: TimeDelta::microseconds(slot.amount),
            at: slot.returned_at,
            until: slot.matters_until,
        }
    }
}

/// A row of `contact_write_v2`.
#[derive(Debug, ToSql)]
#[postgres(name = "contact_write_v2")]
pub(super) struct ContactWrite<'a> {
    tenant_id: &'a str,
    contact_id: &'a str,
    channel_id: &'a str,
    templates: Vec<SentTemplate>,
    rate_free_at: Time,
    rate_returned: Vec<ReturnedSlot>,
    rate_filled_at: Option<Time>,
}

impl<'a> ContactWrite<'a> {
    pub(super) fn new((tenant, contact, channel): &'a ContactKey, row: &Contact) -> Self {
        let templates = row.ledger.entries().iter().map(|entry| SentTemplate {
            decision_id: entry.decision,
            sent_at: entry.at,
            category: Stored(entry.category),
            fingerprint: entry.fingerprint,
        });
        let returned = row.rate.returned.iter().map(|returned| ReturnedSlot {
            starts_at: returned.starts_at,
            amount: returned.amount.num_microseconds().unwrap_or(i64::MAX),
            returned_at: returned.at,
            matters_until: returned.until,
        });
        Self {
            tenant_id: tenant.as_str(),
            contact_id: contact.as_str(),
            channel_id: channel.as_str(),
            templates: templates.collect(),
            rate_free_at: row.rate.free_at,
            rate_returned: returned.collect(),
            rate_filled_at: row.rate.filled_at,
        }
    }
}

/// Writes `$contacts`.
pub(super) const WRITE: &str = "INSERT INTO contacts (tenant_id, contact_id, channel_id, \
     templates, rate_free_at, rate_returned, rate_filled_at) \
     SELECT tenant_id, contact_id, channel_id, templates, rate_free_at, rate_returned, \
       rate_filled_at FROM unnest($contacts::contact_write_v2[]) \
     ON CONFLICT (tenant_id, contact_id, channel_id) DO UPDATE \
     SET templates = excluded.templates, rate_free_at = excluded.rate_free_at, \
       rate_returned = excluded.rate_returned, rate_filled_at = excluded.rate_filled_at";
