//! One person is one conversation, whatever ids they come with.

pub(crate) mod crowd;
mod watching;
mod webhooks;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::Service;
use chrono::TimeDelta;
use conversation_state_core::Time;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::support::{self, at_noon, batch_get, noon, send_context, told, write};

/// A customer's message with all ids that came along, the first of which names the contact.
pub(crate) fn said(ids: &str, message: &str, at: Time) -> pb::RecordInboundMessageRequest {
    let mut ids = ids.split(' ').map(str::to_owned);
    let contact = ids.next().unwrap();
    let contact_aliases = ids.collect();
    pb::RecordInboundMessageRequest { contact_aliases, ..ops::inbound(&contact, message, at) }
}

async fn get(
    service: &Service,
    request: pb::GetConversationRequest,
) -> Result<pb::Conversation, Status> {
    let got = service.clients.conversations.clone().get_conversation(request).await?;
    Ok(got.into_inner().conversation.unwrap())
}

async fn of_contact(service: &Service, contact: &str) -> pb::Conversation {
    get(service, ops::get(contact)).await.unwrap()
}

fn by_id(id: &str) -> pb::GetConversationRequest {
    pb::GetConversationRequest { contact: None, conversation_id: id.into(), ..ops::get("") }
}

async fn events(service: &Service, id: &str) -> Vec<pb::ConversationEvent> {
    let mut client = service.clients.conversations.clone();
    client.list_conversation_events(ops::events(id)).await.unwrap().into_inner().events
}

fn types(events: &[pb::ConversationEvent]) -> Vec<&'static str> {
    let prefix = "CONVERSATION_EVENT_TYPE_";
    events.iter().map(|e| e.r#type().as_str_name().strip_prefix(prefix).unwrap()).collect()
}

/// `contact: aliases` of a conversation.
fn ids(conversation: &pb::Conversation) -> String {
    format!("{}: {}", conversation.contact_id, conversation.contact_aliases.join(" "))
}

#[tokio::test]
async fn any_of_the_ids_finds_the_conversation() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (first, _) = write(channel, said("100 SA.1", "m1", noon())).await.unwrap();
    assert_eq!(ids(&first), "100: SA.1");
    let (more, _) = write(channel, said("SA.1 200", "m2", noon())).await.unwrap();
    assert_eq!(ids(&more), "100: 200 SA.1");
    for id in ["100", "SA.1", "200"] {
        assert_eq!(of_contact(&service, id).await, more, "{id}");
        let context = pb::GetSendContextRequest {
            tenant_id: ops::TENANT.into(),
            contact: ops::contact_ref(id),
            inbound_message_ids: vec!["m1".into(), "m2".into()],
            ..Default::default()
        };
        let mut client = service.clients.conversations.clone();
        let context = client.get_send_context(context).await.unwrap().into_inner();
        assert_eq!((context.version, context.inbound_messages.len()), (2, 2), "{id}");
    }
    let (answered, _) = write(channel, ops::outbound("SA.1", "m3", noon())).await.unwrap();
    assert_eq!((answered.conversation_id, answered.version), (first.conversation_id, 3));
    // On another channel the ids are nobody's yet.
    let elsewhere = pb::RecordInboundMessageRequest {
        channel_id: "other".into(),
        ..said("SA.1", "m4", noon())
    };
    assert_eq!(write(channel, elsewhere).await.unwrap().0.version, 1);
}

#[tokio::test]
async fn a_repeated_message_tells_no_ids() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    write(channel, said("100", "m1", noon())).await.unwrap();
    let held = dump.rows().await;
    let (_, duplicate) = write(channel, said("100 SA.1", "m1", noon())).await.unwrap();
    assert!(duplicate);
    assert_eq!(dump.rows().await, held);
}

#[tokio::test]
async fn two_conversations_of_one_person_become_the_older() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (older, _) = write(channel, said("100", "m1", noon())).await.unwrap();
    service.clock.set(noon() + TimeDelta::minutes(1));
    let (newer, _) = write(channel, said("SA.1", "m2", noon())).await.unwrap();
    let assigned = support::assign(&newer.conversation_id, "omar");
    let request_id = Uuid::new_v4().to_string();
    let assigned = pb::AssignConversationRequest { request_id, ..assigned };
    let (of_omar, _) = write(channel, assigned.clone()).await.unwrap();

    let at = noon() + TimeDelta::minutes(2);
    service.clock.set(at);
    let (united, duplicate) = write(channel, said("100 SA.1", "m3", at)).await.unwrap();
    assert!(!duplicate);
    assert_eq!(united.conversation_id, older.conversation_id);
    assert_eq!(ids(&united), "100: SA.1");
    assert_eq!(united.version, of_omar.version + 1);
    let handler = united.handler.clone().unwrap();
    assert_eq!((handler.agent_id.as_str(), handler.epoch), ("omar", 3));

    // The other's id, messages and requests lead to it.
    let gone = &newer.conversation_id;
    assert_eq!(get(&service, by_id(gone)).await.unwrap(), united);
    assert_eq!(of_contact(&service, "SA.1").await, united);
    let both = batch_get(&[gone, &older.conversation_id]);
    let mut client = service.clients.conversations.clone();
    let both = client.batch_get_conversations(both).await.unwrap().into_inner();
    assert_eq!((both.conversations, both.not_found_ids.len()), (vec![united.clone()], 0));
    let seen = write(channel, ops::inbound("SA.1", "m2", noon())).await.unwrap();
    assert_eq!(seen, (united.clone(), true));
    assert_eq!(write(channel, assigned).await.unwrap(), (united.clone(), false));
    let context = pb::GetSendContextRequest {
        inbound_message_ids: ["m1", "m2", "m3"].map(Into::into).to_vec(),
        ..send_context(gone)
    };
    let context = client.get_send_context(context).await.unwrap().into_inner();
    assert_eq!((context.version, context.inbound_messages.len()), (united.version, 3));

    // Its log is both logs, by revision.
    let log = events(&service, &older.conversation_id).await;
    assert_eq!(types(&log), ["CREATED", "CREATED", "ASSIGNED", "CONVERSATION_MERGED"]);
    assert!(log.iter().map(|event| event.revision).eq(1..=4));
    assert_eq!(log[3].merged_conversation_ids, std::slice::from_ref(gone));
    assert_eq!((log[3].reason.as_str(), log[3].version), ("MESSAGE", united.version));
    assert_eq!(events(&service, gone).await, log);

    // Commands by the other's id are about it, and there is one of it in the tabs.
    let (closed, _) = write(channel, ops::close(gone)).await.unwrap();
    assert_eq!(
        (closed.conversation_id, closed.version),
        (united.conversation_id, united.version + 1)
    );
    let counts = client.get_tab_counts(ops::counts()).await.unwrap().into_inner();
    assert_eq!((counts.open, counts.closed, counts.awaiting_reply), (0, 1, 0));
    let page = client.list_conversations(ops::list(pb::Tab::All)).await.unwrap().into_inner();
    assert_eq!(page.conversations.len(), 1);
}

#[tokio::test]
async fn what_was_merged_twice_leads_to_the_last() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let mut begun = Vec::new();
    for (minute, contact) in (0..).zip(["SA.1", "100", "200"]) {
        service.clock.set(noon() + TimeDelta::minutes(minute));
        let said = said(contact, contact, noon());
        begun.push(write(channel, said).await.unwrap().0.conversation_id);
    }
    write(channel, said("100 200", "m1", noon())).await.unwrap();
    let (united, _) = write(channel, said("SA.1 100", "m2", noon())).await.unwrap();
    assert_eq!(united.conversation_id, begun[0]);
    assert_eq!(ids(&united), "SA.1: 100 200");
    for id in &begun {
        assert_eq!(get(&service, by_id(id)).await.unwrap(), united);
        assert_eq!(events(&service, id).await.len(), 5);
    }
}

#[tokio::test]
async fn three_become_one_at_once() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    for (minute, contact) in (0..).zip(["100", "200", "SA.1"]) {
        service.clock.set(noon() + TimeDelta::minutes(minute));
        write(channel, said(contact, contact, noon())).await.unwrap();
    }
    let (united, _) = write(channel, said("200 100 SA.1", "m1", noon())).await.unwrap();
    assert_eq!(ids(&united), "100: 200 SA.1");
    let log = events(&service, &united.conversation_id).await;
    assert_eq!(types(&log), ["CREATED", "CREATED", "CREATED", "CONVERSATION_MERGED"]);
    assert_eq!(log[3].merged_conversation_ids.len(), 2);
}

#[tokio::test]
async fn a_recycled_number_is_its_new_owners() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (before, _) = write(channel, said("100 SA.1", "m1", noon())).await.unwrap();
    let (new, _) = write(channel, said("100 SA.2", "m2", noon())).await.unwrap();
    assert_ne!(new.conversation_id, before.conversation_id);
    assert_eq!(ids(&new), "SA.2: 100");
    assert_eq!(of_contact(&service, "100").await, new);
    let old = of_contact(&service, "SA.1").await;
    assert_eq!((ids(&old).as_str(), old.version), ("SA.1: ", 2));
    assert_eq!(old.conversation_id, before.conversation_id);
    let log = events(&service, &old.conversation_id).await;
    assert_eq!(types(&log), ["CREATED", "ALIAS_REMOVED"]);

    // And once more, to somebody who is known; then alone: it is the last one's who had it.
    write(channel, said("SA.3", "m3", noon())).await.unwrap();
    let (third, _) = write(channel, said("100 SA.3", "m4", noon())).await.unwrap();
    assert_eq!(ids(&third), "SA.3: 100");
    assert_eq!(ids(&of_contact(&service, "SA.2").await), "SA.2: ");
    let (same, _) = write(channel, said("100", "m5", noon())).await.unwrap();
    assert_eq!(same.conversation_id, third.conversation_id);
}

#[tokio::test]
async fn an_expiry_of_what_is_merged_is_told_first() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (one, _) = write(channel, said("100", "m1", noon())).await.unwrap();
    write(channel, said("SA.1", "m2", noon())).await.unwrap();
    let later = noon() + TimeDelta::hours(25);
    service.clock.set(later);
    let (united, _) = write(channel, said("100 SA.1", "m3", later)).await.unwrap();
    assert_eq!(united.state(), pb::ConversationState::Open);
    let log = events(&service, &one.conversation_id).await;
    let expected = ["CREATED", "CREATED", "EXPIRED", "EXPIRED", "CONVERSATION_MERGED"];
    assert_eq!(types(&log), expected);
    assert_ne!(log[2].conversation_id, log[3].conversation_id);
}

#[tokio::test]
async fn an_etag_of_what_was_merged_holds_no_more() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    write(channel, said("100", "m1", noon())).await.unwrap();
    let (gone, _) = write(channel, said("SA.1", "m2", noon())).await.unwrap();
    write(channel, said("100 SA.1", "m3", noon())).await.unwrap();
    let close =
        pb::CloseConversationRequest { etag: gone.etag, ..ops::close(&gone.conversation_id) };
    let refused = write(channel, close).await.unwrap_err();
    assert_eq!(told(&refused), (Code::Aborted, "ETAG_MISMATCH".into()));
}
