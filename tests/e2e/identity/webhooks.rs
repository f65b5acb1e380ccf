//! Ids as webhooks tell them.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::Service;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{events, ids, of_contact, said, types};
use crate::support::{at_noon, noon, write};

/// One message, with the contact that came along.
fn message(id: &str, members: &Value, contact: &Value) -> Vec<u8> {
    let mut message =
        json!({"id": id, "timestamp": noon().timestamp().to_string(), "type": "text"});
    for (key, value) in members.as_object().unwrap() {
        message[key] = value.clone();
    }
    let value = json!({"metadata": {"phone_number_id": ops::CHANNEL}, "contacts": contact,
        "messages": [message]});
    json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]}).to_string().into()
}

/// The notice that a customer has a new number.
fn new_number(id: &str, old: &str, new: &str) -> Vec<u8> {
    let system = json!({"type": "user_changed_number", "wa_id": new});
    message(id, &json!({"from": old, "type": "system", "system": system}), &json!([]))
}

async fn ingest(service: &Service, body: Vec<u8>) -> pb::IngestResult {
    let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body };
    let mut client = service.clients.conversations.clone();
    client.ingest_webhook(request).await.unwrap().into_inner().results.remove(0)
}

#[tokio::test]
async fn a_number_and_a_user_id_are_one_person() {
    let (service, _) = at_noon().await;
    let body =
        message("m1", &json!({"from": "100"}), &json!([{"wa_id": "100", "user_id": "SA.1"}]));
    ingest(&service, body).await;
    let conversation = of_contact(&service, "SA.1").await;
    assert_eq!(ids(&conversation), "100: SA.1");
    // Without the number, as from people with a username.
    let body = message("m2", &json!({"from_user_id": "SA.1"}), &json!([{"user_id": "SA.1"}]));
    let result = ingest(&service, body).await;
    assert_eq!(result.conversation_id, conversation.conversation_id);
}

#[tokio::test]
async fn a_new_number_is_the_same_persons() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (first, _) = write(channel, said("100 SA.1", "m1", noon())).await.unwrap();
    let result = ingest(&service, new_number("n1", "100", "200")).await;
    assert_eq!(result.outcome(), pb::IngestOutcome::Applied);
    assert_eq!(result.conversation_id, first.conversation_id);
    assert_eq!(ids(&of_contact(&service, "200").await), "100: 200 SA.1");
    let log = events(&service, &first.conversation_id).await;
    assert_eq!(types(&log), ["CREATED", "ALIAS_ADDED"]);

    for again in [new_number("n1", "100", "200"), new_number("n2", "100", "200")] {
        let result = ingest(&service, again).await;
        assert_eq!(result.outcome(), pb::IngestOutcome::Duplicate);
        assert_eq!(result.conversation_id, first.conversation_id);
    }
    assert_eq!(events(&service, &first.conversation_id).await.len(), 2);
}

#[tokio::test]
async fn a_new_number_with_a_conversation_of_its_own() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (first, _) = write(channel, said("100 SA.1", "m1", noon())).await.unwrap();
    service.clock.set(noon() + TimeDelta::minutes(1));
    write(channel, said("200", "m2", noon())).await.unwrap();
    ingest(&service, new_number("n1", "100", "200")).await;
    let united = of_contact(&service, "200").await;
    assert_eq!(united.conversation_id, first.conversation_id);
    let log = events(&service, &united.conversation_id).await;
    assert_eq!(types(&log), ["CREATED", "CREATED", "CONVERSATION_MERGED"]);
}

#[tokio::test]
async fn a_new_number_that_was_somebody_elses() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    write(channel, said("100 SA.1", "m1", noon())).await.unwrap();
    write(channel, said("200 SA.2", "m2", noon())).await.unwrap();
    ingest(&service, new_number("n1", "100", "200")).await;
    assert_eq!(ids(&of_contact(&service, "200").await), "100: 200 SA.1");
    assert_eq!(ids(&of_contact(&service, "SA.2").await), "SA.2: ");
}

#[tokio::test]
async fn a_notice_about_nobody_changes_nothing() {
    let (service, dump) = at_noon().await;
    let held = dump.rows().await;
    let result = ingest(&service, new_number("n1", "100", "200")).await;
    assert_eq!(result.outcome(), pb::IngestOutcome::Skipped);
    assert_eq!(result.reason, "UNKNOWN_CONTACT");
    assert_eq!(dump.rows().await, held);
}
