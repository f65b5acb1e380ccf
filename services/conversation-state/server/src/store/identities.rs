//! The other ids of contacts, and conversations that became another one: the rows of
//! `contact_aliases` and `merged_conversations`. How they are followed is in [`super::lookup`].

use postgres_types::ToSql;
use uuid::Uuid;

/// A row of `alias_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "alias_write_v1")]
#[allow(clippy::struct_field_names, reason = "they are those of the database's type")]
pub(super) struct AliasWrite {
    pub(super) tenant_id: String,
    pub(super) channel_id: String,
    pub(super) contact_id: String,
    /// Where it leads; none: it is an alias no more.
    pub(super) conversation_id: Option<Uuid>,
}

/// A row of `merge_write_v1`.
#[derive(Debug, ToSql)]
#[postgres(name = "merge_write_v1")]
pub(super) struct MergeWrite {
    pub(super) tenant_id: String,
    /// The conversation that is no more.
    pub(super) conversation_id: Uuid,
    /// The version that its row must have; 0: it never had one.
    pub(super) expected_version: i64,
    pub(super) survivor_id: Uuid,
}

/// Sets those of `$aliases` that lead somewhere.
pub(super) const SET_ALIASES: &str = "INSERT INTO contact_aliases (tenant_id, channel_id, \
     contact_id, conversation_id) SELECT tenant_id, channel_id, contact_id, conversation_id \
     FROM unnest($aliases::alias_write_v1[]) WHERE conversation_id IS NOT NULL \
     ON CONFLICT (tenant_id, channel_id, contact_id) \
     DO UPDATE SET conversation_id = excluded.conversation_id";

/// Removes the others.
pub(super) const REMOVE_ALIASES: &str = "DELETE FROM contact_aliases a USING ( \
       SELECT f.place FROM unnest($aliases::alias_write_v1[]) w CROSS JOIN LATERAL ( \
         SELECT o.ctid AS place FROM contact_aliases o WHERE o.tenant_id = w.tenant_id \
           AND o.channel_id = w.channel_id AND o.contact_id = w.contact_id OFFSET 0) f \
       WHERE w.conversation_id IS NULL) w \
     WHERE a.ctid = w.place";

/// Removes the conversations of `$merges`, if they have the versions that they must have.
pub(super) const REMOVE_MERGED: &str = "DELETE FROM conversations c USING ( \
       SELECT f.place FROM unnest($merges::merge_write_v1[]) w CROSS JOIN LATERAL ( \
         SELECT o.ctid AS place FROM conversations o WHERE o.tenant_id = w.tenant_id \
           AND o.conversation_id = w.conversation_id AND o.version = w.expected_version \
         OFFSET 0) f) w \
     WHERE c.ctid = w.place RETURNING 1";

/// Remembers what became of the conversations of `$merges`.
pub(super) const ADD_MERGED: &str = "INSERT INTO merged_conversations (tenant_id, \
     conversation_id, survivor_id) SELECT tenant_id, conversation_id, survivor_id \
     FROM unnest($merges::merge_write_v1[])";

/// What had become one of `$merges` is now what that became.
pub(super) const FOLLOW_MERGED: &str = "UPDATE merged_conversations m \
     SET survivor_id = w.survivor_id FROM ( \
       SELECT w.survivor_id, f.place FROM unnest($merges::merge_write_v1[]) w \
       CROSS JOIN LATERAL (SELECT o.ctid AS place FROM merged_conversations o \
         WHERE o.tenant_id COLLATE \"POSIX\" = w.tenant_id \
           AND o.survivor_id = w.conversation_id OFFSET 0) f) w \
     WHERE m.ctid = w.place";
