//! An inbox with conversations of all kinds, pages of it, and what a plain sort says they hold.

use std::cmp::Reverse;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at, timestamp};
use azeer_tests::{Clients, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;

/// The channels; the bot is on in `bots` only.
pub(crate) const CHANNELS: [&str; 3] = ["main", "bots", "side"];

const SIZE: i32 = 60;

/// A tenant's conversations, and a service whose time stands at noon.
pub(crate) struct Inbox {
    pub(crate) service: Service,
    pub(crate) noon: Time,
    ids: Vec<String>,
}

impl Inbox {
    /// Four conversations for each instant of the last customer's message, over all channels:
    /// windows end from ten minutes after noon on, every fifty minutes; some ended before; some
    /// never began. Of every five one is untouched, one with a team (of the bot's: with nobody, or
    /// still the bot's), one with an agent, one answered and one closed.
    pub(crate) async fn new() -> Self {
        let noon = at("2026-03-01T12:00:00Z");
        let built = noon - TimeDelta::hours(1);
        let service = Service::at(built).await;
        let bots = pb::Channel { bot_enabled: Some(true), ..channel("bots") };
        set_up(&service.clients, bots).await;
        let mut inbox = Self { service, noon, ids: Vec::new() };
        for number in 0..SIZE {
            inbox.service.clock.set(built + TimeDelta::minutes(i64::from(number / 10)));
            let id = inbox.begin(number).await;
            inbox.go_on(number, &id).await;
            inbox.ids.push(id);
        }
        inbox.service.clock.set(noon);
        inbox
    }

    async fn begin(&self, number: i32) -> String {
        let mut client = self.service.clients.conversations.clone();
        let (contact, message) = (format!("c{number}"), format!("first-{number}"));
        let channel_id = CHANNELS[usize::try_from(number).unwrap() % 3].to_owned();
        let said = match number / 4 {
            late @ 0..10 => self.noon - TimeDelta::minutes(23 * 60 + 50 - 50 * i64::from(late)),
            past @ 10..13 => self.noon - TimeDelta::hours(3 * i64::from(past)),
            _ => {
                let contact = Some(pb::ContactRef { channel_id, contact_id: contact });
                let at = self.noon - TimeDelta::hours(2);
                let template = pb::RecordOutboundMessageRequest {
                    sender: ops::system(),
                    kind: pb::OutboundKind::Template.into(),
                    template_name: "welcome".into(),
                    contact,
                    ..ops::outbound("", &message, at)
                };
                let sent = client.record_outbound_message(template).await.unwrap().into_inner();
                return sent.conversation.unwrap().conversation_id;
            }
        };
        let said = pb::RecordInboundMessageRequest {
            channel_id,
            ..ops::inbound(&contact, &message, said)
        };
        let said = client.record_inbound_message(said).await.unwrap().into_inner();
        said.conversation.unwrap().conversation_id
    }

    async fn go_on(&self, number: i32, id: &str) {
        let mut client = self.service.clients.conversations.clone();
        let bots = number % 3 == 1;
        match number % 5 {
            0 => {}
            1 if bots && number % 2 == 1 => {}
            1 => {
                let team = if bots { "" } else { "sales" };
                client.hand_off_conversation(ops::hand_off(id, team)).await.unwrap();
            }
            2 => {
                let (team, agent) = if number % 4 < 2 { ("sales", "sara") } else { ("", "omar") };
                let agent_id = agent.into();
                let hand_off =
                    pb::HandOffConversationRequest { agent_id, ..ops::hand_off(id, team) };
                client.hand_off_conversation(hand_off).await.unwrap();
            }
            3 => {
                let at = self.noon - TimeDelta::minutes(90);
                let answer = pb::RecordOutboundMessageRequest {
                    conversation_id: id.into(),
                    contact: None,
                    sender: if bots { ops::bot() } else { ops::agent("omar") },
                    ..ops::outbound("", &format!("answer-{number}"), at)
                };
                client.record_outbound_message(answer).await.unwrap();
            }
            _ => {
                client.close_conversation(ops::close(id)).await.unwrap();
            }
        }
    }

    /// All of them as they are now.
    pub(crate) async fn conversations(&self) -> Vec<pb::Conversation> {
        let request = pb::BatchGetConversationsRequest {
            tenant_id: ops::TENANT.into(),
            conversation_ids: self.ids.clone(),
            ..Default::default()
        };
        let mut client = self.service.clients.conversations.clone();
        client.batch_get_conversations(request).await.unwrap().into_inner().conversations
    }

    /// Whether it is one of them.
    pub(crate) fn has(&self, conversation: &pb::Conversation) -> bool {
        self.ids.contains(&conversation.conversation_id)
    }

    /// Announces all expiries that are due.
    pub(crate) async fn announce(&self) {
        while self.service.server.store().announce_expiries().await.unwrap() > 0 {}
    }
}

/// A listing in the course of being read.
pub(crate) struct Walk {
    pub(crate) tab: pb::Tab,
    pub(crate) order: pb::OrderBy,
    request: pb::ListConversationsRequest,
    pub(crate) found: Vec<pb::Conversation>,
    pub(crate) done: bool,
}

impl Walk {
    pub(crate) fn new(tab: pb::Tab, order: pb::OrderBy, page_size: i32) -> Self {
        let request =
            pb::ListConversationsRequest { order_by: order.into(), page_size, ..ops::list(tab) };
        Self { tab, order, request, found: Vec::new(), done: false }
    }

    pub(crate) fn filter(mut self, filter: &pb::ConversationFilter) -> Self {
        self.request.filter = Some(filter.clone());
        self
    }

    /// Reads the next page, as of `as_of` like all of them.
    pub(crate) async fn page(&mut self, clients: &Clients, as_of: Time) {
        let mut client = clients.conversations.clone();
        let page = client.list_conversations(self.request.clone()).await.unwrap().into_inner();
        assert_eq!(page.as_of, timestamp(as_of));
        let size = usize::try_from(self.request.page_size).unwrap();
        assert!(page.conversations.len() <= size);
        self.done = page.next_page_token.is_empty();
        assert!(self.done || page.conversations.len() == size, "only the last page is short");
        self.request.page_token = page.next_page_token;
        self.found.extend(page.conversations);
        assert!(self.found.len() < 1_000, "a listing has an end");
    }
}

/// The ids in the order in which a listing must show them.
pub(crate) fn sorted(
    conversations: impl IntoIterator<Item = pb::Conversation>,
    tab: pb::Tab,
    order: pb::OrderBy,
) -> Vec<String> {
    let key = |c: &pb::Conversation| {
        let key = match (order, tab) {
            (pb::OrderBy::ExpiringSoonest, _) => c.window_expires_at,
            (pb::OrderBy::NewestCustomerMessage, pb::Tab::Closed) => c.closed_at,
            _ => c.last_inbound_at,
        };
        key.map(|at| (at.seconds, at.nanos))
    };
    let mut rows: Vec<_> = conversations
        .into_iter()
        .filter(|c| tab == pb::Tab::All || tab_of(c.state()) == tab)
        .map(|c| (key(&c), c.conversation_id))
        .collect();
    if order == pb::OrderBy::NewestCustomerMessage {
        rows.sort_by_key(|row| (row.0.is_none(), Reverse(row.clone())));
    } else {
        rows.sort_by_key(|row| (row.0.is_none(), row.clone()));
    }
    rows.into_iter().map(|(_, id)| id).collect()
}

/// Where conversations of a state are shown.
pub(crate) fn tab_of(state: pb::ConversationState) -> pb::Tab {
    match state {
        pb::ConversationState::Open => pb::Tab::Open,
        pb::ConversationState::Expired => pb::Tab::Expired,
        pb::ConversationState::Closed => pb::Tab::Closed,
        pb::ConversationState::Bot => pb::Tab::Bot,
        pb::ConversationState::Unspecified => panic!("every conversation has a state"),
    }
}

/// A channel with nothing set.
pub(crate) fn channel(id: &str) -> pb::Channel {
    pb::Channel { channel_id: id.into(), ..Default::default() }
}

/// Sets what the channel carries.
pub(crate) async fn set_up(clients: &Clients, channel: pb::Channel) -> pb::Channel {
    let request = pb::UpsertChannelRequest {
        tenant_id: ops::TENANT.into(),
        channel: Some(channel),
        ..Default::default()
    };
    let answer = clients.channels.clone().upsert_channel(request).await.unwrap();
    answer.into_inner().channel.unwrap()
}
