//! What becomes of the conversation, and what callers are told of it.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::Service;
use chrono::TimeDelta;
use tonic::{Code, Status};
use uuid::Uuid;

use super::{erase, erasing};
use crate::identity::said;
use crate::support::{self, at_noon, batch_get, noon, told, write};

/// A conversation of `100`, `SA.1` and `200` that two others became, with all that one can hold.
/// Gives the ids of all three, its own first.
async fn full(service: &Service) -> [String; 3] {
    let channel = &service.clients.channel;
    let mut ids = Vec::new();
    for (minute, contact) in (0..).zip(["100", "SA.1", "200"]) {
        service.clock.set(noon() + TimeDelta::minutes(minute));
        let (began, _) =
            write(channel, said(contact, &format!("m-{contact}"), noon())).await.unwrap();
        let noted = pb::HandOffConversationRequest {
            note: "a note".into(),
            collected: [("city".into(), "Riyadh".into())].into(),
            request_id: Uuid::new_v4().into(),
            ..ops::hand_off(&began.conversation_id, "sales")
        };
        write(channel, noted).await.unwrap();
        ids.push(began.conversation_id);
    }
    write(channel, said("100 SA.1", "m-merge", noon())).await.unwrap();
    let named = said("SA.1 200", "m-again", noon());
    let named = pb::RecordInboundMessageRequest { contact_name: "Sara".into(), ..named };
    let (united, _) = write(channel, named).await.unwrap();
    assert_eq!((&united.conversation_id, &*united.contact_name), (&ids[0], "Sara"));
    ids.try_into().unwrap()
}

fn by_id(id: &str) -> pb::GetConversationRequest {
    pb::GetConversationRequest { contact: None, conversation_id: id.into(), ..ops::get("") }
}

#[track_caller]
fn assert_not_found<T: std::fmt::Debug>(answer: Result<T, Status>) {
    let not_found = (Code::NotFound, "CONVERSATION_NOT_FOUND".to_owned());
    assert_eq!(told(&answer.unwrap_err()), not_found);
}

#[tokio::test]
async fn any_of_the_ids_erases_the_person_and_who_writes_again_is_somebody_new() {
    for by in ["100", "SA.1", "200"] {
        let (service, dump) = at_noon().await;
        let channel = &service.clients.channel;
        write(channel, said("noor", "m-noor", noon())).await.unwrap();
        let before = dump.rows().await;
        let ids = full(&service).await;
        erase(&service.clients, by).await.unwrap();

        let mut client = service.clients.conversations.clone();
        for id in &ids {
            assert_not_found(client.get_conversation(by_id(id)).await);
            assert_not_found(client.list_conversation_events(ops::events(id)).await);
            assert_not_found(client.close_conversation(ops::close(id)).await);
            assert_not_found(client.get_send_context(support::send_context(id)).await);
        }
        let ids = ids.each_ref().map(String::as_str);
        let found = client.batch_get_conversations(batch_get(&ids)).await.unwrap().into_inner();
        assert_eq!((found.conversations.len(), found.not_found_ids.len()), (0, 3));
        for contact in ["100", "SA.1", "200"] {
            assert_not_found(client.get_conversation(ops::get(contact)).await);
        }
        // Nothing is left but the log, where it ends, and counters of nothing.
        let apart = |row: &&String| {
            !["events ", "tenants ", "tab_counts "].iter().any(|t| row.starts_with(t))
        };
        let after = dump.rows().await;
        assert!(before.iter().filter(apart).eq(after.iter().filter(apart)), "{by}: {after:#?}");
        let counts = client.get_tab_counts(ops::counts()).await.unwrap().into_inner();
        assert_eq!((counts.open, counts.awaiting_reply), (1, 1), "{by}");

        let (again, duplicate) = write(channel, said("SA.1", "m-again", noon())).await.unwrap();
        assert!(!duplicate && !ids.contains(&&*again.conversation_id), "{by}");
        assert_eq!((again.version, &*again.contact_name), (1, ""), "{by}");
        assert_eq!((again.contact_aliases.len(), again.collected.len()), (0, 0), "{by}");
    }
}

#[tokio::test]
async fn whom_nobody_knows_is_no_mistake() {
    let (service, dump) = at_noon().await;
    let before = dump.rows().await;
    erase(&service.clients, "nobody").await.unwrap();
    assert_eq!(dump.rows().await, before);
    write(&service.clients.channel, said("100", "m1", noon())).await.unwrap();
    let before = dump.rows().await;
    erase(&service.clients, "nobody").await.unwrap();
    let contact = Some(pb::ContactRef { channel_id: "other".into(), contact_id: "100".into() });
    let elsewhere = pb::EraseContactRequest { contact, ..erasing("") };
    service.clients.conversations.clone().erase_contact(elsewhere).await.unwrap();
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn a_request_that_erased_erases_nobody_who_came_since() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    let reused = (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned());
    let mut client = service.clients.conversations.clone();
    // Also where there was nobody to erase.
    for first in [true, false] {
        let id = Uuid::new_v4().to_string();
        let request = pb::EraseContactRequest { request_id: id, ..erasing("100") };
        if first {
            write(channel, said("100", "m1", noon())).await.unwrap();
        }
        client.erase_contact(request.clone()).await.unwrap();
        let before = dump.rows().await;
        client.erase_contact(request.clone()).await.unwrap();
        assert_eq!(dump.rows().await, before, "nothing happens twice");
        let (came, _) = write(channel, said("100", "m2", noon())).await.unwrap();
        let before = dump.rows().await;
        let status = client.erase_contact(request.clone()).await.unwrap_err();
        assert_eq!(told(&status), reused);
        assert_eq!(dump.rows().await, before);
        client.get_conversation(by_id(&came.conversation_id)).await.unwrap();

        service.clock.set(noon() + TimeDelta::days(8) + TimeDelta::microseconds(1));
        client.erase_contact(request).await.unwrap();
        assert_not_found(client.get_conversation(ops::get("100")).await);
        service.clock.set(noon());
    }
}

#[tokio::test]
async fn what_was_asked_of_it_is_not_repeated() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (began, _) = write(channel, said("100", "m1", noon())).await.unwrap();
    let request_id = Uuid::new_v4().to_string();
    let close = pb::CloseConversationRequest { request_id, ..ops::close(&began.conversation_id) };
    write(channel, close.clone()).await.unwrap();
    erase(&service.clients, "100").await.unwrap();
    assert_not_found(write(channel, close.clone()).await);
    // It is an id as any other now.
    let (again, _) = write(channel, said("100", "m1", noon())).await.unwrap();
    let conversation_id = again.conversation_id;
    let close = pb::CloseConversationRequest { conversation_id, ..close };
    let (closed, _) = write(channel, close).await.unwrap();
    assert_eq!(closed.state(), pb::ConversationState::Closed);
}
