//! The log: every write and every expiry once, in order, without a gap.

mod expiries;

use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at, time, timestamp};
use azeer_tests::{Clients, ops};
use chrono::TimeDelta;
use pb::ConversationEventType as Type;

use crate::inbox::{Inbox, channel, set_up};

const NOON: &str = "2026-03-01T12:00:00Z";

async fn events(clients: &Clients, conversation: &str) -> Vec<pb::ConversationEvent> {
    let request = ops::events(conversation);
    let page = clients.conversations.clone().list_conversation_events(request).await.unwrap();
    page.into_inner().events
}

fn types(events: &[pb::ConversationEvent]) -> Vec<Type> {
    events.iter().map(pb::ConversationEvent::r#type).collect()
}

/// What holds for the events of one conversation, oldest first.
fn check_chain(events: &[pb::ConversationEvent]) {
    assert_eq!(events[0].r#type(), Type::Created);
    assert_eq!(events[0].from_state(), pb::ConversationState::Unspecified);
    assert_eq!(events[0].version, 1);
    for pair in events.windows(2) {
        let [before, after] = pair else { unreachable!() };
        let told = format!("{before:?} then {after:?}");
        assert!(before.revision < after.revision, "{told}");
        assert_eq!(before.to_state(), after.from_state(), "{told}");
        let writes = i64::from(after.r#type() != Type::Expired);
        assert_eq!(after.version, before.version + writes, "{told}");
        let epoch = |event: &pb::ConversationEvent| event.handler.as_ref().unwrap().epoch;
        assert!(epoch(after) - epoch(before) <= 1 && epoch(after) >= epoch(before), "{told}");
    }
}

#[tokio::test]
async fn a_tenants_revisions_have_no_gap_and_states_chain() {
    let inbox = Inbox::new().await;
    let clients = &inbox.service.clients;
    let mut client = clients.conversations.clone();
    // Another tenant's writes take no revision of this one's.
    let elsewhere = |n: i32| pb::RecordInboundMessageRequest {
        tenant_id: "elsewhere".into(),
        ..ops::inbound("ali", &format!("elsewhere-{n}"), inbox.noon)
    };
    for hours in 1..=8 {
        inbox.service.clock.set(inbox.noon + TimeDelta::hours(hours));
        if hours % 2 == 0 {
            inbox.announce().await;
        }
        for (n, conversation) in inbox.conversations().await.into_iter().enumerate() {
            if n % 3 == usize::try_from(hours % 3).unwrap() {
                let said = pb::RecordInboundMessageRequest {
                    channel_id: conversation.channel_id,
                    ..ops::inbound(&conversation.contact_id, &format!("{hours}-{n}"), inbox.noon)
                };
                client.record_inbound_message(said).await.unwrap();
            }
        }
        client.record_inbound_message(elsewhere(i32::try_from(hours).unwrap())).await.unwrap();
    }

    let mut log = Vec::new();
    for conversation in inbox.conversations().await {
        let events = events(clients, &conversation.conversation_id).await;
        check_chain(&events);
        let last = events.last().unwrap();
        assert_eq!((last.version, &last.handler), (conversation.version, &conversation.handler));
        log.extend(events);
    }
    log.sort_by_key(|event| event.revision);
    let length = i64::try_from(log.len()).unwrap();
    assert!(log.iter().map(|event| event.revision).eq(1..=length), "no gap, no repetition");
    let recorded = |event: &pb::ConversationEvent| time(event.recorded_at.unwrap());
    assert!(log.is_sorted_by_key(recorded), "in the order of time");
    let expired = types(&log).into_iter().filter(|&event| event == Type::Expired).count();
    assert!(expired > 5, "{expired} expiries on the way");
}

#[tokio::test]
async fn pages_of_events_join_without_a_gap() {
    let service = Service::at(at(NOON)).await;
    let mut client = service.clients.conversations.clone();
    for n in 0..15 {
        for contact in ["ali", "badr"] {
            let said = ops::inbound(contact, &format!("{contact}-{n}"), at(NOON));
            client.record_inbound_message(said).await.unwrap();
        }
    }
    let id = async |contact: &str| {
        let got = client.clone().get_conversation(ops::get(contact)).await.unwrap().into_inner();
        got.conversation.unwrap().conversation_id
    };
    let (ali, badr) = (id("ali").await, id("badr").await);
    let all = events(&service.clients, &ali).await;
    for page_size in [1, 2, 7, 15, 16] {
        let mut request = pb::ListConversationEventsRequest { page_size, ..ops::events(&ali) };
        let mut found = Vec::new();
        loop {
            let page = client.list_conversation_events(request.clone()).await.unwrap().into_inner();
            found.extend(page.events);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
            let conversation_id = badr.clone();
            let wrong = pb::ListConversationEventsRequest { conversation_id, ..request.clone() };
            let refused = client.list_conversation_events(wrong).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument, "a token of another's");
        }
        assert_eq!(found, all, "{page_size}");
    }

    // What happens between two pages is on the second.
    let first = pb::ListConversationEventsRequest { page_size: 14, ..ops::events(&ali) };
    let page = client.list_conversation_events(first.clone()).await.unwrap().into_inner();
    client.record_inbound_message(ops::inbound("ali", "between", at(NOON))).await.unwrap();
    let second = pb::ListConversationEventsRequest { page_token: page.next_page_token, ..first };
    let page = client.list_conversation_events(second).await.unwrap().into_inner();
    assert_eq!(page.events.len(), 2);
}

#[tokio::test]
async fn an_event_tells_who_did_what_and_why() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    set_up(&service.clients, pb::Channel { bot_enabled: Some(true), ..channel(ops::CHANNEL) })
        .await;
    let written = noon - TimeDelta::minutes(3);
    let said = client.record_inbound_message(ops::inbound("ali", "m1", written)).await.unwrap();
    let id = said.into_inner().conversation.unwrap().conversation_id;
    let note = || "اتصل قبل الإرسال".to_owned();
    let hand_off = pb::HandOffConversationRequest { note: note(), ..ops::hand_off(&id, "sales") };
    client.hand_off_conversation(hand_off).await.unwrap();
    let close = pb::CloseConversationRequest {
        note: "done".into(),
        reason: pb::CloseReason::OrderCompleted.into(),
        ..ops::close(&id)
    };
    client.close_conversation(close).await.unwrap();
    let reopen = pb::ReopenConversationRequest {
        actor: ops::system(),
        note: "x".repeat(2000),
        ..ops::reopen(&id)
    };
    client.reopen_conversation(reopen).await.unwrap();

    let events = events(&service.clients, &id).await;
    let (agent, customer, system) =
        (common::ActorKind::Agent, common::ActorKind::Customer, common::ActorKind::System);
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let actor = event.actor.as_ref().unwrap();
            let told = (event.r#type(), actor.kind(), actor.id.as_str(), event.reason.as_str());
            (told, event.note.clone(), time(event.occurred_at.unwrap()))
        })
        .collect();
    let expected = [
        ((Type::Created, customer, "", "MESSAGE"), String::new(), written),
        ((Type::HandedOff, agent, "sara", ""), note(), noon),
        ((Type::Closed, agent, "sara", "ORDER_COMPLETED"), "done".into(), noon),
        ((Type::Reopened, system, "", ""), "x".repeat(2000), noon),
    ];
    assert_eq!(told, expected);
    assert!(events.iter().all(|event| event.recorded_at == timestamp(noon)));
}

#[tokio::test]
async fn out_of_turn_is_what_was_sent_with_an_old_epoch_or_to_a_closed_conversation() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    set_up(&service.clients, pb::Channel { bot_enabled: Some(true), ..channel(ops::CHANNEL) })
        .await;
    let said = client.record_inbound_message(ops::inbound("ali", "m1", noon)).await.unwrap();
    let id = said.into_inner().conversation.unwrap().conversation_id;
    let send = async |message: &str, handler_epoch| {
        let message = message.replace(' ', "-");
        let sent = pb::RecordOutboundMessageRequest {
            sender: ops::bot(),
            handler_epoch,
            ..ops::outbound("ali", &message, noon)
        };
        client.clone().record_outbound_message(sent).await.unwrap();
        let events = events(&service.clients, &id).await;
        let told = events.last().unwrap();
        assert_eq!(told.r#type(), Type::OutboundRecorded, "it is recorded all the same");
        told.out_of_turn
    };
    assert!(!send("current", 1).await);
    assert!(!send("not told", 0).await);
    client.clone().hand_off_conversation(ops::hand_off(&id, "sales")).await.unwrap();
    assert!(send("old", 1).await);
    assert!(!send("new", 2).await);
    client.clone().close_conversation(ops::close(&id)).await.unwrap();
    assert!(send("to a closed one", 2).await);
    assert!(send("to a closed one, epoch not told", 0).await);
    client.clone().reopen_conversation(ops::reopen(&id)).await.unwrap();
    assert!(!send("reopened", 2).await);
}
