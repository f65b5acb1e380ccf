//! A message id seen before changes nothing, wherever it comes again.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use chrono::TimeDelta;
use futures::future::join_all;
use uuid::Uuid;

use super::current;
use crate::support::{at_noon, noon, write};

/// Inbound messages of that id: repeated, or told in another way.
fn inbound_again(id: &str) -> Vec<pb::RecordInboundMessageRequest> {
    let again = ops::inbound("ali", id, noon());
    vec![
        again.clone(),
        ops::inbound("noor", id, noon()),
        ops::inbound("ali", id, noon() + TimeDelta::seconds(1)),
        ops::inbound("ali", id, noon() - TimeDelta::days(1)),
        pb::RecordInboundMessageRequest { channel_id: "another".into(), ..again.clone() },
        pb::RecordInboundMessageRequest { kind: pb::InboundKind::Call.into(), ..again.clone() },
        pb::RecordInboundMessageRequest { contact_name: "Ali".into(), ..again },
    ]
}

/// Outbound messages of that id, also where there is no conversation.
fn outbound_again(id: &str, conversation: &str) -> Vec<pb::RecordOutboundMessageRequest> {
    let by_id = |conversation: &str| pb::RecordOutboundMessageRequest {
        contact: None,
        conversation_id: conversation.into(),
        ..ops::outbound("", id, noon())
    };
    let nowhere = by_id(&Uuid::nil().to_string());
    let ali = ops::outbound("ali", id, noon());
    vec![
        by_id(conversation),
        nowhere,
        ops::outbound("noor", id, noon()),
        pb::RecordOutboundMessageRequest { sender: ops::bot(), handler_epoch: 9, ..ali.clone() },
        ali,
    ]
}

#[tokio::test]
async fn a_message_seen_before_changes_nothing() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    let (first, duplicate) = write(channel, ops::inbound("ali", "in", noon())).await.unwrap();
    assert!(!duplicate);
    let (_, duplicate) = write(channel, ops::outbound("ali", "out", noon())).await.unwrap();
    assert!(!duplicate);
    write(channel, ops::close(&first.conversation_id)).await.unwrap();

    let held = dump.rows().await;
    let now = current(&service).await;
    for id in ["in", "out"] {
        for again in inbound_again(id) {
            assert_eq!(
                write(channel, again.clone()).await.unwrap(),
                (now.clone(), true),
                "{again:?}"
            );
        }
        for again in outbound_again(id, &first.conversation_id) {
            assert_eq!(
                write(channel, again.clone()).await.unwrap(),
                (now.clone(), true),
                "{again:?}"
            );
        }
    }
    assert_eq!(dump.rows().await, held);

    let other = pb::RecordInboundMessageRequest {
        tenant_id: "other".into(),
        ..ops::inbound("ali", "in", noon())
    };
    assert!(!write(channel, other).await.unwrap().1, "another tenant's messages are its own");
}

#[tokio::test]
async fn one_message_told_of_many_contacts_at_once_is_recorded_once() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    let told = (0..100).map(|i| {
        let contact = format!("contact-{}", i % 10);
        async move {
            if i % 2 == 0 {
                write(channel, ops::inbound(&contact, "m", noon())).await.unwrap()
            } else {
                write(channel, ops::outbound(&contact, "m", noon())).await.unwrap()
            }
        }
    });
    let answers = join_all(told).await;
    assert_eq!(answers.iter().filter(|(_, duplicate)| !duplicate).count(), 1);
    assert!(answers.iter().all(|(conversation, _)| *conversation == answers[0].0));
    let rows = dump.rows().await;
    let of = |table: &str| rows.iter().filter(|row| row.starts_with(table)).count();
    assert_eq!((of("conversations "), of("messages "), of("events ")), (1, 1, 1));
}
