//! Rows of the outbox as a report leaves them, and what has become of them on both sides.

use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::{Clients, ops, service};
use chrono::TimeDelta;
use conversation_state_core::Time;
use tokio::time::timeout;
use tokio_postgres::Client;
use uuid::Uuid;

/// What must come to pass does within this, however slow the machine is.
pub(super) const PATIENCE: Duration = Duration::from_mins(2);

/// One row, of an agent's message to a contact unless the test says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) tenant: String,
    pub(crate) decision: Uuid,
    pub(crate) kind: &'static str,
    pub(crate) conversation: Option<Uuid>,
    pub(crate) contact: String,
    pub(crate) message: String,
    pub(crate) occurred_at: Time,
    pub(crate) sender: (&'static str, &'static str),
    pub(crate) template: &'static str,
    pub(crate) epoch: i64,
}

impl Row {
    /// A message in words of the agent's own, sent at an instant.
    pub(crate) fn free_form(contact: &str, message: &str, at: Time) -> Self {
        Self {
            tenant: ops::TENANT.into(),
            decision: Uuid::now_v7(),
            kind: "OUTBOUND",
            conversation: None,
            contact: contact.into(),
            message: message.into(),
            occurred_at: at,
            sender: ("AGENT", "sara"),
            template: "",
            epoch: 0,
        }
    }

    pub(super) fn template(contact: &str, message: &str, at: Time) -> Self {
        Self { template: "order_shipped", ..Self::free_form(contact, message, at) }
    }

    /// The platform refused a message that was sent at an instant.
    pub(super) fn window_closed(contact: &str, message: &str, at: Time) -> Self {
        Self { kind: "WINDOW_CLOSED", ..Self::free_form(contact, message, at) }
    }

    /// Adds it, as a report does. Nobody is woken: the service finds it by itself.
    pub(crate) async fn add(&self, client: &Client) {
        let text = "INSERT INTO outbox (tenant_id, decision_id, kind, due_at, tries, conversation_id, \
             channel_id, contact_id, message_id, occurred_at, sender_kind, sender_id, \
             template_name, handler_epoch) \
             VALUES ($1, $2, $3::text::outbox_kind, now(), 0, $4, $5, $6, $7, $8, \
               $9::text::actor_kind, $10, $11, $12)";
        let (sender_kind, sender_id) = self.sender;
        client
            .execute(
                text,
                &[
                    &self.tenant,
                    &self.decision,
                    &self.kind,
                    &self.conversation,
                    &ops::CHANNEL,
                    &self.contact,
                    &self.message,
                    &self.occurred_at,
                    &sender_kind,
                    &sender_id,
                    &self.template,
                    &self.epoch,
                ],
            )
            .await
            .unwrap();
    }
}

/// Customers of a test, who have all written.
pub(super) const CUSTOMERS: usize = 50;

/// Has all customers write, an hour ago.
pub(super) async fn customers_write(clients: &Clients) {
    let first = (0..CUSTOMERS).map(|i| (customer(i), format!("first-{i}")));
    let body = ops::webhook(ops::CHANNEL, first, service::now() - TimeDelta::hours(1));
    let results = clients.conversations.clone().ingest_webhook(body).await.unwrap().into_inner();
    assert_eq!(results.results.len(), CUSTOMERS);
}

pub(super) fn customer(i: usize) -> String {
    format!("9665000{i:05}")
}

/// Adds messages to the customers in turn, every other one a template. Each has an instant of its
/// own: by that its event is known.
pub(super) async fn add_many(client: &Client, numbers: std::ops::Range<usize>) {
    let now = service::now();
    for i in numbers {
        let (contact, message) = (customer(i % CUSTOMERS), format!("sent-{i}"));
        let at = now - TimeDelta::milliseconds(i64::try_from(i).unwrap());
        let row = if i.is_multiple_of(2) { Row::template } else { Row::free_form };
        row(&contact, &message, at).add(client).await;
    }
}

/// Adds for every customer that the platform refused a message.
pub(super) async fn add_windows(client: &Client) {
    for i in 0..CUSTOMERS {
        let message = format!("refused-{i}");
        Row::window_closed(&customer(i), &message, service::now()).add(client).await;
    }
}

/// Waits until the outbox is empty.
pub(super) async fn until_told(client: &Client) {
    until(client, "SELECT count(*) = 0 FROM outbox", "everything is told in the end").await;
}

/// Waits until something was tried.
pub(super) async fn until_tried(client: &Client) {
    until(client, "SELECT count(*) > 0 FROM outbox WHERE tries > 0", "something is tried").await;
}

/// Waits until a query of one truth value tells that something is so.
pub(super) async fn until(client: &Client, query: &str, what: &str) {
    let asking = async {
        while !client.query_one(query, &[]).await.unwrap().get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, asking).await.expect(what);
}

/// So many messages were recorded by conversation-state, each with one event.
pub(super) async fn assert_once(client: &Client, messages: usize) {
    let text = "SELECT m.message_id, (SELECT count(*) FROM events e \
         WHERE e.tenant_id = m.tenant_id AND e.conversation_id = m.conversation_id \
           AND e.occurred_at = m.occurred_at AND e.event_type = 'OUTBOUND_RECORDED') \
         FROM messages m WHERE NOT m.inbound";
    let recorded = client.query(text, &[]).await.unwrap();
    for row in &recorded {
        let (message, events): (&str, i64) = (row.get(0), row.get(1));
        assert_eq!(events, 1, "events of {message}");
    }
    assert_eq!(recorded.len(), messages);
    assert_eq!(events(client, "OUTBOUND_RECORDED").await, messages);
}

/// How many events of a type there are.
pub(super) async fn events(client: &Client, of_type: &str) -> usize {
    let text = "SELECT count(*) FROM events WHERE event_type::text = $1";
    let count: i64 = client.query_one(text, &[&of_type]).await.unwrap().get(0);
    usize::try_from(count).unwrap()
}

/// The conversation with a contact.
pub(super) async fn conversation(clients: &Clients, contact: &str) -> pb::Conversation {
    let found = clients.conversations.clone().get_conversation(ops::get(contact)).await.unwrap();
    found.into_inner().conversation.unwrap()
}
