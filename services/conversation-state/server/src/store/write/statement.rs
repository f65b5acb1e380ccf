//! The rows that a batch writes, and the one statement that writes them.

use std::collections::{BTreeMap, HashMap};

use conversation_state_core::counts::{CounterDelta, add_change};
use conversation_state_core::{Command, ConversationId, MessageId, TenantId, Time};
use deadpool_postgres::Object;
use postgres_types::ToSql;

use super::super::conversations::{self, ConversationWrite};
use super::super::counts::{self, CountWrite};
use super::super::error::StoreError;
use super::super::events::{self, EventWrite, LoggedEvent};
use super::super::messages::{self, MessageWrite};
use super::super::requests::{self, Request, RequestWrite};
use super::super::tenants::{self, TenantWrite};
use super::Action;
use super::decide::{Slot, Tenant};
use conversation_state_core::Conversation;

/// The rows of one batch.
#[derive(Default)]
pub(super) struct Rows {
    conversations: Vec<(TenantId, Option<i64>, Conversation)>,
    events: Vec<(TenantId, LoggedEvent)>,
    messages: Vec<MessageWrite>,
    requests: Vec<RequestWrite>,
    counts: Vec<CountWrite>,
    tenants: Vec<TenantWrite>,
}

impl Rows {
    pub(super) fn add_event(&mut self, tenant: &TenantId, event: LoggedEvent) {
        self.events.push((tenant.clone(), event));
    }

    pub(super) fn add_message(
        &mut self,
        tenant: &TenantId,
        message: &MessageId,
        conversation: ConversationId,
        action: &Action,
    ) {
        let (occurred_at, inbound) = match action {
            Action::Command(Command::Inbound(message)) => (message.occurred_at, true),
            Action::Command(Command::Outbound(message)) => (message.occurred_at, false),
            _ => return,
        };
        self.messages.push(MessageWrite {
            tenant_id: tenant.as_str().to_owned(),
            message_id: message.as_str().to_owned(),
            conversation_id: conversation.0,
            occurred_at,
            inbound,
        });
    }

    pub(super) fn add_request(
        &mut self,
        tenant: &TenantId,
        request: &Request,
        conversation: ConversationId,
        now: Time,
    ) {
        self.requests.push(RequestWrite {
            tenant_id: tenant.as_str().to_owned(),
            rpc: request.rpc,
            request_id: request.id,
            content_hash: request.content_hash.to_vec(),
            conversation_id: conversation.0,
            recorded_at: now,
        });
    }

    /// The conversations that changed, each once, and by how much the counters do.
    pub(super) fn add_conversations(&mut self, slots: HashMap<(TenantId, ConversationId), Slot>) {
        let mut deltas: BTreeMap<TenantId, CounterDelta> = BTreeMap::new();
        for ((tenant, _), slot) in slots {
            if !slot.changed {
                continue;
            }
            let delta = deltas.entry(tenant.clone()).or_default();
            add_change(delta, slot.before.as_ref(), &slot.now);
            let version = slot.before.map(|before| before.version);
            self.conversations.push((tenant, version, slot.now));
        }
        for (tenant, delta) in &deltas {
            let changes = delta.iter().filter(|(_, by)| !by.is_zero());
            self.counts.extend(changes.map(|(key, by)| CountWrite::new(tenant, key, *by)));
        }
    }

    pub(super) fn add_tenants(&mut self, tenants: &HashMap<TenantId, Tenant>) {
        let moved = tenants.iter().filter(|(_, t)| t.revision != t.revision_before);
        self.tenants.extend(moved.map(|(id, tenant)| TenantWrite {
            tenant_id: id.as_str().to_owned(),
            expected_revision: tenant.revision_before,
            revision: tenant.revision,
        }));
    }

    /// The second round trip: writes everything and commits. Without anything to write it ends
    /// the transaction.
    pub(super) async fn commit(self, client: &Object) -> Result<(), StoreError> {
        if self.events.is_empty() {
            client.batch_execute("ROLLBACK").await?;
            return Ok(());
        }
        let conversations: Vec<ConversationWrite<'_>> = self
            .conversations
            .iter()
            .map(|(tenant, version, after)| ConversationWrite::new(tenant, *version, after))
            .collect();
        let mut parts = Parts::default();
        parts.add("$tenants", &self.tenants, &[tenants::UPDATE]);
        parts.require("tenants", self.tenants.len());
        let (old, new) = self.split();
        let changes: &[&str] = match (old, new) {
            (0, _) => &[&conversations::INSERT],
            (_, 0) => &[&conversations::UPDATE],
            _ => &[&conversations::INSERT, &conversations::UPDATE],
        };
        parts.add("$conversations", &conversations, changes);
        parts.require("conversations", conversations.len());
        let logged: Vec<EventWrite<'_>> =
            self.events.iter().map(|(tenant, event)| EventWrite::new(tenant, event)).collect();
        let noted = self.events.iter().any(|(_, logged)| logged.event.note.is_some());
        let log = [events::INSERT, events::INSERT_NOTES];
        parts.add("$events", &logged, if noted { &log } else { &log[..1] });
        if !self.messages.is_empty() {
            parts.add("$messages", &self.messages, &[messages::INSERT]);
        }
        if !self.requests.is_empty() {
            parts.add("$requests", &self.requests, &[requests::INSERT]);
        }
        if !self.counts.is_empty() {
            parts.add("$counts", &self.counts, &[counts::ADD]);
        }
        parts.run(client).await
    }

    fn split(&self) -> (usize, usize) {
        let new = self.conversations.iter().filter(|(_, before, _)| before.is_none()).count();
        (self.conversations.len() - new, new)
    }
}

/// The statement in the making: only the parts that have rows, so that a small batch is a small
/// statement. There are few combinations; each is prepared once on a connection.
#[derive(Default)]
struct Parts<'a> {
    parameters: Vec<&'a (dyn ToSql + Sync)>,
    ctes: Vec<String>,
    last: Vec<String>,
    checks: Vec<String>,
    expected: Vec<i64>,
}

impl<'a> Parts<'a> {
    /// Adds statements over the rows of one parameter, which they call by `name`.
    fn add<R: ToSql + Sync>(&mut self, name: &str, rows: &'a Vec<R>, texts: &[&str]) {
        self.parameters.push(rows);
        let number = format!("${}", self.parameters.len());
        self.last.clear();
        for text in texts {
            let cte = format!("w{}", self.ctes.len());
            self.ctes.push(format!("{cte} AS ({})", text.replace(name, &number)));
            self.last.push(cte);
        }
    }

    /// Requires that the statements added last touched this many rows together.
    fn require(&mut self, what: &str, rows: usize) {
        let touched: Vec<String> =
            self.last.iter().map(|cte| format!("(SELECT count(*) FROM {cte})")).collect();
        let touched = touched.join(" + ");
        let expected = self.expected.len();
        self.checks.push(format!("require_rows({touched}, $expected{expected}, '{what}')"));
        self.expected.push(i64::try_from(rows).unwrap_or(i64::MAX));
    }

    async fn run(self, client: &Object) -> Result<(), StoreError> {
        let Self { parameters, ctes, checks, expected, .. } = self;
        let mut parameters: Vec<&(dyn ToSql + Sync)> = parameters;
        let mut text = format!("WITH {} SELECT {}", ctes.join(", "), checks.join(", "));
        for (i, rows) in expected.iter().enumerate() {
            parameters.push(rows);
            text = text.replace(&format!("$expected{i}"), &format!("${}", parameters.len()));
        }
        let statement = client.prepare_cached(&text).await?;
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
