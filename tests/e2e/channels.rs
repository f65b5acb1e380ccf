//! A channel's settings: setting them up, and what they change for which messages.

mod behaviour;
mod pages;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, at, duration, timestamp};
use azeer_tests::{Clients, ops};
use chrono::TimeDelta;
use futures::future::join_all;
use tonic_types::StatusExt as _;

use crate::inbox::{channel, set_up};

const NOON: &str = "2026-03-01T12:00:00Z";

/// What a request carries.
type Change = fn(&mut pb::Channel);

fn upsert(channel: pb::Channel, mask: &[&str], etag: &str) -> pb::UpsertChannelRequest {
    let paths = mask.iter().map(|&path| path.to_owned()).collect();
    pb::UpsertChannelRequest {
        tenant_id: ops::TENANT.into(),
        channel: Some(channel),
        update_mask: Some(prost_types::FieldMask { paths }),
        etag: etag.into(),
    }
}

async fn get(clients: &Clients, id: &str) -> pb::Channel {
    let request = pb::GetChannelRequest { tenant_id: ops::TENANT.into(), channel_id: id.into() };
    clients.channels.clone().get_channel(request).await.unwrap().into_inner().channel.unwrap()
}

fn defaults(id: &str) -> pb::Channel {
    pb::Channel {
        tenant_id: ops::TENANT.into(),
        channel_id: id.into(),
        display_name: Some(String::new()),
        display_phone_number: Some(String::new()),
        bot_enabled: Some(false),
        window_duration: duration(TimeDelta::hours(24)),
        reactions_open_window: Some(false),
        on_inbound_when_closed: pb::OnInboundWhenClosed::Reopen.into(),
        reopen_to_last_agent_within: duration(TimeDelta::hours(24)),
        ..Default::default()
    }
}

/// Every setting another than by default.
fn all_set(id: &str) -> pb::Channel {
    pb::Channel {
        display_name: Some("المبيعات".into()),
        display_phone_number: Some("+966 11 555 0100".into()),
        bot_enabled: Some(true),
        window_duration: duration(TimeDelta::seconds(1)),
        reactions_open_window: Some(true),
        on_inbound_when_closed: pb::OnInboundWhenClosed::StayClosed.into(),
        reopen_to_last_agent_within: duration(TimeDelta::zero()),
        ..defaults(id)
    }
}

/// The channel without what no request sets.
fn settings(channel: &pb::Channel) -> pb::Channel {
    pb::Channel { create_time: None, update_time: None, etag: String::new(), ..channel.clone() }
}

#[tokio::test]
async fn a_channel_that_nobody_set_up_has_the_defaults() {
    let service = Service::at(at(NOON)).await;
    assert_eq!(get(&service.clients, "new").await, defaults("new"));
    let list = pb::ListChannelsRequest { tenant_id: ops::TENANT.into(), ..Default::default() };
    let listed = service.clients.channels.clone().list_channels(list).await.unwrap().into_inner();
    assert_eq!(listed, pb::ListChannelsResponse::default(), "asking sets nothing up");
}

#[tokio::test]
async fn without_a_mask_only_what_is_carried_changes() {
    let service = Service::at(at(NOON)).await;
    let clients = &service.clients;
    let set = set_up(clients, all_set("main")).await;
    assert_eq!(settings(&set), all_set("main"));
    assert_eq!((set.create_time, set.update_time), (timestamp(at(NOON)), timestamp(at(NOON))));

    service.clock.set(at("2026-03-01T13:00:00Z"));
    let cases: [(&str, Change); 8] = [
        ("nothing", |_| ()),
        ("an explicit false", |c| c.bot_enabled = Some(false)),
        ("another explicit false", |c| c.reactions_open_window = Some(false)),
        ("an empty name", |c| c.display_name = Some(String::new())),
        ("an empty number", |c| c.display_phone_number = Some(String::new())),
        ("a window", |c| c.window_duration = duration(TimeDelta::hours(3))),
        ("a choice", |c| {
            c.on_inbound_when_closed = pb::OnInboundWhenClosed::ReopenToBot.into();
        }),
        ("a time", |c| c.reopen_to_last_agent_within = duration(TimeDelta::days(365))),
    ];
    let mut expected = all_set("main");
    for (what, change) in cases {
        let mut sparse = channel("main");
        change(&mut sparse);
        change(&mut expected);
        let changed = set_up(clients, sparse).await;
        assert_eq!(settings(&changed), expected, "{what}");
        assert_eq!(get(clients, "main").await, changed, "{what}");
        assert_eq!(changed.create_time, timestamp(at(NOON)));
        assert_eq!(changed.update_time, timestamp(at("2026-03-01T13:00:00Z")));
    }
}

#[tokio::test]
async fn with_a_mask_what_it_names_changes_and_what_is_left_out_goes_back() {
    let service = Service::at(at(NOON)).await;
    let mut client = service.clients.channels.clone();
    set_up(&service.clients, all_set("main")).await;
    let all = [
        "display_name",
        "display_phone_number",
        "bot_enabled",
        "window_duration",
        "reactions_open_window",
        "on_inbound_when_closed",
        "reopen_to_last_agent_within",
    ];
    let expected = |change: Change| {
        let mut expected = all_set("main");
        change(&mut expected);
        expected
    };
    let named = pb::Channel { display_name: Some("Sales".into()), ..channel("main") };
    let cases: [(_, &[&str], _); 5] = [
        (named.clone(), &["display_name"], expected(|c| c.display_name = Some("Sales".into()))),
        (named, &["bot_enabled"], expected(|c| c.bot_enabled = Some(false))),
        (channel("main"), &all, defaults("main")),
        (channel("main"), &["*"], defaults("main")),
        (all_set("main"), &["*"], all_set("main")),
    ];
    for (given, mask, expected) in cases {
        client.upsert_channel(upsert(all_set("main"), &["*"], "")).await.unwrap();
        let changed = client.upsert_channel(upsert(given, mask, "")).await.unwrap().into_inner();
        assert_eq!(settings(&changed.channel.unwrap()), expected, "{mask:?}");
    }
    let before = get(&service.clients, "main").await;
    for path in ["colour", "etag", "channel_id", "", "Bot_Enabled", "channel.bot_enabled"] {
        let request = upsert(channel("main"), &["bot_enabled", path, path], "");
        let refused = client.upsert_channel(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument, "{path}");
        let details = refused.get_details_bad_request().unwrap();
        let fields: Vec<_> = details.field_violations.iter().map(|bad| &*bad.field).collect();
        assert_eq!(fields, ["update_mask"], "once: {path}");
    }
    assert_eq!(get(&service.clients, "main").await, before);
}

#[tokio::test]
async fn an_etag_holds_until_the_next_change() {
    let service = Service::at(at(NOON)).await;
    let client = service.clients.channels.clone();
    let named = |name: String| pb::Channel { display_name: Some(name), ..channel("main") };
    let mismatch = |status: tonic::Status| {
        assert_eq!(status.code(), tonic::Code::Aborted);
        assert_eq!(status.get_details_error_info().unwrap().reason, "ETAG_MISMATCH");
        assert!(status.get_details_retry_info().is_some());
    };
    let early = upsert(named("early".into()), &[], "v1");
    mismatch(client.clone().upsert_channel(early).await.unwrap_err());
    assert_eq!(get(&service.clients, "main").await, defaults("main"));

    let first = set_up(&service.clients, named("first".into())).await;
    let change = |n| {
        let (mut client, etag) = (client.clone(), first.etag.clone());
        let request = upsert(named(format!("name {n}")), &[], &etag);
        async move { client.upsert_channel(request).await }
    };
    let (changed, refused): (Vec<_>, Vec<_>) =
        join_all((0..10).map(change)).await.into_iter().partition(Result::is_ok);
    assert_eq!((changed.len(), refused.len()), (1, 9), "one of all who saw the same");
    for refused in refused {
        mismatch(refused.unwrap_err());
    }
    let changed = changed.into_iter().next().unwrap().unwrap().into_inner().channel.unwrap();
    assert_eq!(get(&service.clients, "main").await, changed);
    assert_ne!(changed.etag, first.etag);

    let current = upsert(named("last".into()), &[], &changed.etag);
    client.clone().upsert_channel(current).await.unwrap();
}
