//! What a conversation's state or handler forbids is refused with the reason's name, and nothing
//! changes.

mod unknown;

use azeer_proto::common::v1::Actor;
use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::Service;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::support::{self, Call, at_noon, noon, told, write};

/// The conversations, each in another state.
struct Ids {
    /// The bot has it; the customer waits. Epoch 1.
    bots: String,
    /// The bot passed it on; the customer waits. Epoch 2.
    peoples: String,
    /// Closed while people had it.
    closed: String,
    /// Closed while the bot had it. Epoch 1.
    bots_closed: String,
    /// Of a channel whose bot is off.
    without_bot: String,
}

async fn prepare(service: &Service) -> Ids {
    let channel = &service.clients.channel;
    let mut channels = service.clients.channels.clone();
    let mut ids = Vec::new();
    for contact in ["bots", "peoples", "closed", "bots_closed", "without_bot"] {
        let on = contact != "without_bot";
        let main = support::bot_enabled(true);
        let channel_id = if on { ops::CHANNEL } else { "without_bot" };
        let settings = pb::Channel {
            channel_id: channel_id.into(),
            bot_enabled: Some(on),
            ..Default::default()
        };
        let request = pb::UpsertChannelRequest { channel: Some(settings), ..main };
        channels.upsert_channel(request).await.unwrap();
        let said = pb::RecordInboundMessageRequest {
            channel_id: channel_id.into(),
            ..ops::inbound(contact, contact, noon())
        };
        ids.push(write(channel, said).await.unwrap().0.conversation_id);
    }
    let [bots, peoples, closed, bots_closed, without_bot] = ids.try_into().unwrap();
    for id in [&peoples, &closed] {
        write(channel, ops::hand_off(id, "sales")).await.unwrap();
    }
    for id in [&closed, &bots_closed] {
        write(channel, ops::close(id)).await.unwrap();
    }
    Ids { bots, peoples, closed, bots_closed, without_bot }
}

fn close(id: &str, actor: Option<Actor>, acknowledge_unanswered: bool) -> Call {
    let close = ops::close(id);
    Call::new(pb::CloseConversationRequest { actor, acknowledge_unanswered, ..close })
}

fn reopen(id: &str, actor: Option<Actor>) -> Call {
    Call::new(pb::ReopenConversationRequest { actor, ..ops::reopen(id) })
}

fn hand_off(id: &str, actor: Option<Actor>, handler_epoch: i64) -> Call {
    let hand_off = ops::hand_off(id, "support");
    Call::new(pb::HandOffConversationRequest { actor, handler_epoch, ..hand_off })
}

fn return_to_bot(id: &str, actor: Option<Actor>) -> Call {
    Call::new(pb::ReturnToBotRequest { actor, ..support::return_to_bot(id) })
}

fn assign(id: &str, actor: Option<Actor>) -> Call {
    Call::new(pb::AssignConversationRequest { actor, ..support::assign(id, "noor") })
}

/// Every transition that is forbidden, with its reason.
#[rustfmt::skip]
fn forbidden(ids: &Ids) -> Vec<(Call, &'static str)> {
    let Ids { bots, peoples, closed, bots_closed, without_bot } = ids;
    let (agent, bot, system) = (|| ops::agent("sara"), ops::bot, ops::system);
    vec![
        (close(peoples, bot(), true), "ONLY_AGENT_MAY_CLOSE"),
        (close(peoples, system(), true), "ONLY_AGENT_MAY_CLOSE"),
        (close(bots, bot(), true), "ONLY_AGENT_MAY_CLOSE"),
        (close(closed, bot(), true), "ONLY_AGENT_MAY_CLOSE"),
        (close(closed, agent(), true), "CONVERSATION_ALREADY_CLOSED"),
        (close(closed, agent(), false), "CONVERSATION_ALREADY_CLOSED"),
        (close(bots_closed, agent(), true), "CONVERSATION_ALREADY_CLOSED"),
        (close(peoples, agent(), false), "LAST_MESSAGE_UNANSWERED"),
        (close(bots, agent(), false), "LAST_MESSAGE_UNANSWERED"),
        (reopen(peoples, agent()), "CONVERSATION_NOT_CLOSED"),
        (reopen(bots, system()), "CONVERSATION_NOT_CLOSED"),
        (reopen(closed, bot()), "ACTOR_NOT_ALLOWED"),
        (reopen(bots_closed, bot()), "ACTOR_NOT_ALLOWED"),
        (reopen(bots, bot()), "ACTOR_NOT_ALLOWED"),
        (hand_off(closed, agent(), 0), "CONVERSATION_CLOSED"),
        (hand_off(closed, system(), 2), "CONVERSATION_CLOSED"),
        (hand_off(bots_closed, agent(), 0), "CONVERSATION_CLOSED"),
        (hand_off(bots_closed, bot(), 1), "CONVERSATION_CLOSED"),
        (hand_off(peoples, bot(), 2), "ACTOR_NOT_ALLOWED"),
        (hand_off(peoples, bot(), 1), "ACTOR_NOT_ALLOWED"),
        (hand_off(without_bot, bot(), 1), "ACTOR_NOT_ALLOWED"),
        (hand_off(bots, bot(), 2), "ACTOR_NOT_ALLOWED"),
        (hand_off(closed, bot(), 2), "ACTOR_NOT_ALLOWED"),
        (hand_off(peoples, agent(), 1), "HANDLER_EPOCH_STALE"),
        (hand_off(peoples, system(), 3), "HANDLER_EPOCH_STALE"),
        (hand_off(bots, agent(), 2), "HANDLER_EPOCH_STALE"),
        (return_to_bot(without_bot, agent()), "BOT_DISABLED"),
        (return_to_bot(without_bot, system()), "BOT_DISABLED"),
        (return_to_bot(bots, agent()), "BOT_IS_HANDLER"),
        (return_to_bot(closed, agent()), "CONVERSATION_CLOSED"),
        (return_to_bot(bots_closed, system()), "CONVERSATION_CLOSED"),
        (return_to_bot(peoples, bot()), "ACTOR_NOT_ALLOWED"),
        (return_to_bot(bots, bot()), "ACTOR_NOT_ALLOWED"),
        (assign(bots, agent()), "BOT_IS_HANDLER"),
        (assign(bots, system()), "BOT_IS_HANDLER"),
        (assign(closed, agent()), "CONVERSATION_CLOSED"),
        (assign(bots_closed, agent()), "CONVERSATION_CLOSED"),
        (assign(peoples, bot()), "ACTOR_NOT_ALLOWED"),
        (assign(bots, bot()), "ACTOR_NOT_ALLOWED"),
    ]
}

#[tokio::test]
async fn forbidden_transitions_tell_why_and_change_nothing() {
    let (service, dump) = at_noon().await;
    let ids = prepare(&service).await;
    let held = dump.rows().await;
    for (i, (call, reason)) in forbidden(&ids).into_iter().enumerate() {
        let row = format!("row {i}: {} {reason}", call.rpc);
        let status = call.make(&service.clients.channel).await.expect_err(&row);
        assert_eq!(told(&status), (Code::FailedPrecondition, reason.to_owned()), "{row}");
        let violations = status.get_details_precondition_failure().unwrap().violations;
        let [violation] = violations.as_slice() else { panic!("{row}: {violations:?}") };
        assert_eq!((&*violation.r#type, &*violation.subject), (reason, "conversation"), "{row}");
        assert!(!violation.description.is_empty(), "{row}");
        assert_tells_the_conversation(&ids, &status, &row);
        assert_eq!(dump.rows().await, held, "{row}");
    }
}

/// What a caller who was refused would have to read otherwise.
fn assert_tells_the_conversation(ids: &Ids, status: &Status, row: &str) {
    let [id, state, epoch] =
        ["conversation_id", "state", "handler_epoch"].map(|key| support::metadata(status, key));
    let as_they_are = [
        (&ids.bots, "BOT", "1"),
        (&ids.peoples, "OPEN", "2"),
        (&ids.closed, "CLOSED", "2"),
        (&ids.bots_closed, "CLOSED", "1"),
        (&ids.without_bot, "OPEN", "1"),
    ];
    let told = (&id, &*state, &*epoch);
    assert!(as_they_are.contains(&told), "{row}: {told:?}");
}
