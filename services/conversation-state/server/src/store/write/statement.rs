//! The one statement that writes a batch.
//!
//! What puts it together is [`azeer_runtime::statement`].

use std::sync::LazyLock;

use azeer_runtime::statement::{Check, Part, Statement};
use azeer_runtime::store_error::StoreError;
use deadpool_postgres::Object;
use postgres_types::ToSql;

use super::super::conversations::{self, ConversationWrite};
use super::super::events::{self, EventWrite};
use super::super::{counts, erasure, identities, messages, requests, tenants};
use super::rows::Rows;

/// The parameters, by the names that the parts know them by.
const PARAMETERS: [(&str, &str); 11] = [
    ("$tenants", "tenant_write_v1[]"),
    ("$conversations", "conversation_write_v2[]"),
    ("$events", "event_write_v2[]"),
    ("$messages", "message_write_v2[]"),
    ("$requests", "request_write_v1[]"),
    ("$counts", "count_write_v1[]"),
    ("$aliases", "alias_write_v1[]"),
    ("$merges", "merge_write_v1[]"),
    // How many rows these parts must touch.
    ("$moved_tenants", "bigint"),
    ("$changed_conversations", "bigint"),
    ("$removed_conversations", "bigint"),
];

static STATEMENT: LazyLock<Statement<Rows>> =
    LazyLock::new(|| Statement::new(&PARAMETERS, parts(), checks()));

fn parts() -> Vec<Part<Rows>> {
    let part = |name, text, needed: fn(&Rows) -> bool| Part { name, text, needed };
    vec![
        part("moved", tenants::UPDATE, |rows| !rows.tenants.is_empty()),
        part("changed", &conversations::UPDATE, |rows| {
            rows.conversations.iter().any(|(_, before, _)| before.is_some())
        }),
        part("begun", &conversations::INSERT, |rows| {
            rows.conversations.iter().any(|(_, before, _)| before.is_none())
        }),
        part("logged", events::INSERT, |rows| !rows.events.is_empty()),
        part("noted", events::INSERT_NOTES, |rows| {
            rows.events.iter().any(|(_, logged)| logged.event.note.is_some())
        }),
        part("seen", messages::INSERT, |rows| !rows.messages.is_empty()),
        part("done", requests::INSERT, |rows| !rows.requests.is_empty()),
        part("counted", counts::ADD, |rows| !rows.counts.is_empty()),
        part("named", identities::SET_ALIASES, |rows| {
            rows.aliases.iter().any(|alias| alias.conversation_id.is_some())
        }),
        part("unnamed", identities::REMOVE_ALIASES, |rows| {
            rows.aliases.iter().any(|alias| alias.conversation_id.is_none())
        }),
        part("removed", identities::REMOVE_MERGED, |rows| {
            rows.merges.iter().any(|merge| merge.expected_version != 0)
        }),
        part("merged", identities::ADD_MERGED, |rows| !rows.merges.is_empty()),
        part("followed", identities::FOLLOW_MERGED, |rows| !rows.merges.is_empty()),
    ]
}

/// The parts run in the order of the checks: what is no more goes first, since another conversation
/// may get its contact's id.
fn checks() -> Vec<Check> {
    let check = |parts, expected, what| Check { parts, expected, what };
    vec![
        check(&["removed"], "$removed_conversations", "merged conversations"),
        check(&["moved"], "$moved_tenants", "tenants"),
        check(&["changed", "begun"], "$changed_conversations", "conversations"),
    ]
}

impl Rows {
    /// The second round trip: writes everything and commits. Without anything to write it ends
    /// the transaction.
    pub(super) async fn commit(&self, client: &Object) -> Result<(), StoreError> {
        if self.events.is_empty() && self.requests.is_empty() {
            client.batch_execute("ROLLBACK").await?;
            return Ok(());
        }
        if !self.erasures.is_empty() {
            erasure::remove(client, &self.erasures).await?;
        }
        let conversations: Vec<ConversationWrite<'_>> = self
            .conversations
            .iter()
            .map(|(tenant, version, now)| ConversationWrite::new(tenant, *version, now))
            .collect();
        let events: Vec<EventWrite<'_>> =
            self.events.iter().map(|(tenant, logged)| EventWrite::new(tenant, logged)).collect();
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        let removed = self.merges.iter().filter(|merge| merge.expected_version != 0).count();
        let parameters: [&(dyn ToSql + Sync); PARAMETERS.len()] = [
            &self.tenants,
            &conversations,
            &events,
            &self.messages,
            &self.requests,
            &self.counts,
            &self.aliases,
            &self.merges,
            &count(self.tenants.len()),
            &count(self.conversations.len()),
            &count(removed),
        ];
        let statement = client.prepare_cached(STATEMENT.text(self)).await?;
        // Sent together. After a failed statement COMMIT rolls back, without an error of its own.
        let (written, ended) = futures::join!(
            client.execute(&statement, &parameters),
            client.batch_execute("COMMIT"),
        );
        written?;
        ended?;
        Ok(())
    }
}
