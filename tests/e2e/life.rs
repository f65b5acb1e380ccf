//! The life of a conversation, as a client sees it from one answer to the next.

mod messages;
mod reopening;

use azeer_proto::common::v1::Actor;
use azeer_proto::conversation::v1 as pb;
use azeer_proto::conversation::v1::conversation_service_client::ConversationServiceClient;
use azeer_tests::ops;
use azeer_tests::service::{Service, at, duration, timestamp};
use chrono::TimeDelta;
use conversation_state_core::Time;
use pb::ConversationState::{Bot, Closed, Expired, Open};
use tonic::transport::Channel as Transport;
use tonic_types::StatusExt as _;

use crate::inbox::{channel, set_up};

/// What a client may do with a conversation, in one letter each: send free-form (`f`) or a template
/// (`t`), close (`c`), reopen (`r`), hand off (`h`), return to the bot (`b`), assign (`a`).
const WHEN_OPEN: &str = "tfchba";
const WHEN_BOTS: &str = "tfch";
const WHEN_EXPIRED: &str = "tchba";
const WHEN_CLOSED: &str = "r";

/// A conversation with Ali on a day in March.
struct Story {
    service: Service,
    client: ConversationServiceClient<Transport>,
    messages: u32,
}

impl Story {
    /// Nobody has written yet.
    async fn on(channel: pb::Channel) -> Self {
        let service = Service::at(clock("12:00")).await;
        set_up(&service.clients, channel).await;
        let client = service.clients.conversations.clone();
        Self { service, client, messages: 0 }
    }

    fn time(&self, time: &str) -> Time {
        self.service.clock.set(clock(time));
        clock(time)
    }

    fn message(&mut self) -> String {
        self.messages += 1;
        format!("m{}", self.messages)
    }

    async fn customer_writes(&mut self, time: &str) -> pb::Conversation {
        let said = ops::inbound("ali", &self.message(), self.time(time));
        let answer = self.client.record_inbound_message(said).await.unwrap();
        answer.into_inner().conversation.unwrap()
    }

    async fn writes(&mut self, time: &str, sender: Option<Actor>) -> pb::Conversation {
        let message = self.message();
        let sent = ops::outbound("ali", &message, self.time(time));
        let sent = pb::RecordOutboundMessageRequest { sender, ..sent };
        let answer = self.client.record_outbound_message(sent).await.unwrap();
        answer.into_inner().conversation.unwrap()
    }

    async fn sends_template(&mut self, time: &str, sender: Option<Actor>) -> pb::Conversation {
        let message = self.message();
        let sent = pb::RecordOutboundMessageRequest {
            sender,
            kind: pb::OutboundKind::Template.into(),
            template_name: "order_update".into(),
            ..ops::outbound("ali", &message, self.time(time))
        };
        let answer = self.client.record_outbound_message(sent).await.unwrap();
        answer.into_inner().conversation.unwrap()
    }

    async fn look(&self) -> pb::Conversation {
        let arabic = pb::GetConversationRequest { language_code: "ar".into(), ..ops::get("ali") };
        let got = self.client.clone().get_conversation(arabic).await.unwrap().into_inner();
        got.conversation.unwrap()
    }

    async fn id(&self) -> String {
        self.look().await.conversation_id
    }

    /// What the header shows: state and label, who has it (`team/agent`), since when the customer
    /// waits, and the actions.
    async fn shows(
        &self,
        state: pb::ConversationState,
        handler: &str,
        waiting_since: Option<&str>,
        actions: &str,
    ) {
        let now = self.look().await;
        let label = match state {
            Open => "مفتوحة",
            Expired => "منتهية",
            Closed => "مغلقة",
            _ => "روبوت",
        };
        assert_eq!((now.state(), now.state_label.as_str()), (state, label));
        assert_eq!(handler_of(&now), handler);
        assert_eq!(now.waiting_since, waiting_since.and_then(|time| timestamp(clock(time))));
        assert_eq!(now.awaiting_reply, waiting_since.is_some());
        let mut allowed: Vec<_> = now.allowed_actions().map(letter).collect();
        let mut expected: Vec<_> = actions.chars().collect();
        allowed.sort_unstable();
        expected.sort_unstable();
        assert_eq!(allowed, expected, "{state:?}");
    }
}

/// An instant of the day, or of the days after it: `12:00`, `36:00`.
fn clock(time: &str) -> Time {
    let (hours, minutes) = time.split_once(':').unwrap();
    let hours = TimeDelta::hours(hours.parse().unwrap());
    at("2026-03-01T00:00:00Z") + hours + TimeDelta::minutes(minutes.parse().unwrap())
}

fn handler_of(conversation: &pb::Conversation) -> String {
    let handler = conversation.handler.as_ref().unwrap();
    match handler.kind() {
        pb::HandlerKind::Bot => format!("bot, epoch {}", handler.epoch),
        _ => format!("{}/{}, epoch {}", handler.team_id, handler.agent_id, handler.epoch),
    }
}

fn letter(action: pb::AllowedAction) -> char {
    match action {
        pb::AllowedAction::SendFreeForm => 'f',
        pb::AllowedAction::SendTemplate => 't',
        pb::AllowedAction::Close => 'c',
        pb::AllowedAction::Reopen => 'r',
        pb::AllowedAction::HandOff => 'h',
        pb::AllowedAction::ReturnToBot => 'b',
        pb::AllowedAction::Assign => 'a',
        pb::AllowedAction::Unspecified => '?',
    }
}

/// Why a command was refused.
fn refusal<T: std::fmt::Debug>(answer: tonic::Result<T>) -> String {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), tonic::Code::FailedPrecondition);
    assert!(status.get_details_precondition_failure().is_some());
    status.get_details_error_info().unwrap().reason
}

#[tokio::test]
async fn from_the_first_message_to_the_last() {
    let bots = pb::Channel { bot_enabled: Some(true), ..channel(ops::CHANNEL) };
    let mut ali = Story::on(bots).await;

    // The bot is on: it gets whoever is new.
    ali.customer_writes("12:00").await;
    ali.shows(Bot, "bot, epoch 1", Some("12:00"), WHEN_BOTS).await;
    let id = ali.id().await;
    ali.writes("12:01", ops::bot()).await;
    ali.shows(Bot, "bot, epoch 1", None, WHEN_BOTS).await;

    // A person is wanted. The bot passes on what it asked; the wait begins with the hand-off.
    ali.customer_writes("12:02").await;
    ali.time("12:03");
    let hand_off = pb::HandOffConversationRequest {
        actor: ops::bot(),
        handler_epoch: 1,
        collected: [("order".to_owned(), "4711".to_owned())].into(),
        ..ops::hand_off(&id, "sales")
    };
    ali.client.hand_off_conversation(hand_off.clone()).await.unwrap();
    ali.shows(Open, "sales/, epoch 2", Some("12:03"), WHEN_OPEN).await;
    assert_eq!(ali.look().await.collected, hand_off.collected);
    // What it no longer has, it cannot pass on.
    assert_eq!(refusal(ali.client.hand_off_conversation(hand_off).await), "ACTOR_NOT_ALLOWED");

    // Sara takes it. It cannot be closed by mistake while Ali waits.
    ali.time("12:05");
    let assign = pb::AssignConversationRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: id.clone(),
        actor: ops::agent("sara"),
        team_id: "sales".into(),
        agent_id: "sara".into(),
        ..Default::default()
    };
    ali.client.assign_conversation(assign.clone()).await.unwrap();
    ali.shows(Open, "sales/sara, epoch 3", Some("12:03"), WHEN_OPEN).await;
    let close = pb::CloseConversationRequest { acknowledge_unanswered: false, ..ops::close(&id) };
    let refused = refusal(ali.client.close_conversation(close.clone()).await);
    assert_eq!(refused, "LAST_MESSAGE_UNANSWERED");

    // She answers, which moves no window, and closes.
    let answered = ali.writes("12:10", ops::agent("sara")).await;
    ali.shows(Open, "sales/sara, epoch 3", None, WHEN_OPEN).await;
    assert_eq!(answered.window_expires_at, timestamp(clock("36:02")));
    assert_eq!(answered.last_outbound_at, timestamp(clock("12:10")));
    ali.time("12:11");
    for (actor, reason) in [(ops::bot(), "ONLY"), (ops::system(), "ONLY")] {
        let close = pb::CloseConversationRequest { actor, ..close.clone() };
        assert!(refusal(ali.client.close_conversation(close).await).starts_with(reason));
    }
    ali.client.close_conversation(close.clone()).await.unwrap();
    ali.shows(Closed, "sales/sara, epoch 3", None, WHEN_CLOSED).await;
    let closed = ali.look().await;
    assert_eq!((closed.closed_at, &closed.closed_by), (timestamp(clock("12:11")), &close.actor));
    assert_eq!(closed.close_reason(), pb::CloseReason::Resolved);
    assert_eq!(closed.window_remaining, duration(clock("36:02") - clock("12:11")));

    // Ali has forgotten something: it opens again, with Sara.
    let reopened = ali.customer_writes("13:00").await;
    ali.shows(Open, "sales/sara, epoch 3", Some("13:00"), WHEN_OPEN).await;
    assert_eq!((reopened.closed_at, reopened.closed_by), (None, None));

    // The bot can tell him that. It has nobody to assign.
    ali.time("13:05");
    let back = pb::ReturnToBotRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: id.clone(),
        actor: ops::agent("sara"),
        ..Default::default()
    };
    ali.client.return_to_bot(back).await.unwrap();
    ali.shows(Bot, "bot, epoch 4", Some("13:00"), WHEN_BOTS).await;
    assert_eq!(refusal(ali.client.assign_conversation(assign).await), "BOT_IS_HANDLER");

    // Omar is faster. Whoever writes has it.
    ali.writes("13:10", ops::agent("omar")).await;
    ali.shows(Open, "/omar, epoch 5", None, WHEN_OPEN).await;

    // A day later only a template is left.
    ali.time("37:01");
    ali.shows(Expired, "/omar, epoch 5", None, WHEN_EXPIRED).await;
    assert_eq!(ali.sends_template("37:05", ops::agent("omar")).await.unanswered_template_count, 1);
    ali.shows(Expired, "/omar, epoch 5", None, WHEN_EXPIRED).await;
    assert_eq!(ali.customer_writes("38:00").await.unanswered_template_count, 0);
    ali.shows(Open, "/omar, epoch 5", Some("38:00"), WHEN_OPEN).await;
    let collected = ali.look().await.collected;
    assert_eq!(collected.get("order").map(String::as_str), Some("4711"), "it is still known");
}
