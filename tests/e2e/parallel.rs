//! Many callers at once, over two processes on one database.

use std::collections::BTreeSet;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::{Database, Replica, ops, service};
use futures::future::join_all;

use crate::PROGRAM;

async fn two_replicas() -> (Database, [Replica; 2]) {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    (database, replicas)
}

#[tokio::test]
async fn two_hundred_first_messages_make_one_conversation() {
    let (_database, replicas) = two_replicas().await;
    let now = service::now();
    let writes = (0..200).map(|i| {
        let mut client = replicas[i % 2].clients.conversations.clone();
        async move {
            let said = ops::inbound("ali", &format!("m{i}"), now);
            client.record_inbound_message(said).await.unwrap().into_inner()
        }
    });
    let answers = join_all(writes).await;

    assert!(answers.iter().all(|answer| !answer.duplicate));
    let conversations: Vec<_> = answers.into_iter().map(|a| a.conversation.unwrap()).collect();
    let ids: BTreeSet<_> = conversations.iter().map(|c| c.conversation_id.clone()).collect();
    assert_eq!(ids.len(), 1);
    let versions: BTreeSet<_> = conversations.iter().map(|c| c.version).collect();
    assert!(versions.into_iter().eq(1..=200), "each write has a version of its own");

    let mut client = replicas[0].clients.conversations.clone();
    let id = ids.first().unwrap();
    let events = client.list_conversation_events(ops::events(id)).await.unwrap().into_inner();
    let revisions: Vec<_> = events.events.iter().map(|event| event.revision).collect();
    assert!(revisions.into_iter().eq(1..=200), "revisions without a gap");
    let counts = client.get_tab_counts(ops::counts()).await.unwrap().into_inner();
    assert_eq!((counts.open, counts.awaiting_reply), (1, 1));
}

#[tokio::test]
async fn one_body_ingested_a_hundred_times_is_recorded_once() {
    let (_database, replicas) = two_replicas().await;
    let sent = service::now().timestamp();
    let body = format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages",
        "value":{{"metadata":{{"phone_number_id":"main"}},"contacts":[{{"wa_id":"ali"}}],"messages":[
        {{"from":"ali","id":"m1","timestamp":"{sent}","type":"text","text":{{"body":"hello"}}}},
        {{"from":"ali","id":"m2","timestamp":"{sent}","type":"text","text":{{"body":"again"}}}}]}}}}]}}]}}"#
    );
    let ingests = (0..100).map(|i| {
        let mut client = replicas[i % 2].clients.conversations.clone();
        let body = body.clone().into_bytes();
        async move {
            let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body };
            client.ingest_webhook(request).await.unwrap().into_inner().results
        }
    });
    let results: Vec<_> = join_all(ingests).await.into_iter().flatten().collect();

    let outcomes = |wanted| results.iter().filter(|r| r.outcome() == wanted).count();
    assert_eq!(outcomes(pb::IngestOutcome::Applied), 2);
    assert_eq!(outcomes(pb::IngestOutcome::Duplicate), 198);
    let mut client = replicas[0].clients.conversations.clone();
    let conversation = client.get_conversation(ops::get("ali")).await.unwrap().into_inner();
    assert_eq!(conversation.conversation.unwrap().version, 2);
}
