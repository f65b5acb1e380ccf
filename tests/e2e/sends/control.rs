//! Who has the conversation may write in it: a bot's late answer does not go out over a person's
//! head, and a person takes it over before writing.

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use tonic::transport::Channel;

use crate::support::{self, noon, write};

/// A pair whose bot is on, and a conversation that it has.
async fn with_bot() -> (Pair, Channel, conversation::Conversation) {
    let pair = Pair::at(noon()).await;
    let mut channels = pair.conversation.clients.channels.clone();
    channels.upsert_channel(support::bot_enabled(true)).await.unwrap();
    let began = pair.customer_writes("ali", "m1").await;
    let channel = pair.conversation.clients.channel.clone();
    (pair, channel, began)
}

fn by_bot(send: pb::Send, epoch: i64) -> pb::Send {
    pb::Send { sender: ops::bot(), handler_epoch: epoch, ..send }
}

/// What refuses an answer of the bot with each epoch from 1 on, and one of an agent.
async fn refused(pair: &Pair, epochs: i64) -> (Vec<bool>, bool) {
    let mut bots = Vec::new();
    for epoch in 1..=epochs {
        let decision = pair.authorize(by_bot(ops::free_form("ali"), epoch)).await.unwrap();
        let codes = ops::codes(&decision);
        assert!(codes.is_empty() || codes == ["BOT_NOT_IN_CONTROL"], "{codes:?}");
        bots.push(!codes.is_empty());
    }
    let decision = pair.authorize(ops::free_form("ali")).await.unwrap();
    let codes = ops::codes(&decision);
    assert!(codes.is_empty() || codes == ["AGENT_NOT_IN_CONTROL"], "{codes:?}");
    (bots, !codes.is_empty())
}

#[tokio::test]
async fn a_late_answer_of_the_bot_is_refused_after_each_change_of_handler() {
    let (pair, channel, began) = with_bot().await;
    let id = &began.conversation_id;
    assert_eq!(refused(&pair, 2).await, (vec![false, true], true), "the bot has it");

    write(&channel, ops::hand_off(id, "sales")).await.unwrap();
    assert_eq!(refused(&pair, 2).await, (vec![true, true], false), "people have it");

    write(&channel, support::return_to_bot(id)).await.unwrap();
    assert_eq!(refused(&pair, 4).await, (vec![true, true, false, true], true), "the bot again");

    // From the business's own phone, or by whatever way: who writes has it.
    write(&channel, ops::outbound("ali", "o1", noon())).await.unwrap();
    assert_eq!(refused(&pair, 4).await, (vec![true; 4], false), "a person wrote");
}

#[tokio::test]
async fn a_refusal_tells_who_has_it() {
    let (pair, channel, began) = with_bot().await;
    let agents = pair.check(ops::free_form("ali")).await.unwrap();
    let [violation] = agents.violations.as_slice() else { panic!("{agents:?}") };
    assert_eq!(violation.metadata, [("handler_epoch".into(), "1".into())].into());
    assert_eq!(agents.state(), conversation::ConversationState::Bot);

    write(&channel, ops::hand_off(&began.conversation_id, "sales")).await.unwrap();
    let bots = pair.check(by_bot(ops::free_form("ali"), 1)).await.unwrap();
    let [violation] = bots.violations.as_slice() else { panic!("{bots:?}") };
    let told = [("handler".into(), "HUMAN".into()), ("handler_epoch".into(), "2".into())];
    assert_eq!(violation.metadata, told.into());
    assert_eq!(bots.state(), conversation::ConversationState::Open);
}

#[tokio::test]
async fn templates_of_people_and_messages_of_the_system_need_no_control() {
    let (pair, ..) = with_bot().await;
    let decision = pair.check(ops::template("ali", "nobody_knows")).await.unwrap();
    assert_eq!(ops::codes(&decision), ["TEMPLATE_NOT_FOUND"]);
    let system = pb::Send { sender: ops::system(), ..ops::free_form("ali") };
    assert_eq!(pair.check(system).await.unwrap().verdict(), pb::Verdict::Allow);
    // With nobody's conversation there is nothing to talk into.
    let first = pair.check(by_bot(ops::free_form("stranger"), 1)).await.unwrap();
    assert_eq!(ops::codes(&first), ["WINDOW_NEVER_OPENED"]);
}

#[tokio::test]
async fn no_answer_of_the_bot_is_allowed_once_a_hand_off_was_answered() {
    let (pair, channel, _) = with_bot().await;
    for i in 0..20 {
        let contact = format!("contact-{i}");
        let began = pair.customer_writes(&contact, &contact).await;
        let send = by_bot(ops::free_form(&contact), 1);
        let hand_off = ops::hand_off(&began.conversation_id, "sales");
        let (early, handed_off) =
            tokio::join!(pair.authorize(send.clone()), write(&channel, hand_off));
        handed_off.unwrap();
        // What began together with it is decided by what it saw, whole.
        let early = early.unwrap();
        let saw_it = early.conversation_version > began.version;
        assert_eq!(early.verdict() == pb::Verdict::Deny, saw_it, "{early:?}");
        let late = pair.authorize(send).await.unwrap();
        assert_eq!(ops::codes(&late), ["BOT_NOT_IN_CONTROL"]);
    }
}
