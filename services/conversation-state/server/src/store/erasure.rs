//! Removing a conversation with all that is kept of it, when its contact is erased. Its events stay:
//! nothing in them is personal.

use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, TenantId};
use deadpool_postgres::Object;
use postgres_types::ToSql;
use uuid::Uuid;

/// A row of `erasure_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "erasure_write_v1")]
struct ErasureWrite<'a> {
    tenant_id: &'a str,
    conversation_id: Uuid,
    /// The version that its row must have; 0: it never had one.
    expected_version: i64,
}

/// Removes the conversations of `$1`, which `$2` rows must be, and what is kept under their ids and
/// those of the conversations that became them. A statement of its own before the one that writes:
/// what it removes may be begun anew.
const REMOVE: &str = "WITH erased AS (SELECT * FROM unnest($1::erasure_write_v1[])), \
     removed AS (DELETE FROM conversations c USING ( \
       SELECT f.place FROM erased w CROSS JOIN LATERAL (SELECT o.ctid AS place \
         FROM conversations o WHERE o.tenant_id = w.tenant_id \
           AND o.conversation_id = w.conversation_id AND o.version = w.expected_version \
         OFFSET 0) f) w WHERE c.ctid = w.place RETURNING 1), \
     became AS MATERIALIZED (SELECT m.* FROM erased w CROSS JOIN LATERAL ( \
       SELECT o.ctid AS place, o.tenant_id, o.conversation_id FROM merged_conversations o \
       WHERE o.tenant_id COLLATE \"POSIX\" = w.tenant_id AND o.survivor_id = w.conversation_id \
       OFFSET 0) m), \
     parts AS MATERIALIZED (SELECT tenant_id, conversation_id FROM erased \
       UNION ALL SELECT tenant_id, conversation_id FROM became), \
     forgotten AS (DELETE FROM merged_conversations m USING became w WHERE m.ctid = w.place), \
     unseen AS (DELETE FROM messages m USING ( \
       SELECT f.place FROM parts p CROSS JOIN LATERAL (SELECT o.ctid AS place FROM messages o \
         WHERE o.tenant_id COLLATE \"POSIX\" = p.tenant_id \
           AND o.conversation_id = p.conversation_id OFFSET 0) f) w WHERE m.ctid = w.place), \
     undone AS (DELETE FROM requests m USING ( \
       SELECT f.place FROM parts p CROSS JOIN LATERAL (SELECT o.ctid AS place FROM requests o \
         WHERE o.tenant_id COLLATE \"POSIX\" = p.tenant_id \
           AND o.conversation_id = p.conversation_id OFFSET 0) f) w WHERE m.ctid = w.place), \
     unsaid AS (DELETE FROM event_notes m USING ( \
       SELECT f.place FROM parts p CROSS JOIN LATERAL (SELECT o.ctid AS place FROM event_notes o \
         WHERE o.tenant_id COLLATE \"POSIX\" = p.tenant_id \
           AND o.conversation_id = p.conversation_id OFFSET 0) f) w WHERE m.ctid = w.place) \
     SELECT require_rows((SELECT count(*) FROM removed), $2, 'erased conversations')";

/// Runs [`REMOVE`] in a batch's transaction.
pub(super) async fn remove(
    client: &Object,
    conversations: &[(TenantId, ConversationId, Option<i64>)],
) -> Result<(), StoreError> {
    let had_rows = conversations.iter().filter(|(.., version)| version.is_some()).count();
    let had_rows = i64::try_from(had_rows).unwrap_or(i64::MAX);
    let erased = conversations.iter().map(|(tenant, id, version)| ErasureWrite {
        tenant_id: tenant.as_str(),
        conversation_id: id.0,
        expected_version: version.unwrap_or(0),
    });
    let erased: Vec<ErasureWrite<'_>> = erased.collect();
    let statement = client.prepare_cached(REMOVE).await?;
    client.execute(&statement, &[&erased, &had_rows]).await?;
    Ok(())
}
