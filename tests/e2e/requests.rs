//! A command under a request id is done once: a repetition gives the current conversation and
//! does nothing.

mod etags;
mod messages;

use std::fmt::Debug;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::clock::Clock;
use azeer_tests::service::Service;
use azeer_tests::{Database, ops};
use chrono::TimeDelta;
use futures::future::join_all;
use prost::Message;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::support::{self, Dump, at_noon, bad_fields, noon, told, write};

/// A request with the fields that all commands have.
trait Command: Message + Clone + Debug + 'static {
    fn with(self, etag: &str, request_id: &str) -> Self;
    /// The same request, with other content in one field.
    fn others(&self) -> Vec<Self>;
}

macro_rules! commands {
    ($($request:ident { $($field:ident: $other:expr),+ $(,)? })+) => {$(
        impl Command for pb::$request {
            fn with(self, etag: &str, request_id: &str) -> Self {
                Self { etag: etag.into(), request_id: request_id.into(), ..self }
            }

            fn others(&self) -> Vec<Self> {
                vec![
                    Self { conversation_id: Uuid::nil().into(), ..self.clone() },
                    Self { actor: ops::agent("noor"), ..self.clone() },
                    $(Self { $field: $other, ..self.clone() }),+
                ]
            }
        }
    )+};
}

commands! {
    CloseConversationRequest { reason: 2, note: "n".into(), acknowledge_unanswered: false }
    ReopenConversationRequest { note: "n".into() }
    HandOffConversationRequest {
        team_id: "t".into(),
        agent_id: "a".into(),
        note: "n".into(),
        collected: [("k".into(), "v".into())].into(),
        handler_epoch: 1,
    }
    ReturnToBotRequest { note: "n".into() }
    AssignConversationRequest { team_id: "t".into(), agent_id: "a".into() }
}

/// A conversation of `ali` that the bot has. All commands can be done to it in this order: hand
/// it off, assign it, return it, close it, reopen it.
async fn with_the_bot(service: &Service) -> String {
    let bot_on = support::bot_enabled(true);
    service.clients.channels.clone().upsert_channel(bot_on).await.unwrap();
    let said = ops::inbound("ali", "m1", noon());
    write(&service.clients.channel, said).await.unwrap().0.conversation_id
}

async fn current(service: &Service) -> pb::Conversation {
    let got = service.clients.conversations.clone().get_conversation(ops::get("ali")).await;
    got.unwrap().into_inner().conversation.unwrap()
}

fn reused() -> (Code, String) {
    (Code::InvalidArgument, "REQUEST_ID_REUSED".into())
}

#[track_caller]
fn assert_reused(status: &Status) {
    assert_eq!(told(status), reused());
    assert_eq!(bad_fields(status), ["request_id".to_owned()].into());
    assert!(Uuid::try_parse(&support::metadata(status, "request_id")).is_ok(), "{status:?}");
}

#[tokio::test]
async fn repeating_a_command_gives_the_current_conversation_and_does_nothing() {
    let (service, dump) = at_noon().await;
    let id = with_the_bot(&service).await;
    is_done_once(&service, &dump, ops::hand_off(&id, "sales")).await;
    is_done_once(&service, &dump, support::assign(&id, "noor")).await;
    is_done_once(&service, &dump, support::return_to_bot(&id)).await;
    is_done_once(&service, &dump, ops::close(&id)).await;
    is_done_once(&service, &dump, ops::reopen(&id)).await;
}

async fn is_done_once<C: Command>(service: &Service, dump: &Dump, command: C) {
    let channel = &service.clients.channel;
    let request_id = Uuid::new_v4().to_string();
    let before = current(service).await;
    let (done, _) = write(channel, command.clone().with(&before.etag, &request_id)).await.unwrap();
    assert_eq!(done.version, before.version + 1, "{command:?}");

    // The conversation moves on: a message that changes neither handler nor state.
    let template = pb::RecordOutboundMessageRequest {
        sender: ops::system(),
        kind: pb::OutboundKind::Template.into(),
        template_name: "order".into(),
        ..ops::outbound("ali", &request_id, noon())
    };
    let (moved_on, _) = write(channel, template).await.unwrap();
    let held = dump.rows().await;
    let etags = ["", "nonsense", &before.etag, &done.etag, &moved_on.etag];
    for etag in etags {
        for id in [&request_id, &request_id.to_uppercase(), &format!("{{{request_id}}}")] {
            let (again, _) = write(channel, command.clone().with(etag, id)).await.unwrap();
            assert_eq!(again, moved_on, "{command:?} with etag {etag:?}");
        }
        for other in command.others() {
            assert_reused(&write(channel, other.with(etag, &request_id)).await.unwrap_err());
        }
    }
    assert_eq!(dump.rows().await, held, "{command:?}");
}

#[tokio::test]
async fn a_request_id_holds_for_its_tenant_and_rpc() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let request_id = &Uuid::new_v4().to_string();
    for tenant in [ops::TENANT, "other"] {
        let tenant_id = || tenant.to_owned();
        let said = ops::inbound("ali", "m1", noon());
        let said = pb::RecordInboundMessageRequest { tenant_id: tenant_id(), ..said };
        let id = write(channel, said).await.unwrap().0.conversation_id;
        let hand_off = ops::hand_off(&id, "sales").with("", request_id);
        let hand_off = pb::HandOffConversationRequest { tenant_id: tenant_id(), ..hand_off };
        let close = ops::close(&id).with("", request_id);
        let close = pb::CloseConversationRequest { tenant_id: tenant_id(), ..close };
        let reopen = ops::reopen(&id).with("", request_id);
        let reopen = pb::ReopenConversationRequest { tenant_id: tenant_id(), ..reopen };
        assert_eq!(write(channel, hand_off).await.unwrap().0.version, 2);
        assert_eq!(write(channel, close).await.unwrap().0.version, 3);
        assert_eq!(write(channel, reopen).await.unwrap().0.version, 4);
    }
}

#[tokio::test]
async fn failures_are_not_remembered() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    let id = with_the_bot(&service).await;
    let request_id = &Uuid::new_v4().to_string();
    let close = |id: &str, etag: &str| ops::close(id).with(etag, request_id);
    let unanswered =
        pb::CloseConversationRequest { acknowledge_unanswered: false, ..close(&id, "") };
    let nowhere = Uuid::nil().to_string();
    let long = pb::CloseConversationRequest { note: "x".repeat(2_001), ..close(&id, "") };
    let failures = [
        (close(&nowhere, ""), Code::NotFound),
        (close(&id, "nonsense"), Code::Aborted),
        (unanswered, Code::FailedPrecondition),
        (long, Code::InvalidArgument),
    ];
    let held = dump.rows().await;
    for (failing, code) in failures {
        assert_eq!(told(&write(channel, failing).await.unwrap_err()).0, code);
    }
    assert_eq!(dump.rows().await, held);
    let (closed, _) = write(channel, close(&id, "")).await.unwrap();
    assert_eq!(closed.state(), pb::ConversationState::Closed);
}

#[tokio::test]
async fn after_eight_days_an_id_is_forgotten() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    let said = ops::inbound("ali", "m1", noon());
    let id = write(channel, said).await.unwrap().0.conversation_id;
    let request_id = &Uuid::new_v4().to_string();
    let to = |agent: &str| support::assign(&id, agent).with("", request_id);
    write(channel, to("noor")).await.unwrap();

    let held = dump.rows().await;
    service.clock.set(noon() + TimeDelta::days(8));
    assert_eq!(write(channel, to("noor")).await.unwrap().0.version, 2);
    assert_reused(&write(channel, to("sara")).await.unwrap_err());
    assert_eq!(dump.rows().await, held);

    service.clock.set(noon() + TimeDelta::days(8) + TimeDelta::microseconds(1));
    let (assigned, _) = write(channel, to("sara")).await.unwrap();
    assert_eq!((assigned.version, assigned.handler.unwrap().agent_id), (3, "sara".into()));
    assert_eq!(write(channel, to("sara")).await.unwrap().0.version, 3, "remembered anew");
    assert_reused(&write(channel, to("noor")).await.unwrap_err());
}

#[tokio::test]
async fn a_hundred_at_once_are_done_once() {
    let database = Database::new().await;
    let start = || {
        Service::start_with(database.clone(), |config| {
            config.clock = Clock::standing_at(noon());
            config.announce_expiries = false;
        })
    };
    let services = [start().await, start().await];
    let id = with_the_bot(&services[0]).await;
    let channels = services.each_ref().map(|service| &service.clients.channel);

    let request_id = &Uuid::new_v4().to_string();
    let same = || ops::hand_off(&id, "sales").with("", request_id);
    let answers = join_all((0..100).map(|i| write(channels[i % 2], same()))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().0.version == 2));

    let request_id = &Uuid::new_v4().to_string();
    let other = |i| support::assign(&id, &format!("agent-{i}")).with("", request_id);
    let answers = join_all((0..100).map(|i| write(channels[i % 2], other(i)))).await;
    let (done, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), refused.len()), (1, 99));
    for answer in refused {
        assert_reused(&answer.unwrap_err());
    }

    let mut client = services[0].clients.conversations.clone();
    let events = client.list_conversation_events(ops::events(&id)).await.unwrap().into_inner();
    let types: Vec<_> = events.events.iter().map(pb::ConversationEvent::r#type).collect();
    let expected = [
        pb::ConversationEventType::Created,
        pb::ConversationEventType::HandedOff,
        pb::ConversationEventType::Assigned,
    ];
    assert_eq!(types, expected);
}
