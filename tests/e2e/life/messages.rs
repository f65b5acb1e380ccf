//! What single messages do to the window, the wait, the handler and the count of templates.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::timestamp;
use pb::ConversationState::{Bot, Expired, Open};

use super::{Story, WHEN_BOTS, WHEN_EXPIRED, WHEN_OPEN, clock};
use crate::inbox::channel;

async fn without_bot() -> Story {
    Story::on(channel(ops::CHANNEL)).await
}

async fn with_bot() -> Story {
    Story::on(pb::Channel { bot_enabled: Some(true), ..channel(ops::CHANNEL) }).await
}

async fn report_window_closed(ali: &mut Story, sent_at: &str) -> pb::Conversation {
    let report = pb::ReportWindowClosedRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref("ali"),
        message_id: "refused".into(),
        sent_at: timestamp(clock(sent_at)),
        ..Default::default()
    };
    let answer = ali.client.report_window_closed(report).await.unwrap();
    answer.into_inner().conversation.unwrap()
}

#[tokio::test]
async fn the_platform_is_right_about_the_window() {
    let mut ali = without_bot().await;
    ali.customer_writes("12:00").await;
    ali.writes("12:10", ops::agent("sara")).await;
    ali.time("12:11");
    let corrected = report_window_closed(&mut ali, "12:10").await;
    ali.shows(Expired, "/, epoch 1", None, WHEN_EXPIRED).await;

    // To say so again changes nothing, and neither does an older message that comes late.
    assert_eq!(report_window_closed(&mut ali, "12:10").await.version, corrected.version);
    let late = ops::inbound("ali", "late", clock("12:05"));
    ali.client.record_inbound_message(late).await.unwrap();
    assert_eq!(ali.look().await.state(), Expired);

    // Only a newer one does.
    let newer = ali.customer_writes("12:12").await;
    assert_eq!(newer.window_expires_at, timestamp(clock("36:12")));
    ali.shows(Open, "/, epoch 1", Some("12:12"), WHEN_OPEN).await;
    // A refusal of something sent before that is out of date.
    assert_eq!(report_window_closed(&mut ali, "12:11").await.version, newer.version);
    assert_eq!(ali.look().await.state(), Open);
}

#[tokio::test]
async fn an_older_message_never_moves_the_window_back() {
    let mut ali = without_bot().await;
    ali.customer_writes("20:00").await;
    let older = ops::inbound("ali", "older", clock("12:00"));
    let older = ali.client.record_inbound_message(older).await.unwrap().into_inner();
    let older = older.conversation.unwrap();
    assert_eq!(older.window_expires_at, timestamp(clock("44:00")));
    assert_eq!(older.last_inbound_at, timestamp(clock("20:00")));
    ali.shows(Open, "/, epoch 1", Some("12:00"), WHEN_OPEN).await;
}

#[tokio::test]
async fn templates_are_counted_until_the_customer_writes() {
    let mut ali = without_bot().await;
    let count = |conversation: pb::Conversation| conversation.unanswered_template_count;
    assert_eq!(count(ali.sends_template("12:00", ops::system()).await), 1);
    ali.shows(Expired, "/, epoch 1", None, WHEN_EXPIRED).await;
    assert_eq!(count(ali.sends_template("13:00", ops::agent("sara")).await), 2);
    assert_eq!(count(ali.writes("13:30", ops::agent("sara")).await), 2);
    assert_eq!(count(ali.customer_writes("14:00").await), 0);
    assert_eq!(count(ali.sends_template("15:00", ops::bot()).await), 1);
}

#[tokio::test]
async fn only_an_answer_ends_the_wait() {
    let mut ali = with_bot().await;
    ali.customer_writes("12:00").await;
    ali.customer_writes("12:01").await;
    ali.sends_template("12:02", ops::bot()).await;
    ali.sends_template("12:03", ops::system()).await;
    ali.writes("12:04", ops::system()).await;
    ali.shows(Bot, "bot, epoch 1", Some("12:00"), WHEN_BOTS).await;
    ali.writes("12:05", ops::bot()).await;
    ali.shows(Bot, "bot, epoch 1", None, WHEN_BOTS).await;

    // Once people have it the bot answers nobody.
    ali.customer_writes("12:06").await;
    ali.time("12:07");
    let id = ali.id().await;
    ali.client.hand_off_conversation(ops::hand_off(&id, "sales")).await.unwrap();
    ali.writes("12:08", ops::bot()).await;
    ali.shows(Open, "sales/, epoch 2", Some("12:07"), WHEN_OPEN).await;
    // An agent's template does.
    ali.sends_template("12:09", ops::agent("sara")).await;
    ali.shows(Open, "sales/, epoch 2", None, WHEN_OPEN).await;
}

#[tokio::test]
async fn a_person_who_writes_takes_over_unless_it_was_before_the_bot_had_it() {
    let mut ali = with_bot().await;
    ali.customer_writes("12:00").await;
    // A template of an agent's is no conversation.
    ali.sends_template("12:01", ops::agent("sara")).await;
    assert_eq!(ali.look().await.state(), Bot);
    ali.writes("12:02", ops::agent("sara")).await;
    ali.shows(Open, "/sara, epoch 2", None, WHEN_OPEN).await;

    ali.time("12:10");
    let back = pb::ReturnToBotRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: ali.id().await,
        actor: ops::system(),
        ..Default::default()
    };
    ali.client.return_to_bot(back).await.unwrap();
    let earlier = ops::outbound("ali", "earlier", clock("12:05"));
    ali.client.record_outbound_message(earlier).await.unwrap();
    ali.shows(Bot, "bot, epoch 3", None, WHEN_BOTS).await;
}

#[tokio::test]
async fn who_begins_has_the_conversation() {
    let mut by_agent = with_bot().await;
    by_agent.writes("12:00", ops::agent("sara")).await;
    by_agent.shows(Expired, "/sara, epoch 1", None, WHEN_EXPIRED).await;

    // What programs begin, the bot goes on with, where it is on.
    let mut by_system = with_bot().await;
    by_system.sends_template("12:00", ops::system()).await;
    by_system.shows(Expired, "bot, epoch 1", None, "tch").await;
    by_system.customer_writes("12:30").await;
    by_system.shows(Bot, "bot, epoch 1", Some("12:30"), WHEN_BOTS).await;

    let mut without = without_bot().await;
    without.sends_template("12:00", ops::system()).await;
    without.shows(Expired, "/, epoch 1", None, WHEN_EXPIRED).await;
}

#[tokio::test]
async fn a_call_is_as_good_as_a_message() {
    let mut ali = without_bot().await;
    ali.time("12:30");
    let call = pb::RecordInboundMessageRequest {
        kind: pb::InboundKind::Call.into(),
        ..ops::inbound("ali", "call", clock("12:30"))
    };
    ali.client.record_inbound_message(call).await.unwrap();
    ali.shows(Open, "/, epoch 1", Some("12:30"), WHEN_OPEN).await;
}
