//! What a message to a closed conversation does, by the channel's setting.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::{duration, timestamp};
use chrono::TimeDelta;
use pb::ConversationEventType as Type;
use pb::ConversationState::{Bot, Closed, Expired, Open};
use pb::OnInboundWhenClosed::{Reopen, ReopenToBot, StayClosed};

use super::{Story, WHEN_BOTS, WHEN_CLOSED, WHEN_EXPIRED, WHEN_OPEN, clock};
use crate::inbox::{channel, set_up};

/// Closed at 13:00 by Sara of sales, who had it; on a channel with a bot, where whoever comes back
/// within two hours finds the same agent.
async fn closed(on_inbound_when_closed: pb::OnInboundWhenClosed) -> Story {
    let channel = pb::Channel {
        bot_enabled: Some(true),
        on_inbound_when_closed: on_inbound_when_closed.into(),
        reopen_to_last_agent_within: duration(TimeDelta::hours(2)),
        ..channel(ops::CHANNEL)
    };
    let mut ali = Story::on(channel).await;
    ali.customer_writes("12:00").await;
    let id = ali.id().await;
    let agent_id = "sara".into();
    let hand_off = pb::HandOffConversationRequest { agent_id, ..ops::hand_off(&id, "sales") };
    ali.client.hand_off_conversation(hand_off).await.unwrap();
    ali.time("13:00");
    ali.client.close_conversation(ops::close(&id)).await.unwrap();
    ali
}

async fn last_event(ali: &Story) -> Type {
    let request = ops::events(&ali.id().await);
    let events = ali.client.clone().list_conversation_events(request).await.unwrap().into_inner();
    events.events.last().unwrap().r#type()
}

#[tokio::test]
async fn reopen_finds_the_same_agent_for_a_while() {
    let mut ali = closed(Reopen).await;
    ali.customer_writes("15:00").await;
    ali.shows(Open, "sales/sara, epoch 2", Some("15:00"), WHEN_OPEN).await;
    assert_eq!(last_event(&ali).await, Type::Reopened);
}

#[tokio::test]
async fn reopen_later_finds_the_team_only() {
    let mut ali = closed(Reopen).await;
    ali.customer_writes("15:01").await;
    ali.shows(Open, "sales/, epoch 3", Some("15:01"), WHEN_OPEN).await;
}

#[tokio::test]
async fn reopen_finds_the_bot_where_it_had_the_conversation() {
    let bots = pb::Channel { bot_enabled: Some(true), ..channel(ops::CHANNEL) };
    let mut ali = Story::on(bots).await;
    ali.customer_writes("12:00").await;
    ali.client.close_conversation(ops::close(&ali.id().await)).await.unwrap();
    ali.customer_writes("60:00").await;
    ali.shows(Bot, "bot, epoch 1", Some("60:00"), WHEN_BOTS).await;
}

#[tokio::test]
async fn reopen_to_bot_gives_it_to_the_bot() {
    let mut ali = closed(ReopenToBot).await;
    ali.customer_writes("13:01").await;
    ali.shows(Bot, "bot, epoch 3", Some("13:01"), WHEN_BOTS).await;
    assert_eq!(last_event(&ali).await, Type::Reopened);
}

#[tokio::test]
async fn reopen_to_a_bot_that_is_off_leaves_it_with_people() {
    let mut ali = closed(ReopenToBot).await;
    let off = pb::Channel { bot_enabled: Some(false), ..channel(ops::CHANNEL) };
    set_up(&ali.service.clients, off).await;
    ali.customer_writes("13:01").await;
    ali.shows(Open, "sales/sara, epoch 2", Some("13:01"), WHEN_OPEN).await;
}

#[tokio::test]
async fn stay_closed_records_and_moves_the_window() {
    let mut ali = closed(StayClosed).await;
    let written = ali.customer_writes("13:01").await;
    ali.shows(Closed, "sales/sara, epoch 2", None, WHEN_CLOSED).await;
    assert_eq!(written.window_expires_at, timestamp(clock("37:01")));
    assert_eq!(last_event(&ali).await, Type::InboundRecorded);
    let counts = ali.client.get_tab_counts(ops::counts()).await.unwrap().into_inner();
    assert_eq!((counts.closed, counts.open, counts.awaiting_reply), (1, 0, 0));
    // Reopened by hand it is what the facts say: open, and waited for.
    ali.client.reopen_conversation(ops::reopen(&written.conversation_id)).await.unwrap();
    let now = ali.look().await;
    assert_eq!((now.state(), now.awaiting_reply), (Open, true));
}

#[tokio::test]
async fn a_message_that_comes_late_reopens_all_the_same() {
    let mut ali = closed(Reopen).await;
    ali.time("40:00");
    let late = ops::inbound("ali", "late", clock("12:30"));
    ali.client.record_inbound_message(late.clone()).await.unwrap();
    // Nobody has read it; its window is over.
    ali.shows(Expired, "sales/sara, epoch 2", Some("12:30"), WHEN_EXPIRED).await;

    // One that was seen before changes nothing.
    ali.client.close_conversation(ops::close(&ali.id().await)).await.unwrap();
    let again = ali.client.record_inbound_message(late).await.unwrap().into_inner();
    assert!(again.duplicate);
    ali.shows(Closed, "sales/sara, epoch 2", None, WHEN_CLOSED).await;
}

#[tokio::test]
async fn a_reaction_reopens_nothing() {
    let mut ali = closed(Reopen).await;
    ali.time("13:01");
    let reaction = pb::RecordInboundMessageRequest {
        kind: pb::InboundKind::Reaction.into(),
        ..ops::inbound("ali", "reaction", clock("13:01"))
    };
    ali.client.record_inbound_message(reaction).await.unwrap();
    ali.shows(Closed, "sales/sara, epoch 2", None, WHEN_CLOSED).await;
}

#[tokio::test]
async fn people_reopen_it_as_it_was() {
    let mut ali = closed(Reopen).await;
    let id = ali.id().await;
    ali.time("14:00");
    ali.client.reopen_conversation(ops::reopen(&id)).await.unwrap();
    assert_eq!(ali.look().await.state(), Open);
    ali.client.close_conversation(ops::close(&id)).await.unwrap();
    ali.time("36:01");
    ali.client.reopen_conversation(ops::reopen(&id)).await.unwrap();
    assert_eq!(ali.look().await.state(), Expired);
}

#[tokio::test]
async fn a_send_to_a_closed_conversation_leaves_it_closed() {
    let mut ali = closed(Reopen).await;
    for sender in [ops::agent("sara"), ops::bot(), ops::system()] {
        ali.sends_template("13:30", sender.clone()).await;
        ali.writes("13:31", sender).await;
        ali.shows(Closed, "sales/sara, epoch 2", None, WHEN_CLOSED).await;
    }
}
