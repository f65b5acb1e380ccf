//! The facts about many sends at once, over tenants: each answered at its place, from one
//! snapshot.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, time, timestamp};
use azeer_tests::{Database, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use tonic::Code;
use uuid::Uuid;

use crate::support::{self, at_noon, bad_fields, noon, send_context, send_contexts, told, write};

const OTHER: &str = "other";

/// The facts about a contact of the main channel.
fn of_contact(contact: &str) -> pb::GetSendContextRequest {
    pb::GetSendContextRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(contact),
        ..Default::default()
    }
}

fn verifying(request: pb::GetSendContextRequest, messages: &[&str]) -> pb::GetSendContextRequest {
    let inbound_message_ids = messages.iter().map(ToString::to_string).collect();
    pb::GetSendContextRequest { inbound_message_ids, ..request }
}

async fn ask(
    service: &Service,
    requests: impl IntoIterator<Item = pb::GetSendContextRequest>,
) -> pb::BatchGetSendContextsResponse {
    let mut client = service.clients.conversations.clone();
    client.batch_get_send_contexts(send_contexts(requests)).await.unwrap().into_inner()
}

/// What a conversation's context is, if no messages are verified.
fn expected(conversation: &pb::Conversation) -> pb::SendContext {
    let c = conversation.clone();
    pb::SendContext {
        found: true,
        conversation_id: c.conversation_id,
        channel_id: c.channel_id,
        contact_ids: [vec![c.contact_id], c.contact_aliases].concat(),
        closed: c.closed_at.is_some(),
        handler: c.handler,
        window_expires_at: c.window_expires_at,
        last_inbound_at: c.last_inbound_at,
        version: c.version,
        inbound_messages: vec![],
    }
}

fn seen(context: &pb::SendContext) -> Vec<&str> {
    let mut ids: Vec<_> = context.inbound_messages.iter().map(|m| &*m.message_id).collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn each_is_answered_at_its_place() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (ali, _) = write(channel, ops::inbound("ali", "m1", noon())).await.unwrap();
    let (noor, _) = write(channel, ops::outbound("noor", "m2", noon())).await.unwrap();
    let elsewhere = pb::RecordInboundMessageRequest {
        tenant_id: OTHER.into(),
        ..ops::inbound("ali", "m1", noon() - TimeDelta::minutes(1))
    };
    let (others, _) = write(channel, elsewhere).await.unwrap();
    let (omar, _) = write(channel, ops::inbound("omar", "m3", noon())).await.unwrap();
    let (omar, _) = write(channel, ops::close(&omar.conversation_id)).await.unwrap();
    assert_eq!((noor.window_expires_at, omar.closed_at.is_some()), (None, true));

    let of_other = |request| pb::GetSendContextRequest { tenant_id: OTHER.into(), ..request };
    let nobody = pb::SendContext::default();
    let cases = [
        (of_contact("noor"), expected(&noor)),
        (send_context(&Uuid::nil().to_string()), nobody.clone()),
        (send_context(&ali.conversation_id), expected(&ali)),
        (of_other(of_contact("ali")), expected(&others)),
        (of_contact("nobody"), nobody.clone()),
        (of_other(send_context(&ali.conversation_id)), nobody.clone()),
        (of_contact("ali"), expected(&ali)),
        (send_context(&omar.conversation_id), expected(&omar)),
        (of_contact("ali"), expected(&ali)),
        (pb::GetSendContextRequest { tenant_id: "nobodys".into(), ..of_contact("ali") }, nobody),
    ];
    service.clock.set(noon() + TimeDelta::days(2));
    let (requests, contexts): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let answer = ask(&service, requests.clone()).await;
    assert_eq!(answer.contexts, contexts);
    assert_eq!(time(answer.as_of.unwrap()), noon() + TimeDelta::days(2));
    let backwards: Vec<_> = contexts.into_iter().rev().collect();
    assert_eq!(ask(&service, requests.into_iter().rev()).await.contexts, backwards);
}

#[tokio::test]
async fn the_time_is_that_of_the_database() {
    let service = Service::start_with(Database::new().await, |_| {}).await;
    let client = service.database.connect().await;
    let now = "SELECT clock_timestamp()";
    let before: Time = client.query_one(now, &[]).await.unwrap().get(0);
    let answer = ask(&service, [of_contact("nobody"), of_contact("nobody")]).await;
    let after = client.query_one(now, &[]).await.unwrap().get(0);
    let as_of = time(answer.as_of.unwrap());
    assert!((before..=after).contains(&as_of), "{before} {as_of} {after}");
}

#[tokio::test]
async fn only_the_customers_messages_of_this_very_conversation_are_told() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let earlier = noon() - TimeDelta::hours(30);
    let (ali, _) = write(channel, ops::inbound("ali", "a1", earlier)).await.unwrap();
    write(channel, ops::inbound("ali", "a2", noon())).await.unwrap();
    write(channel, ops::outbound("ali", "out", noon())).await.unwrap();
    write(channel, ops::inbound("noor", "n1", noon())).await.unwrap();
    let elsewhere = pb::RecordInboundMessageRequest {
        tenant_id: OTHER.into(),
        ..ops::inbound("ali", "o1", noon())
    };
    write(channel, elsewhere).await.unwrap();

    let all = ["a2", "out", "n1", "o1", "none", "a1"];
    let answer = ask(
        &service,
        [
            verifying(send_context(&ali.conversation_id), &all),
            verifying(of_contact("noor"), &all),
            of_contact("ali"),
            verifying(of_contact("nobody"), &all),
            verifying(of_contact("ali"), &["a1"]),
        ],
    )
    .await;
    let told: Vec<_> = answer.contexts.iter().map(seen).collect();
    assert_eq!(told, [vec!["a1", "a2"], vec!["n1"], vec![], vec![], vec!["a1"]]);
    assert_eq!(answer.contexts[4].inbound_messages[0].occurred_at, timestamp(earlier));
}

#[tokio::test]
async fn any_id_of_a_person_and_of_what_was_merged_leads_there() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let (older, _) = write(channel, ops::inbound("100", "m1", noon())).await.unwrap();
    service.clock.set(noon() + TimeDelta::minutes(1));
    let (newer, _) = write(channel, ops::inbound("SA.1", "m2", noon())).await.unwrap();
    let both = pb::RecordInboundMessageRequest {
        contact_aliases: vec!["SA.1".into()],
        ..ops::inbound("100", "m3", noon())
    };
    let (united, _) = write(channel, both).await.unwrap();
    assert_eq!(united.conversation_id, older.conversation_id);

    let ways = [
        send_context(&older.conversation_id),
        send_context(&newer.conversation_id),
        of_contact("100"),
        of_contact("SA.1"),
    ];
    let messages = ["m1", "m2", "m3"];
    let answer = ask(&service, ways.map(|way| verifying(way, &messages))).await;
    for mut context in answer.contexts {
        assert_eq!(seen(&context), messages);
        context.inbound_messages.clear();
        assert_eq!(context, expected(&united));
        assert_eq!(context.contact_ids, ["100", "SA.1"]);
    }
}

#[tokio::test]
async fn a_full_batch_is_answered_and_one_more_is_refused() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    write(channel, ops::inbound("ali", "m1", noon())).await.unwrap();
    let contact = |i| of_contact(if i % 2 == 0 { "ali" } else { "nobody" });
    let answer = ask(&service, (0..256).map(contact)).await;
    assert!(answer.contexts.iter().map(|context| context.found).eq((0..256).map(|i| i % 2 == 0)));

    let mut client = service.clients.conversations.clone();
    let too_many = send_contexts((0..257).map(contact));
    let status = client.batch_get_send_contexts(too_many).await.unwrap_err();
    assert_eq!(told(&status).0, Code::InvalidArgument);
    assert!(bad_fields(&status).into_iter().eq(["requests"]));

    let mut requests: Vec<_> = (0..5).map(contact).collect();
    requests[3].tenant_id.clear();
    requests[4].conversation_id = "x".into();
    let status = client.batch_get_send_contexts(support::send_contexts(requests)).await;
    let bad = bad_fields(&status.unwrap_err());
    assert!(bad.into_iter().eq(["requests[3].tenant_id", "requests[4].conversation_id"]));
}
