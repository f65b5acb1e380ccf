//! Expiries are announced once, whoever notices them.

use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::clock::Clock;
use azeer_tests::service::{Service, at, duration, timestamp};
use azeer_tests::{Clients, Database, ops};
use chrono::TimeDelta;
use conversation_state::store::{Action, Target, Write};
use conversation_state_core::{ConversationId, TenantId};
use futures::future::{join, join_all};
use pb::ConversationEventType as Type;
use pb::ConversationState as State;

use super::{NOON, check_chain, events, types};
use crate::inbox::{channel, set_up};

/// More than are announced in one go.
const MANY: usize = 700;

struct Pair {
    clock: Clock,
    one: Service,
    other: Service,
    ids: Vec<String>,
}

impl Pair {
    /// Two services on one database, and many conversations in three tenants whose windows have
    /// ended.
    async fn new() -> Self {
        let database = Database::new().await;
        let clock = Clock::standing_at(at(NOON));
        let start = || {
            Service::start_with(database.clone(), |config| {
                config.clock = clock.clone();
                config.announce_expiries = false;
            })
        };
        let (one, other) = (start().await, start().await);
        let begin = async |n: usize| {
            let mut client = one.clients.conversations.clone();
            let said = pb::RecordInboundMessageRequest {
                tenant_id: tenant(n),
                ..ops::inbound(&format!("c{n}"), &format!("m{n}"), at(NOON))
            };
            let said = client.record_inbound_message(said).await.unwrap().into_inner();
            said.conversation.unwrap().conversation_id
        };
        let ids = join_all((0..MANY).map(begin)).await;
        clock.set(at(NOON) + TimeDelta::hours(25));
        Self { clock, one, other, ids }
    }

    async fn events(&self, n: usize) -> Vec<pb::ConversationEvent> {
        let request =
            pb::ListConversationEventsRequest { tenant_id: tenant(n), ..ops::events(&self.ids[n]) };
        let mut client = self.other.clients.conversations.clone();
        client.list_conversation_events(request).await.unwrap().into_inner().events
    }

    async fn check_each_expired_once(&self) {
        for n in 0..MANY {
            let events = self.events(n).await;
            check_chain(&events);
            let expired: Vec<_> =
                events.iter().filter(|event| event.r#type() == Type::Expired).collect();
            assert_eq!(expired.len(), 1, "{:?}", types(&events));
            assert_eq!(expired[0].occurred_at, timestamp(at(NOON) + TimeDelta::hours(24)));
        }
    }
}

fn tenant(n: usize) -> String {
    format!("tenant-{}", n % 3)
}

async fn announce(service: &Service) -> usize {
    service.server.store().announce_expiries().await.unwrap()
}

#[tokio::test]
async fn two_services_announce_each_expiry_once() {
    let pair = Pair::new().await;
    let mut rounds = 0;
    while join(announce(&pair.one), announce(&pair.other)).await != (0, 0) {
        rounds += 1;
    }
    assert!(rounds > 1, "there was more than one round's work");
    pair.check_each_expired_once().await;
}

#[tokio::test]
async fn what_both_services_found_is_announced_once() {
    let pair = Pair::new().await;
    let announce = async |service: &Service, n: usize| {
        let tenant = TenantId::parse(&tenant(n)).unwrap();
        let target = Target::Conversation(ConversationId(pair.ids[n].parse().unwrap()));
        let write = Write::new(tenant, target, Action::AnnounceExpiry);
        service.server.store().write(write).await.unwrap();
    };
    let everything = |service| join_all((0..MANY).map(move |n| announce(service, n)));
    join(everything(&pair.one), everything(&pair.other)).await;
    pair.check_each_expired_once().await;
}

#[tokio::test]
async fn writes_and_announcements_that_meet_tell_each_expiry_once() {
    let pair = Pair::new().await;
    let write = async |n: usize| {
        let service = if n.is_multiple_of(2) { &pair.one } else { &pair.other };
        let said = pb::RecordInboundMessageRequest {
            tenant_id: tenant(n),
            ..ops::inbound(&format!("c{n}"), &format!("again-{n}"), at(NOON) + TimeDelta::hours(25))
        };
        service.clients.conversations.clone().record_inbound_message(said).await.unwrap();
    };
    let writes = join_all((0..MANY).map(write));
    let announcements =
        async { while join(announce(&pair.one), announce(&pair.other)).await != (0, 0) {} };
    join(writes, announcements).await;
    pair.check_each_expired_once().await;

    // They all wrote again: that window ends once, too.
    pair.clock.set(at(NOON) + TimeDelta::hours(50));
    while announce(&pair.one).await > 0 {}
    for n in [0, MANY / 2, MANY - 1] {
        let types = types(&pair.events(n).await);
        assert_eq!(types, [Type::Created, Type::Expired, Type::InboundRecorded, Type::Expired]);
    }
}

#[tokio::test]
async fn a_write_that_meets_an_expiry_tells_it_first() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    let bots = pb::Channel { bot_enabled: Some(true), ..channel("bots") };
    set_up(&service.clients, bots).await;
    let later = noon + TimeDelta::hours(30);
    for (channel, live) in [(ops::CHANNEL, State::Open), ("bots", State::Bot)] {
        service.clock.set(noon);
        let said = pb::RecordInboundMessageRequest {
            channel_id: channel.into(),
            ..ops::inbound("ali", &format!("{channel}-first"), noon)
        };
        let said = client.record_inbound_message(said).await.unwrap().into_inner();
        let id = said.conversation.unwrap().conversation_id;
        service.clock.set(later);
        client.close_conversation(ops::close(&id)).await.unwrap();

        let events = events(&service.clients, &id).await;
        check_chain(&events);
        assert_eq!(types(&events), [Type::Created, Type::Expired, Type::Closed]);
        let states = events.iter().map(|event| (event.from_state(), event.to_state()));
        let unknown = State::Unspecified;
        let expected = [(unknown, live), (live, State::Expired), (State::Expired, State::Closed)];
        assert!(states.eq(expected));
        assert_eq!(events[1].version, 1, "an announcement makes no version");
        assert_eq!(events[1].actor, ops::system());
        assert_eq!(events[1].occurred_at, timestamp(noon + TimeDelta::hours(24)));
        assert_eq!(events[1].recorded_at, timestamp(later));
        assert_eq!(announce(&service).await, 0, "nothing is left to announce");
    }
}

#[tokio::test]
async fn what_is_closed_or_never_opened_does_not_expire() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    let sent = client.record_outbound_message(ops::outbound("ali", "m1", noon)).await.unwrap();
    let said = client.record_inbound_message(ops::inbound("badr", "m2", noon)).await.unwrap();
    let sent = sent.into_inner().conversation.unwrap().conversation_id;
    let said = said.into_inner().conversation.unwrap().conversation_id;
    client.close_conversation(ops::close(&said)).await.unwrap();
    service.clock.set(noon + TimeDelta::days(2));
    assert_eq!(announce(&service).await, 0);
    // Nor when it is reopened later: it comes back as what it is by then.
    let reopened = client.reopen_conversation(ops::reopen(&said)).await.unwrap().into_inner();
    assert_eq!(reopened.conversation.unwrap().state(), State::Expired);
    assert_eq!(announce(&service).await, 0);
    assert_eq!(types(&events(&service.clients, &sent).await), [Type::Created]);
    let events = events(&service.clients, &said).await;
    assert_eq!(types(&events), [Type::Created, Type::Closed, Type::Reopened]);
    check_chain(&events);
}

#[tokio::test]
async fn a_running_service_announces_by_itself() {
    let service = Service::start().await;
    let clients: &Clients = &service.clients;
    let short = duration(TimeDelta::seconds(1));
    set_up(clients, pb::Channel { window_duration: short, ..channel(ops::CHANNEL) }).await;
    let said = ops::inbound("ali", "m1", azeer_tests::service::now());
    let said = clients.conversations.clone().record_inbound_message(said).await.unwrap();
    let id = said.into_inner().conversation.unwrap().conversation_id;
    let told =
        async { while types(&events(clients, &id).await) != [Type::Created, Type::Expired] {} };
    tokio::time::timeout(Duration::from_mins(1), told)
        .await
        .expect("the end of the window is told");
}
