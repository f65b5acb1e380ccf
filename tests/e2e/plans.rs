//! No statement reads more than it needs: not when it was planned over an empty database, and not
//! among tenants of very different sizes. A plan that reads all of a big tenant to find one row
//! would pass every other test.

mod news;
mod outbox;
mod people;
mod replay;
mod retention;
mod sends;

use std::collections::BTreeMap;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, duration, now};
use azeer_tests::{Database, Watch, ops};
use chrono::TimeDelta;
use conversation_state::{Config, Retention};
use conversation_state_core::Time;
use tokio_postgres::Client;

use crate::support;

/// Conversations of the big tenant.
const MANY: i64 = 20_000;
/// How often each call is made.
const ROUNDS: i64 = 20;
/// Rows of tables and indexes that one round of calls may read. It makes about fifteen calls, one
/// of which lists ten conversations and one of which reads a page of the log; any one wrong index
/// would read a thousand times as much.
const ROWS_PER_ROUND: i64 = 900;

#[tokio::test]
async fn statements_planned_over_an_empty_database_read_no_more_later() {
    let database = Database::new().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let service = start(&database).await;
    calls(&service, "first").await;
    fill(&client, 0).await;
    let before = rows_read(&client).await;
    for round in 0..ROUNDS {
        calls(&service, &format!("contact-{round}")).await;
    }
    check(service, &client, &before).await;
}

#[tokio::test]
async fn statements_planned_among_many_small_tenants_read_no_more_of_a_big_one() {
    let database = Database::new().await;
    let client = database.connect().await;
    fill(&client, 10_000).await;
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    let before = rows_read(&client).await;
    let service = start(&database).await;
    for round in 0..ROUNDS {
        calls(&service, &format!("contact-{round}")).await;
    }
    check(service, &client, &before).await;
}

/// What the upkeep reads is another matter.
async fn start(database: &Database) -> Service {
    let change = |config: &mut Config| config.retention = Retention::FOREVER;
    Service::start_with(database.clone(), change).await
}

/// A big tenant, and many that have one conversation each.
async fn fill(client: &Client, small_tenants: i64) {
    let text = format!(
        "CREATE TEMPORARY TABLE filling AS
           SELECT CASE WHEN i <= {MANY} THEN '{tenant}' ELSE 'tenant-' || i END AS tenant_id,
                  'contact-' || i AS contact_id, gen_random_uuid() AS id, i AS revision,
                  now() - i * interval '1 minute' AS at
           FROM generate_series(1, {MANY} + {small_tenants}) i;
         INSERT INTO conversations (tenant_id, channel_id, contact_id, conversation_id, version,
             last_inbound_at, window_expires_at, waiting_since, handler_since, create_time,
             update_time, handler_epoch, unanswered_templates, announced_state, handler_kind)
           SELECT tenant_id, '{channel}', contact_id, id, 1, at, at + interval '24 hours', at, at,
             at, at, 1, 0, (CASE WHEN at + interval '24 hours' > now() + interval '1 hour'
             THEN 'OPEN' ELSE 'EXPIRED' END)::conversation_state, 'HUMAN' FROM filling;
         INSERT INTO messages SELECT tenant_id, 'message-' || contact_id, id, at, true FROM filling;
         INSERT INTO events (tenant_id, revision, version, conversation_id, occurred_at,
             recorded_at, handler_epoch, event_type, to_state, actor_kind, handler_kind,
             out_of_turn)
           SELECT tenant_id, revision + 1000, 1, id, at, at, 1, 'CREATED', 'OPEN', 'CUSTOMER',
             'HUMAN', false FROM filling;
         INSERT INTO tenants SELECT DISTINCT tenant_id, {MANY} + 1000 FROM filling
           ON CONFLICT (tenant_id) DO UPDATE SET revision = excluded.revision;
         INSERT INTO tab_counts SELECT DISTINCT tenant_id, 'TOTAL', 'epoch'::timestamptz,
             '{channel}', 0, 0, 0, 0, 0 FROM filling ON CONFLICT DO NOTHING",
        tenant = ops::TENANT,
        channel = ops::CHANNEL,
    );
    client.batch_execute(&text).await.unwrap();
}

/// Every call that looks for something by a key, and a page of each tab.
async fn calls(service: &Service, contact: &str) {
    let mut client = service.clients.conversations.clone();
    let at: Time = now();
    let message = format!("new-{contact}");
    let said = ops::inbound(contact, &message, at);
    let said = client.record_inbound_message(said).await.unwrap().into_inner();
    let id = said.conversation.unwrap().conversation_id;
    let answer = ops::outbound(contact, &format!("answer-{contact}"), at);
    client.record_outbound_message(answer).await.unwrap();
    let close = pb::CloseConversationRequest {
        request_id: uuid::Uuid::new_v4().to_string(),
        ..ops::close(&id)
    };
    client.close_conversation(close).await.unwrap();
    client.reopen_conversation(ops::reopen(&id)).await.unwrap();

    let by_id = pb::GetConversationRequest {
        conversation_id: id.clone(),
        contact: None,
        ..ops::get(contact)
    };
    client.get_conversation(by_id).await.unwrap();
    client.get_conversation(ops::get(contact)).await.unwrap();
    let batch = pb::BatchGetConversationsRequest {
        tenant_id: ops::TENANT.into(),
        conversation_ids: vec![id.clone()],
        ..Default::default()
    };
    client.batch_get_conversations(batch).await.unwrap();
    let context = pb::GetSendContextRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: id.clone(),
        inbound_message_ids: vec![message],
        ..Default::default()
    };
    let by_contact = pb::GetSendContextRequest {
        conversation_id: String::new(),
        contact: ops::contact_ref(contact),
        ..context.clone()
    };
    let contexts = support::send_contexts([context.clone(), by_contact]);
    let contexts = client.batch_get_send_contexts(contexts).await.unwrap().into_inner().contexts;
    assert!(contexts.iter().all(|context| context.inbound_messages.len() == 1));
    let context = client.get_send_context(context).await.unwrap().into_inner();
    assert_eq!(context.inbound_messages.len(), 1);
    client.list_conversation_events(ops::events(&id)).await.unwrap();
    let erased = format!("erased-{contact}");
    let said = ops::inbound(&erased, &format!("new-{erased}"), at);
    client.record_inbound_message(said).await.unwrap();
    let erased = pb::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(&erased),
        request_id: uuid::Uuid::new_v4().to_string(),
    };
    client.erase_contact(erased).await.unwrap();
    let before = client.get_tab_counts(ops::counts()).await.unwrap().into_inner().resume_token;
    let noted = ops::outbound(contact, &format!("noted-{contact}"), at);
    client.record_outbound_message(noted).await.unwrap();
    // Caught up, and told as it happens.
    let mut watch = Watch::open(&service.clients, ops::watch(&before)).await.unwrap();
    watch.event().await;
    let more = ops::outbound(contact, &format!("more-{contact}"), at);
    client.record_outbound_message(more).await.unwrap();
    watch.event().await;
    for tab in [pb::Tab::Open, pb::Tab::Expired, pb::Tab::Closed, pb::Tab::Bot, pb::Tab::All] {
        let page = pb::ListConversationsRequest { page_size: 2, ..ops::list(tab) };
        client.list_conversations(page).await.unwrap();
    }
    // What ends soonest lies at the far end of the order of messages.
    let soon = pb::ConversationFilter {
        expiring_within: duration(TimeDelta::minutes(1)),
        ..Default::default()
    };
    for order in [pb::OrderBy::NewestCustomerMessage, pb::OrderBy::ExpiringSoonest] {
        let page = pb::ListConversationsRequest {
            filter: Some(soon.clone()),
            order_by: order.into(),
            ..ops::list(pb::Tab::Open)
        };
        client.list_conversations(page).await.unwrap();
    }
}

/// Rows that statements have read, by index, and by table where none was used.
async fn rows_read(client: &Client) -> BTreeMap<String, i64> {
    // What this session has read itself.
    client.batch_execute("SELECT pg_stat_force_next_flush()").await.unwrap();
    let text = "SELECT indexrelname::text, idx_tup_read FROM pg_stat_user_indexes
                  WHERE schemaname = 'public'
                UNION ALL SELECT relname, seq_tup_read FROM pg_stat_user_tables
                  WHERE schemaname = 'public'";
    let rows = client.query(text, &[]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Ends the service, whose sessions tell what they read when they end, and compares.
async fn check(service: Service, client: &Client, before: &BTreeMap<String, i64>) {
    service.server.stop().await;
    assert_few_read(client, "conversation-state", before, ROWS_PER_ROUND).await;
}

/// Waits for a program's sessions to end, and compares.
async fn assert_few_read(
    client: &Client,
    program: &str,
    before: &BTreeMap<String, i64>,
    rows_per_round: i64,
) {
    assert_few_read_but(&[], client, program, before, rows_per_round).await;
}

/// The same, of all indexes but some: those that are read by the time, not by the calls.
async fn assert_few_read_but(
    indexes: &[&str],
    client: &Client,
    program: &str,
    before: &BTreeMap<String, i64>,
    rows_per_round: i64,
) {
    let others = "SELECT count(*) FROM pg_stat_activity
         WHERE datname = current_database() AND application_name = $1";
    while client.query_one(others, &[&program]).await.unwrap().get::<_, i64>(0) > 0 {
        tokio::task::yield_now().await;
    }
    let after = rows_read(client).await;
    let read: BTreeMap<&String, i64> =
        after.iter().map(|(index, rows)| (index, rows - before[index])).collect();
    let counts = |index: &str| !indexes.contains(&index);
    let read: BTreeMap<_, _> = read.into_iter().filter(|(index, _)| counts(index)).collect();
    let all: i64 = read.values().sum();
    assert!(all < ROUNDS * rows_per_round, "{all} rows in {ROUNDS} rounds: {read:#?}");
}
