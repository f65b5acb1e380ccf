//! The list of the channels that somebody set up.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::{Service, at};

use super::{NOON, upsert};
use crate::inbox::{channel, set_up};

#[tokio::test]
async fn channels_are_listed_by_id_whatever_the_page_size() {
    let service = Service::at(at(NOON)).await;
    let mut client = service.clients.channels.clone();
    let ids = ["-dash", "10", "9", "B", "_under", "a", "b"];
    for id in ["b", "10", "B", "a", "_under", "9", "-dash"] {
        set_up(&service.clients, channel(id)).await;
    }
    let other = upsert(channel("of-another-tenant"), &[], "");
    let other = pb::UpsertChannelRequest { tenant_id: "other".into(), ..other };
    client.upsert_channel(other).await.unwrap();

    for page_size in [1, 2, 3, 7, 8, 0, 501] {
        let mut request = pb::ListChannelsRequest {
            tenant_id: ops::TENANT.into(),
            page_size,
            ..Default::default()
        };
        let mut found = Vec::new();
        loop {
            let page = client.list_channels(request.clone()).await.unwrap().into_inner();
            assert!(page.channels.iter().all(|c| c.tenant_id == ops::TENANT));
            found.extend(page.channels.into_iter().map(|channel| channel.channel_id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
            let elsewhere =
                pb::ListChannelsRequest { tenant_id: "other".into(), ..request.clone() };
            let refused = client.list_channels(elsewhere).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument, "a token of another tenant's");
        }
        assert_eq!(found, ids, "{page_size}");
    }
    let negative = pb::ListChannelsRequest {
        tenant_id: ops::TENANT.into(),
        page_size: -1,
        ..Default::default()
    };
    let refused = client.list_channels(negative).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::InvalidArgument);
}

#[tokio::test]
async fn a_page_of_channels_with_many_rules_is_one_that_clients_take() {
    let service = Service::at(at(NOON)).await;
    let mut client = service.clients.channels.clone();
    let rule = |number: usize| pb::RoutingRule {
        rule_id: format!("rule-{number}"),
        keywords: vec!["س".repeat(128); 64],
        team_id: "sales".into(),
        ..Default::default()
    };
    let rules: Vec<pb::RoutingRule> = (0..4).map(rule).collect();
    let ids: Vec<String> = (100..180).map(|number| format!("channel-{number}")).collect();
    for id in &ids {
        let channel = pb::Channel { routing_rules: rules.clone(), ..channel(id) };
        set_up(&service.clients, channel).await;
    }
    let mut request = pb::ListChannelsRequest {
        tenant_id: ops::TENANT.into(),
        page_size: 500,
        ..Default::default()
    };
    let mut found = Vec::new();
    loop {
        let page = client.list_channels(request.clone()).await.expect("it is not too large");
        let page = page.into_inner();
        found.extend(page.channels.into_iter().map(|channel| channel.channel_id));
        if request.page_token.is_empty() {
            assert!(found.len() < ids.len(), "one page is not enough");
        }
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            break;
        }
    }
    assert_eq!(found, ids);
}
