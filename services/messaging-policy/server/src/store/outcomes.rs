//! What became of sends: the rows of `outcomes`.

use azeer_domain::{TenantId, Time};
use azeer_runtime::names::Stored;
use azeer_runtime::store_error::StoreError;
use messaging_policy_core::{OutcomeKind, SendOutcome};
use postgres_types::ToSql;
use tokio_postgres::Row;
use uuid::Uuid;

/// Reads an outcome's columns (`kind, message_id, sent_at, error_code, error_message, report_time,
/// told_sent_at`) from a place of a row on; none if there is no outcome.
pub(super) fn read(row: &Row, from: usize) -> Result<Option<SendOutcome>, StoreError> {
    let Some(Stored(kind)) = row.try_get(from)? else { return Ok(None) };
    Ok(Some(SendOutcome {
        kind,
        message_id: row.try_get(from + 1)?,
        sent_at: row.try_get(from + 2)?,
        error_code: row.try_get(from + 3)?,
        error_message: row.try_get(from + 4)?,
        report_time: row.try_get(from + 5)?,
        told_sent_at: row.try_get(from + 6)?,
    }))
}

/// A row of `outcome_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "outcome_write_v1")]
pub(super) struct OutcomeWrite<'a> {
    tenant_id: &'a str,
    decision_id: Uuid,
    kind: Stored<OutcomeKind>,
    message_id: &'a str,
    sent_at: Option<Time>,
    told_sent_at: Option<Time>,
    error_code: i32,
    error_message: &'a str,
    report_time: Time,
}

impl<'a> OutcomeWrite<'a> {
    pub(super) fn new(tenant: &'a TenantId, decision_id: Uuid, outcome: &'a SendOutcome) -> Self {
        Self {
            tenant_id: tenant.as_str(),
            decision_id,
            kind: Stored(outcome.kind),
            message_id: &outcome.message_id,
            sent_at: outcome.sent_at,
            told_sent_at: outcome.told_sent_at,
            error_code: outcome.error_code,
            error_message: &outcome.error_message,
            report_time: outcome.report_time,
        }
    }
}

/// Writes `$outcomes`.
pub(super) const WRITE: &str = "INSERT INTO outcomes (tenant_id, decision_id, kind, message_id, \
     sent_at, told_sent_at, error_code, error_message, report_time) \
     SELECT tenant_id, decision_id, kind, message_id, sent_at, told_sent_at, error_code, \
       error_message, report_time FROM unnest($outcomes::outcome_write_v1[]) \
     ON CONFLICT (tenant_id, decision_id) DO UPDATE \
     SET kind = excluded.kind, message_id = excluded.message_id, sent_at = excluded.sent_at, \
       told_sent_at = excluded.told_sent_at, error_code = excluded.error_code, \
       error_message = excluded.error_message, report_time = excluded.report_time";
