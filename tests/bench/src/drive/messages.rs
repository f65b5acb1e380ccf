//! The requests' messages, one conversation each.

use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1 as pb;
use azeer_proto::policy::v1 as policy;
use bytes::Bytes;
use prost_types::{Duration, Timestamp};
use tonic_health::pb::HealthCheckRequest;

use super::requests::Aim;
use super::sends;
use super::spec::Call;
use super::wire::frame;
use crate::population::{
    CHANNEL, Population, contact, conversation, new_message, request, seeded_message,
};

/// How many conversations a batch names.
const BATCH: u64 = 50;

/// An encoded request of a method.
pub(super) struct Message {
    pub(super) method: &'static str,
    pub(super) frame: Bytes,
}

// === impl Message ===

impl Message {
    fn new(method: &'static str, request: &impl prost::Message) -> Self {
        Self { method, frame: frame(request) }
    }

    /// The request of a call, and the second one of a pair.
    pub(super) fn of(call: &Call, population: &Population, aim: Aim) -> (Self, Option<Self>) {
        let target = Target { tenant: population.tenant(aim.tenant), each: population.each, aim };
        let one = match call {
            Call::Health => Self::new("Check", &HealthCheckRequest::default()),
            Call::RecordInboundMessage => target.record_inbound(),
            Call::RecordOutboundMessage => target.record_outbound(),
            Call::IngestWebhook => target.ingest(),
            Call::AssignConversation => target.assign(),
            Call::CheckSend => target.check(),
            Call::AuthorizeFreeForm => {
                target.authorize(sends::free_form(target.tenant_id(), aim.i))
            }
            Call::AuthorizeBody => target.authorize(sends::posted(target.tenant_id(), aim.i)),
            Call::AuthorizeTemplate => {
                target.authorize(sends::template(target.tenant_id(), aim.i, aim.random))
            }
            Call::ReportWindowClosedThenRecord => {
                let later = Aim { now: aim.now + 1_000, ..aim };
                let second = Target { aim: later, ..target.clone() }.record_inbound();
                return (target.report_window_closed(), Some(second));
            }
            Call::CloseThenReopen => return (target.close(), Some(target.reopen())),
            Call::ReturnToBotThenHandOff => {
                return (target.return_to_bot(), Some(target.hand_off()));
            }
            _ => target.read(call),
        };
        (one, None)
    }
}

/// One conversation of one tenant.
#[derive(Clone)]
struct Target {
    tenant: String,
    each: u64,
    aim: Aim,
}

// === impl Target ===

impl Target {
    fn tenant_id(&self) -> String {
        self.tenant.clone()
    }

    fn conversation_id(&self) -> String {
        conversation(self.aim.i)
    }

    fn contact(&self) -> pb::ContactRef {
        pb::ContactRef { channel_id: CHANNEL.into(), contact_id: contact(self.aim.i) }
    }

    fn message_id(&self) -> String {
        new_message(self.aim.i, self.aim.random)
    }

    fn at(&self) -> Timestamp {
        let (seconds, micros) = (self.aim.now / 1_000_000, self.aim.now % 1_000_000);
        let nanos = i32::try_from(micros * 1_000).unwrap_or(0);
        Timestamp { seconds, nanos }
    }

    fn record_inbound(&self) -> Message {
        let request = pb::RecordInboundMessageRequest {
            tenant_id: self.tenant_id(),
            channel_id: CHANNEL.into(),
            contact_id: contact(self.aim.i),
            message_id: self.message_id(),
            occurred_at: Some(self.at()),
            ..Default::default()
        };
        Message::new("RecordInboundMessage", &request)
    }

    fn record_outbound(&self) -> Message {
        let request = pb::RecordOutboundMessageRequest {
            tenant_id: self.tenant_id(),
            contact: Some(self.contact()),
            message_id: self.message_id(),
            occurred_at: Some(self.at()),
            sender: Some(agent()),
            kind: pb::OutboundKind::FreeForm.into(),
            ..Default::default()
        };
        Message::new("RecordOutboundMessage", &request)
    }

    fn ingest(&self) -> Message {
        let (from, id, at) = (contact(self.aim.i), self.message_id(), self.aim.now / 1_000_000);
        let body = format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"1","changes":[{{"field":"messages","value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"966110000000","phone_number_id":"{CHANNEL}"}},"contacts":[{{"wa_id":"{from}","profile":{{"name":"Sara"}}}}],"messages":[{{"from":"{from}","id":"{id}","timestamp":"{at}","type":"text","text":{{"body":"Where is my order?"}}}}]}}}}]}}]}}"#
        );
        let request =
            pb::IngestWebhookRequest { tenant_id: self.tenant_id(), body: body.into_bytes() };
        Message::new("IngestWebhook", &request)
    }

    fn report_window_closed(&self) -> Message {
        let request = pb::ReportWindowClosedRequest {
            tenant_id: self.tenant_id(),
            contact: Some(self.contact()),
            message_id: format!("{}x", self.message_id()),
            sent_at: Some(self.at()),
            ..Default::default()
        };
        Message::new("ReportWindowClosed", &request)
    }

    fn close(&self) -> Message {
        let request = pb::CloseConversationRequest {
            tenant_id: self.tenant_id(),
            conversation_id: self.conversation_id(),
            actor: Some(agent()),
            reason: pb::CloseReason::Resolved.into(),
            acknowledge_unanswered: true,
            ..Default::default()
        };
        Message::new("CloseConversation", &request)
    }

    fn reopen(&self) -> Message {
        let request = pb::ReopenConversationRequest {
            tenant_id: self.tenant_id(),
            conversation_id: self.conversation_id(),
            actor: Some(agent()),
            ..Default::default()
        };
        Message::new("ReopenConversation", &request)
    }

    fn return_to_bot(&self) -> Message {
        let request = pb::ReturnToBotRequest {
            tenant_id: self.tenant_id(),
            conversation_id: self.conversation_id(),
            actor: Some(agent()),
            ..Default::default()
        };
        Message::new("ReturnToBot", &request)
    }

    fn hand_off(&self) -> Message {
        let request = pb::HandOffConversationRequest {
            tenant_id: self.tenant_id(),
            conversation_id: self.conversation_id(),
            actor: Some(agent()),
            team_id: self.team(),
            ..Default::default()
        };
        Message::new("HandOffConversation", &request)
    }

    fn assign(&self) -> Message {
        let request = pb::AssignConversationRequest {
            tenant_id: self.tenant_id(),
            conversation_id: self.conversation_id(),
            actor: Some(agent()),
            team_id: self.team(),
            agent_id: format!("agent{}", self.aim.random % 200),
            ..Default::default()
        };
        Message::new("AssignConversation", &request)
    }

    fn check(&self) -> Message {
        let send = Some(sends::free_form(self.tenant_id(), self.aim.i));
        Message::new("CheckSend", &policy::CheckSendRequest { send, ..Default::default() })
    }

    fn authorize(&self, send: policy::Send) -> Message {
        let request = policy::AuthorizeSendRequest {
            send: Some(send),
            request_id: request(self.aim.i, self.aim.random),
            ..Default::default()
        };
        Message::new("AuthorizeSend", &request)
    }

    fn team(&self) -> String {
        format!("team{}", self.aim.random % 20)
    }

    fn read(&self, call: &Call) -> Message {
        let tenant_id = self.tenant_id();
        match call {
            Call::BatchGetConversations => {
                let ids = (0..BATCH).map(|n| conversation((self.aim.i + n * 97) % self.each));
                let conversation_ids = ids.collect();
                Message::new(
                    "BatchGetConversations",
                    &pb::BatchGetConversationsRequest {
                        tenant_id,
                        conversation_ids,
                        ..Default::default()
                    },
                )
            }
            Call::GetSendContext => Message::new(
                "GetSendContext",
                &pb::GetSendContextRequest {
                    tenant_id,
                    conversation_id: self.conversation_id(),
                    inbound_message_ids: vec![seeded_message(self.aim.i)],
                    ..Default::default()
                },
            ),
            Call::ListConversations(page_token) => Message::new(
                "ListConversations",
                &pb::ListConversationsRequest {
                    tenant_id,
                    tab: pb::Tab::Open.into(),
                    page_token: page_token.clone(),
                    ..Default::default()
                },
            ),
            Call::GetTabCounts(seconds) => {
                let seconds = i64::try_from(*seconds).unwrap_or(i64::MAX);
                let expiring_within = Some(Duration { seconds, nanos: 0 });
                let request =
                    pb::GetTabCountsRequest { tenant_id, expiring_within, ..Default::default() };
                Message::new("GetTabCounts", &request)
            }
            Call::ListConversationEvents => Message::new(
                "ListConversationEvents",
                &pb::ListConversationEventsRequest {
                    tenant_id,
                    conversation_id: self.conversation_id(),
                    ..Default::default()
                },
            ),
            Call::GetChannel => {
                let channel_id = CHANNEL.into();
                Message::new("GetChannel", &pb::GetChannelRequest { tenant_id, channel_id })
            }
            Call::ListChannels => {
                let request = pb::ListChannelsRequest { tenant_id, ..Default::default() };
                Message::new("ListChannels", &request)
            }
            _ => {
                let contact = Some(self.contact());
                let request =
                    pb::GetConversationRequest { tenant_id, contact, ..Default::default() };
                Message::new("GetConversation", &request)
            }
        }
    }
}

fn agent() -> common::Actor {
    common::Actor { kind: common::ActorKind::Agent.into(), id: "omar".into() }
}
