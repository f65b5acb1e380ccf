//! Does each step to the service and to the model, and expects the service to refuse exactly what
//! the model knows to be illegal.

use azeer_proto::common::v1::Actor;
use azeer_proto::conversation::v1::{self as pb, ConversationEventType as Event};
use azeer_tests::ops;
use azeer_tests::service::{Service, at, duration, timestamp};
use chrono::TimeDelta;
use conversation_state_core::Time;
use tonic::Code;

use super::chat::{AGENT, Chat, Handler};
use super::compare;
use super::inbox::Inbox;
use super::op::{CHANNELS, Closed, Op, Sender, Who, agent, team};

pub(super) struct Run {
    pub(super) service: Service,
    pub(super) inbox: Inbox,
    pub(super) now: Time,
    /// Messages told so far; also keeps the times of any two of them apart.
    messages: i64,
    pub(super) last: Option<pb::RecordInboundMessageRequest>,
}

pub(super) async fn history(ops: &[Op]) {
    // Times with microseconds: a whole second would stand for all its instants.
    let now = at("2026-03-01T12:00:00.000500Z");
    let service = Service::at(now).await;
    let mut run = Run { service, inbox: Inbox::default(), now, messages: 0, last: None };
    for channel in CHANNELS {
        run.set_up(channel).await;
    }
    for (step, op) in ops.iter().enumerate() {
        let touched = run.step(op).await;
        compare::all(&run, touched, step).await;
    }
    compare::logs(&run).await;
}

pub(super) fn contact(who: Who) -> pb::ContactRef {
    let channel_id = CHANNELS[who.channel].id.into();
    pb::ContactRef { channel_id, contact_id: format!("contact-{}", who.contact) }
}

fn actor(sender: Sender) -> Option<Actor> {
    match sender {
        Sender::Agent => ops::agent(AGENT),
        Sender::Bot => ops::bot(),
        Sender::System => ops::system(),
    }
}

impl Run {
    async fn set_up(&mut self, channel: super::op::Channel) {
        let when_closed = match channel.when_closed {
            Closed::Reopen => pb::OnInboundWhenClosed::Reopen,
            Closed::ToBot => pb::OnInboundWhenClosed::ReopenToBot,
            Closed::Stay => pb::OnInboundWhenClosed::StayClosed,
        };
        let request = pb::UpsertChannelRequest {
            tenant_id: ops::TENANT.into(),
            channel: Some(pb::Channel {
                channel_id: channel.id.into(),
                bot_enabled: Some(channel.bot),
                window_duration: duration(channel.window),
                on_inbound_when_closed: when_closed.into(),
                ..Default::default()
            }),
            ..Default::default()
        };
        self.service.clients.channels.upsert_channel(request).await.unwrap();
    }

    /// Gives the conversation that the step was about.
    async fn step(&mut self, op: &Op) -> Option<Who> {
        match *op {
            Op::Advance(by) => self.advance(self.now + by),
            Op::AdvanceToEnd(who, micros) => {
                let end = self.inbox.chats.get(&who).and_then(|chat| chat.window);
                let end = end.map(|end| end + TimeDelta::microseconds(micros));
                self.advance(end.unwrap_or(self.now).max(self.now));
            }
            Op::Inbound { who, late, reaction } => return self.inbound(who, late, reaction).await,
            Op::Outbound { who, late, sender, template, old_epoch } => {
                return self.outbound(who, late, sender, template, old_epoch).await;
            }
            Op::WindowClosed { who, late } => return self.window_closed(who, late).await,
            Op::Erase { who } => self.erase(who).await,
            Op::Again => self.again().await,
            Op::AnnounceExpiries => {
                self.service.server.store().announce_expiries().await.unwrap();
                let now = self.now;
                self.inbox.chats.values_mut().for_each(|chat| chat.announce(now));
            }
            Op::Close { who, .. }
            | Op::Reopen { who, .. }
            | Op::HandOff { who, .. }
            | Op::ReturnToBot { who, .. }
            | Op::Assign { who, .. } => return self.command(who, op).await,
        }
        None
    }

    fn advance(&mut self, to: Time) {
        self.now = to;
        self.service.clock.set(to);
    }

    /// A time of its own for the next message.
    fn told_at(&mut self, late: TimeDelta) -> Time {
        self.messages += 1;
        let at = self.now - late - TimeDelta::microseconds(self.messages);
        if at.timestamp_subsec_micros() == 0 { at - TimeDelta::microseconds(1) } else { at }
    }

    async fn inbound(&mut self, who: Who, late: TimeDelta, reaction: bool) -> Option<Who> {
        let at = self.told_at(late);
        let contact = contact(who);
        let kind = if reaction { pb::InboundKind::Reaction } else { pb::InboundKind::Message };
        let request = pb::RecordInboundMessageRequest {
            channel_id: contact.channel_id,
            kind: kind.into(),
            ..ops::inbound(&contact.contact_id, &format!("m{}", self.messages), at)
        };
        self.last = Some(request.clone());
        let client = &mut self.service.clients.conversations;
        let answer = client.record_inbound_message(request).await.unwrap().into_inner();
        assert!(!answer.duplicate);
        let chat = self.inbox.chats.entry(who).or_insert_with(|| Chat::new(who, None, at));
        chat.inbound(at, reaction, self.now);
        chat.id = answer.conversation.unwrap().conversation_id;
        Some(who)
    }

    async fn outbound(
        &mut self,
        who: Who,
        late: TimeDelta,
        sender: Sender,
        template: bool,
        old_epoch: bool,
    ) -> Option<Who> {
        let at = self.told_at(late);
        let kind = if template { pb::OutboundKind::Template } else { pb::OutboundKind::FreeForm };
        let known_epoch = self.inbox.chats.get(&who).map_or(0, |chat| chat.epoch);
        let request = pb::RecordOutboundMessageRequest {
            contact: Some(contact(who)),
            sender: actor(sender),
            kind: kind.into(),
            template_name: if template { "order_update".into() } else { String::new() },
            handler_epoch: known_epoch - i64::from(old_epoch && known_epoch > 1),
            ..ops::outbound("", &format!("m{}", self.messages), at)
        };
        let client = &mut self.service.clients.conversations;
        let answer = client.record_outbound_message(request).await.unwrap().into_inner();
        let by = Some(sender);
        let chat = self.inbox.chats.entry(who).or_insert_with(|| Chat::new(who, by, at));
        chat.outbound(at, sender, template, self.now);
        chat.id = answer.conversation.unwrap().conversation_id;
        Some(who)
    }

    async fn window_closed(&mut self, who: Who, late: TimeDelta) -> Option<Who> {
        let sent = self.told_at(late);
        let request = pb::ReportWindowClosedRequest {
            tenant_id: ops::TENANT.into(),
            contact: Some(contact(who)),
            message_id: "refused".into(),
            sent_at: timestamp(sent),
            ..Default::default()
        };
        let outcome = self.service.clients.conversations.report_window_closed(request).await;
        let Some(chat) = self.inbox.chats.get_mut(&who) else {
            assert_eq!(outcome.unwrap_err().code(), Code::NotFound);
            return None;
        };
        outcome.unwrap();
        chat.window_closed(sent, self.now);
        Some(who)
    }

    async fn again(&mut self) {
        if let Some(request) = self.last.clone() {
            let client = &mut self.service.clients.conversations;
            let answer = client.record_inbound_message(request).await.unwrap().into_inner();
            assert!(answer.duplicate);
        }
    }

    async fn command(&mut self, who: Who, op: &Op) -> Option<Who> {
        let chat = self.inbox.chats.get_mut(&who)?;
        let legal = is_legal(chat, op);
        let outcome = ask(&mut self.service, chat, op).await;
        if !legal {
            assert_eq!(outcome.unwrap_err().code(), Code::FailedPrecondition, "{op:?}");
            return Some(who);
        }
        outcome.unwrap();
        chat.announce(self.now);
        obey(chat, op, self.now);
        Some(who)
    }
}

fn is_legal(chat: &Chat, op: &Op) -> bool {
    let open = chat.closed.is_none();
    match *op {
        Op::Close { sender, acknowledge, .. } => {
            sender == Sender::Agent && open && (acknowledge || !chat.awaiting_reply())
        }
        Op::Reopen { sender, .. } => sender != Sender::Bot && !open,
        Op::HandOff { sender, .. } => open && (sender != Sender::Bot || chat.is_bots()),
        Op::ReturnToBot { sender, .. } => {
            sender != Sender::Bot && open && !chat.is_bots() && chat.channel().bot
        }
        Op::Assign { sender, .. } => sender != Sender::Bot && open && !chat.is_bots(),
        _ => true,
    }
}

/// What a legal command makes of the conversation.
fn obey(chat: &mut Chat, op: &Op, now: Time) {
    match *op {
        Op::Close { .. } => {
            chat.closed = Some(now);
            chat.tell(Event::Closed, now);
        }
        Op::Reopen { .. } => {
            chat.closed = None;
            chat.tell(Event::Reopened, now);
        }
        Op::HandOff { team: t, agent: a, .. } => {
            chat.hand_over(now);
            chat.handle(Handler::human(team(t), agent(a)), now);
            chat.tell(Event::HandedOff, now);
        }
        Op::ReturnToBot { .. } => {
            chat.handle(Handler::bot(), now);
            chat.tell(Event::ReturnedToBot, now);
        }
        Op::Assign { team: t, agent: a, .. } => {
            chat.handle(Handler::human(team(t), agent(a)), now);
            chat.tell(Event::Assigned, now);
        }
        _ => {}
    }
}

async fn ask(service: &mut Service, chat: &Chat, op: &Op) -> Result<(), tonic::Status> {
    let client = &mut service.clients.conversations;
    let (tenant_id, conversation_id) = (ops::TENANT.to_owned(), chat.id.clone());
    match *op {
        Op::Close { sender, acknowledge, .. } => {
            let request = pb::CloseConversationRequest {
                actor: actor(sender),
                acknowledge_unanswered: acknowledge,
                ..ops::close(&conversation_id)
            };
            client.close_conversation(request).await.map(drop)
        }
        Op::Reopen { sender, .. } => {
            let request = pb::ReopenConversationRequest {
                actor: actor(sender),
                ..ops::reopen(&conversation_id)
            };
            client.reopen_conversation(request).await.map(drop)
        }
        Op::HandOff { sender, team: t, agent: a, .. } => {
            let request = pb::HandOffConversationRequest {
                actor: actor(sender),
                agent_id: agent(a),
                handler_epoch: if sender == Sender::Bot { chat.epoch } else { 0 },
                ..ops::hand_off(&conversation_id, &team(t))
            };
            client.hand_off_conversation(request).await.map(drop)
        }
        Op::ReturnToBot { sender, .. } => {
            let actor = actor(sender);
            let request =
                pb::ReturnToBotRequest { tenant_id, conversation_id, actor, ..Default::default() };
            client.return_to_bot(request).await.map(drop)
        }
        Op::Assign { sender, team: t, agent: a, .. } => {
            let request = pb::AssignConversationRequest {
                tenant_id,
                conversation_id,
                actor: actor(sender),
                team_id: team(t),
                agent_id: agent(a),
                ..Default::default()
            };
            client.assign_conversation(request).await.map(drop)
        }
        _ => Ok(()),
    }
}
