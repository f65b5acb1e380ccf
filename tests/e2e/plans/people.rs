//! The same for what is told of people and settings: what was said before and what was set before
//! costs a page, however much of it there is.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, Policy, Service, ops};
use tokio_postgres::Client;

use super::sends::start;
use super::{ROUNDS, assert_few_read, rows_read};

/// Statements of one contact, contacts that said one thing, and versions of the policy.
const MANY: i64 = 20_000;
/// Rows that one round of calls may read: a hundred of a history, twice (of the index and of the
/// table where both are asked), and a few beside them.
const ROWS_PER_ROUND: i64 = 260;

const PROGRAM: &str = "messaging-policy";

#[tokio::test]
async fn statements_planned_over_an_empty_database_read_no_more_later() {
    let database = Database::policy().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let conversation = Service::start().await;
    let policy = start(&database, &conversation).await;
    calls(&policy, 0).await;
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
        calls(&policy, round).await;
    }
    policy.server.stop().await;
    assert_few_read(client, PROGRAM, &before, ROWS_PER_ROUND).await;
}

/// A tenant of whom one contact said much, under two ids, and which changed its policy often, among
/// others.
async fn fill(client: &Client, small_tenants: i64) {
    let text = format!(
        "CREATE TEMPORARY TABLE filling AS
           SELECT CASE WHEN i <= {MANY} THEN '{tenant}' ELSE 'tenant-' || i END AS tenant_id, i,
                  now() - i * interval '0.8 seconds' AS at
           FROM generate_series(1, {MANY} + {small_tenants}) i;
         INSERT INTO consents (tenant_id, contact_id, state, source, occurred_at, update_time)
           SELECT tenant_id, 'filled-' || i, 'OPTED_IN', '', at, at FROM filling;
         INSERT INTO consent_changes (tenant_id, contact_id, occurred_at, state, source, record_time)
           SELECT tenant_id, 'filled-' || i, at, 'OPTED_IN'::consent_state, '', at FROM filling
           UNION ALL SELECT tenant_id, 'much-' || i % 2, at, 'OPTED_OUT', '', at FROM filling;
         INSERT INTO contact_aliases (tenant_id, contact_id, main_id)
           SELECT tenant_id, 'further-' || i, 'filled-' || i FROM filling
           UNION ALL SELECT DISTINCT tenant_id, 'much-1', 'much-0' FROM filling;
         INSERT INTO policies (tenant_id, version, policy, create_time)
           SELECT tenant_id, 1000 + i, '{{}}', at FROM filling;",
        tenant = ops::TENANT,
    );
    client.batch_execute(&text).await.unwrap();
}

async fn calls(policy: &Policy, round: i64) {
    let mut admin = policy.clients.admin.clone();
    for contact in ["much-1".to_owned(), format!("filled-{round}"), format!("further-{round}")] {
        let contact_id = contact.clone();
        let request = pb::GetContactConsentRequest { tenant_id: ops::TENANT.into(), contact_id };
        let told = admin.get_contact_consent(request).await.unwrap().into_inner();
        let expected = if contact == "much-1" { 100 } else { 1 };
        assert!(round == 0 || told.history.len() == expected, "{contact}: {}", told.history.len());
    }
    admin.set_contact_consent(ops::opt_out(&format!("filled-{round}"))).await.unwrap();
    let page = pb::ListPolicyVersionsRequest {
        tenant_id: ops::TENANT.into(),
        page_size: 2,
        ..Default::default()
    };
    let told = admin.list_policy_versions(page.clone()).await.unwrap().into_inner();
    assert!(round == 0 || told.policies.len() == 2);
    let page = pb::ListPolicyVersionsRequest { page_token: told.next_page_token, ..page };
    admin.list_policy_versions(page).await.unwrap();
}
