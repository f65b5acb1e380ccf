//! What was reported reaches conversation-state: at least once, whatever fails, and is there once.
//! Tests write the rows that a report leaves.

mod fake;
mod kills;
mod outages;
mod poison;
mod reported;
mod rows;

use azeer_proto::common::v1::ActorKind;
use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{now, timestamp};
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use pb::{ConversationEventType as EventType, ConversationState};
use uuid::Uuid;

pub(crate) use rows::Row;
use rows::{add_many, add_windows, assert_once, customers_write, events, until_told};

/// The last event of a conversation.
async fn last_event(pair: &Pair, conversation: &str) -> pb::ConversationEvent {
    let mut client = pair.conversation.clients.conversations.clone();
    let events = client.list_conversation_events(ops::events(conversation)).await.unwrap();
    events.into_inner().events.pop().unwrap()
}

#[tokio::test]
async fn a_message_is_recorded_as_it_was_sent() {
    let pair = Pair::start().await;
    let (client, clients) = (pair.policy.database.connect().await, &pair.conversation.clients);
    let ali = pair.customer_writes("ali", "m1").await;
    let at = now();

    let id = Uuid::parse_str(&ali.conversation_id).unwrap();
    let by_id = Row { conversation: Some(id), ..Row::free_form("whoever", "s1", at) };
    by_id.add(&client).await;
    until_told(&client).await;
    let told = rows::conversation(clients, "ali").await;
    let event = last_event(&pair, &ali.conversation_id).await;
    assert_eq!((told.last_outbound_at, told.awaiting_reply), (timestamp_to_micros(at), false));
    assert_eq!((event.r#type(), event.actor), (EventType::OutboundRecorded, ops::agent("sara")));

    let old_epoch = Row { sender: ("BOT", ""), epoch: 7, ..Row::template("ali", "s2", at) };
    old_epoch.add(&client).await;
    until_told(&client).await;
    let told = rows::conversation(clients, "ali").await;
    let event = last_event(&pair, &ali.conversation_id).await;
    assert_eq!((told.unanswered_template_count, event.actor), (1, ops::bot()));

    Row { sender: ("SYSTEM", "billing"), ..Row::template("noor", "s3", at) }.add(&client).await;
    until_told(&client).await;
    let began = rows::conversation(clients, "noor").await;
    let event = last_event(&pair, &began.conversation_id).await;
    let actor = event.actor.clone().unwrap();
    assert_eq!((began.state(), event.r#type()), (ConversationState::Expired, EventType::Created));
    assert_eq!((actor.kind(), actor.id.as_str()), (ActorKind::System, "billing"));
}

/// An instant as the database keeps it.
fn timestamp_to_micros(at: conversation_state_core::Time) -> Option<prost_types::Timestamp> {
    let at = chrono::DateTime::from_timestamp_micros(at.timestamp_micros());
    timestamp(at.unwrap())
}

#[tokio::test]
async fn a_window_that_the_platform_closed_ends_unless_the_customer_wrote_since() {
    let pair = Pair::start().await;
    let (client, clients) = (pair.policy.database.connect().await, &pair.conversation.clients);
    for contact in ["ali", "noor"] {
        let open = pair.customer_writes(contact, contact).await;
        assert_eq!(open.state(), ConversationState::Open);
    }
    let before = now() - TimeDelta::minutes(1);
    Row::window_closed("ali", "s1", now()).add(&client).await;
    Row::window_closed("noor", "s2", before).add(&client).await;
    until_told(&client).await;
    assert_eq!(rows::conversation(clients, "ali").await.state(), ConversationState::Expired);
    assert_eq!(rows::conversation(clients, "noor").await.state(), ConversationState::Open);
    assert_eq!(events(&pair.conversation.database.connect().await, "WINDOW_CORRECTED").await, 1);
}

#[tokio::test]
async fn what_is_about_no_conversation_goes() {
    let pair = Pair::start().await;
    let client = pair.policy.database.connect().await;
    let erased = Some(Uuid::now_v7());
    Row { conversation: erased, ..Row::free_form("ali", "s1", now()) }.add(&client).await;
    Row { conversation: erased, ..Row::window_closed("ali", "s2", now()) }.add(&client).await;
    Row::window_closed("nobody", "s3", now()).add(&client).await;
    until_told(&client).await;
    let conversations = pair.conversation.database.connect().await;
    let recorded = conversations.query("SELECT FROM events", &[]).await.unwrap();
    assert!(recorded.is_empty(), "{recorded:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_tell_each_message_once() {
    let pair = Pair::start().await;
    let _other = pair.another_policy(&pair.conversation).await;
    let client = pair.policy.database.connect().await;
    customers_write(&pair.conversation.clients).await;
    add_many(&client, 0..1_000).await;
    add_windows(&client).await;
    until_told(&client).await;
    let conversations = pair.conversation.database.connect().await;
    assert_once(&conversations, 1_000).await;
    assert_eq!(events(&conversations, "WINDOW_CORRECTED").await, rows::CUSTOMERS);
}
