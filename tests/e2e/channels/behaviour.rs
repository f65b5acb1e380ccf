//! What settings change: the messages that come later, on every replica, and nothing else.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::clock::Clock;
use azeer_tests::service::{Service, at, duration, time, timestamp};
use azeer_tests::{Clients, Database, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;

use super::NOON;
use crate::inbox::{channel, set_up};

async fn says(clients: &Clients, contact: &str, message: &str, at: Time) -> pb::Conversation {
    let said = ops::inbound(contact, message, at);
    let said = clients.conversations.clone().record_inbound_message(said).await.unwrap();
    said.into_inner().conversation.unwrap()
}

fn bot(on: bool) -> pb::Channel {
    pb::Channel { bot_enabled: Some(on), ..channel(ops::CHANNEL) }
}

fn window(length: TimeDelta) -> pb::Channel {
    pb::Channel { window_duration: duration(length), ..channel(ops::CHANNEL) }
}

#[tokio::test]
async fn a_setting_holds_for_the_very_next_write_on_any_replica() {
    let database = Database::new().await;
    let clock = Clock::standing_at(at(NOON));
    let replica = || {
        Service::start_with(database.clone(), |config| {
            config.clock = clock.clone();
            config.announce_expiries = false;
        })
    };
    let (here, there) = (replica().await, replica().await);
    // Each replica has worked with the channel before, and remembers what it was.
    for (replica, contact) in [(&here, "first"), (&there, "second")] {
        says(&replica.clients, contact, contact, at(NOON)).await;
    }
    for round in 0..20 {
        let on = round % 2 == 0;
        let (setter, writer) = if round % 3 == 0 { (&here, &there) } else { (&there, &here) };
        set_up(&setter.clients, bot(on)).await;
        let contact = format!("contact-{round}");
        let kind = if on { pb::HandlerKind::Bot } else { pb::HandlerKind::Human };
        let said = says(&writer.clients, &contact, &contact, at(NOON)).await;
        assert_eq!(said.handler.unwrap().kind(), kind, "in round {round}");
    }
}

#[tokio::test]
async fn a_window_duration_holds_for_later_messages_only() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let clients = &service.clients;
    let ends = |conversation: pb::Conversation| time(conversation.window_expires_at.unwrap());
    let day = noon + TimeDelta::hours(24);
    assert_eq!(ends(says(clients, "ali", "m1", noon).await), day);

    set_up(clients, window(TimeDelta::hours(1))).await;
    let got = clients.conversations.clone().get_conversation(ops::get("ali")).await.unwrap();
    let got = got.into_inner().conversation.unwrap();
    assert_eq!((ends(got.clone()), got.version), (day, 1), "what was opened stays open");

    // The newest message makes the window, also a shorter one; an older one changes nothing.
    let later = noon + TimeDelta::hours(2);
    service.clock.set(later);
    let hour = later + TimeDelta::hours(1);
    assert_eq!(ends(says(clients, "ali", "m2", later).await), hour);
    assert_eq!(ends(says(clients, "ali", "m0", noon).await), hour);
    // To others it gives an hour, counted from when they wrote.
    let quarter = TimeDelta::minutes(15);
    let badr = says(clients, "badr", "m3", later - quarter).await;
    assert_eq!(ends(badr.clone()), later + TimeDelta::minutes(45));
    assert_eq!(badr.window_remaining, duration(TimeDelta::minutes(45)));
}

#[tokio::test]
async fn a_window_lasts_from_a_second_to_a_day() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let clients = &service.clients;
    let micro = TimeDelta::microseconds(1);
    let (second, day) = (TimeDelta::seconds(1), TimeDelta::hours(24));
    for (n, length) in [second, second + micro, day - micro, day].into_iter().enumerate() {
        set_up(clients, window(length)).await;
        service.clock.set(noon);
        let contact = format!("contact-{n}");
        let said = says(clients, &contact, &contact, noon).await;
        assert_eq!(said.window_expires_at, timestamp(noon + length));
        let (open, expired) = (pb::ConversationState::Open, pb::ConversationState::Expired);
        for (after, state) in [(length, open), (length + micro, expired)] {
            service.clock.set(noon + after);
            let mut client = clients.conversations.clone();
            let got = client.get_conversation(ops::get(&contact)).await.unwrap().into_inner();
            assert_eq!(got.conversation.unwrap().state(), state, "{length} {after}");
        }
    }
    for length in [TimeDelta::zero(), second - micro, day + micro, -day] {
        let request = super::upsert(window(length), &[], "");
        let refused = clients.channels.clone().upsert_channel(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{length}");
    }
}

#[tokio::test]
async fn turning_the_bot_off_leaves_its_conversations_with_it() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    let clients = &service.clients;
    set_up(clients, bot(true)).await;
    let before = says(clients, "ali", "m1", noon).await;
    assert_eq!(before.state(), pb::ConversationState::Bot);
    set_up(clients, bot(false)).await;

    let after = says(clients, "ali", "m2", noon).await;
    assert_eq!(after.state(), pb::ConversationState::Bot);
    assert_eq!(after.handler, before.handler);
    assert_eq!(says(clients, "badr", "m3", noon).await.state(), pb::ConversationState::Open);

    // Once handed off it cannot go back.
    let mut client = clients.conversations.clone();
    let id = after.conversation_id;
    client.hand_off_conversation(ops::hand_off(&id, "sales")).await.unwrap();
    let back = pb::ReturnToBotRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: id,
        actor: ops::agent("sara"),
        ..Default::default()
    };
    let refused = client.return_to_bot(back.clone()).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::FailedPrecondition);
    set_up(clients, bot(true)).await;
    let back = client.return_to_bot(back).await.unwrap().into_inner().conversation.unwrap();
    assert_eq!(back.state(), pb::ConversationState::Bot);
}

#[tokio::test]
async fn settings_are_each_channels_and_each_tenants_own() {
    let noon = at(NOON);
    let service = Service::at(noon).await;
    set_up(&service.clients, bot(true)).await;
    let of = |tenant: &str, channel: &str| pb::RecordInboundMessageRequest {
        tenant_id: tenant.into(),
        channel_id: channel.into(),
        ..ops::inbound("ali", channel, noon)
    };
    let cases = [
        (ops::TENANT, ops::CHANNEL, true),
        (ops::TENANT, "side", false),
        ("other", ops::CHANNEL, false),
    ];
    for (tenant, channel, bots) in cases {
        let mut client = service.clients.conversations.clone();
        let said = client.record_inbound_message(of(tenant, channel)).await.unwrap().into_inner();
        let is_bots = said.conversation.unwrap().state() == pb::ConversationState::Bot;
        assert_eq!(is_bots, bots, "{tenant} {channel}");
    }
}
