//! The same for what webhooks tell: of all that was ever told, what is about the same subject is read,
//! and of limits no more than there are of them.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::now;
use azeer_tests::{Database, Policy, Service, ops};
use serde_json::{Value, json};
use tokio_postgres::Client;

use super::sends::start;
use super::{ROUNDS, assert_few_read, rows_read};

/// Subjects of which something was told.
const MANY: i64 = 20_000;
/// Rows that one round of three bodies may read, settings included.
const ROWS_PER_ROUND: i64 = 60;

const PROGRAM: &str = "messaging-policy";

#[tokio::test]
async fn statements_planned_over_an_empty_database_read_no_more_later() {
    let database = Database::policy().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let conversation = Service::start().await;
    let policy = start(&database, &conversation).await;
    bodies(&policy, 0).await;
    fill(&client, 0).await;
    compare(policy, &client).await;
}

#[tokio::test]
async fn statements_planned_among_many_small_tenants_read_no_more_of_a_big_one() {
    let database = Database::policy().await;
    let client = database.connect().await;
    let conversation = Service::start().await;
    fill(&client, 10_000).await;
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    compare(start(&database, &conversation).await, &client).await;
}

async fn compare(policy: Policy, client: &Client) {
    let before = rows_read(client).await;
    for round in 1..=ROUNDS {
        bodies(&policy, round).await;
    }
    policy.server.stop().await;
    assert_few_read(client, PROGRAM, &before, ROWS_PER_ROUND).await;
}

/// A tenant whose many templates were told of, among others.
async fn fill(client: &Client, small_tenants: i64) {
    let text = format!(
        "INSERT INTO learned (tenant_id, subject, told_at, digests, fact)
           SELECT CASE WHEN i <= {MANY} THEN '{tenant}' ELSE 'tenant-' || i END,
                  'template-quality/waba/en/filled_' || i, now() - interval '1 day', '{{}}',
                  '{{\"TemplateQuality\": {{\"quality\": \"RED\", \"template\": {{\"waba_id\": \"waba\",
                     \"name\": \"filled\", \"language\": \"en\"}}}}}}'
           FROM generate_series(1, {MANY} + {small_tenants}) i ON CONFLICT DO NOTHING",
        tenant = ops::TENANT,
    );
    client.batch_execute(&text).await.unwrap();
}

/// A score of a template, a limit, and a message.
async fn bodies(policy: &Policy, round: i64) {
    let template = json!({
        "message_template_name": format!("filled_{}", round + 1),
        "message_template_language": "en", "new_quality_score": "GREEN",
    });
    let limit = json!({"max_daily_conversations_per_business": round + 1});
    let message = json!({
        "metadata": {"phone_number_id": ops::CHANNEL},
        "messages": [{
            "from": "966500000001", "id": "wamid.in", "timestamp": now().timestamp(),
            "type": "text", "text": {"body": "hello"},
        }],
    });
    for (field, value) in [
        ("message_template_quality_update", template),
        ("business_capability_update", limit),
        ("messages", message),
    ] {
        ingest(policy, &json!({"field": field, "value": value})).await;
    }
}

async fn ingest(policy: &Policy, change: &Value) {
    let body = json!({"entry": [{"id": "waba", "changes": [change]}]}).to_string().into_bytes();
    let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body };
    policy.clients.sends.clone().ingest_webhook(request).await.unwrap();
}
