//! The commands done under a request id: the rows of `requests`.

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, TenantId, Time};
use deadpool_postgres::GenericClient;
use postgres_types::ToSql;
use tokio_postgres::Statement;
use uuid::Uuid;

use super::conversations::id;

/// A caller's request: its id and a digest of what it asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The RPC's name: ids are told apart by it.
    pub rpc: &'static str,
    /// The caller's id.
    pub id: Uuid,
    /// Of what is asked, without etag and request id.
    pub content_hash: [u8; 32],
}

/// A request that was done.
#[derive(Debug, Clone)]
pub(super) struct Done {
    pub(super) content_hash: Vec<u8>,
    /// Which it was done to; none: it was erased, and is not remembered.
    pub(super) conversation: Option<ConversationId>,
}

/// A row of `request_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "request_write_v1")]
pub(super) struct RequestWrite {
    pub(super) tenant_id: String,
    pub(super) rpc: &'static str,
    pub(super) request_id: Uuid,
    pub(super) content_hash: Vec<u8>,
    pub(super) conversation_id: Option<Uuid>,
    pub(super) recorded_at: Time,
}

/// Adds `$requests`; an id that is there already is one that was to be forgotten.
pub(super) const INSERT: &str = "INSERT INTO requests (tenant_id, rpc, request_id, content_hash, \
     conversation_id, recorded_at) SELECT tenant_id, rpc, request_id, content_hash, \
     conversation_id, recorded_at FROM unnest($requests::request_write_v1[]) \
     ON CONFLICT (tenant_id, rpc, request_id) DO UPDATE SET content_hash = excluded.content_hash, \
     conversation_id = excluded.conversation_id, recorded_at = excluded.recorded_at";

/// Tells which of many requests were done within the 8 days before `$4`, or now.
pub(super) const DONE: &str = "SELECT r.tenant_id, r.request_id, r.rpc, r.content_hash, \
     r.conversation_id FROM unnest($1::text[], $2::text[], $3::uuid[]) \
     AS k (tenant_id, rpc, request_id) \
     CROSS JOIN LATERAL (SELECT * FROM requests f WHERE f.tenant_id = k.tenant_id \
       AND f.rpc = k.rpc AND f.request_id = k.request_id OFFSET 0) r \
     WHERE r.recorded_at >= coalesce($4, now()) - interval '8 days'";

/// What tells requests apart.
pub(super) type RequestKey = (TenantId, String, Uuid);

/// Runs [`DONE`].
pub(super) async fn done(
    client: &impl GenericClient,
    statement: &Statement,
    keys: &[(&TenantId, &Request)],
    now: Option<Time>,
) -> Result<Vec<(RequestKey, Done)>, StoreError> {
    let tenants: Vec<&str> = keys.iter().map(|(tenant, _)| tenant.as_str()).collect();
    let rpcs: Vec<&str> = keys.iter().map(|(_, request)| request.rpc).collect();
    let ids: Vec<Uuid> = keys.iter().map(|(_, request)| request.id).collect();
    let rows = client.query(statement, &[&tenants, &rpcs, &ids, &now]).await?;
    rows.iter()
        .map(|row| {
            let tenant = id(TenantId::parse(row.try_get(0)?), "tenant_id")?;
            let key = (tenant, row.try_get(2)?, row.try_get(1)?);
            let conversation = row.try_get::<_, Option<Uuid>>(4)?.map(ConversationId);
            Ok((key, Done { content_hash: row.try_get(3)?, conversation }))
        })
        .collect()
}
