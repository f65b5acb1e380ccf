//! Conversations that do not exist are not found, and looking for them begins nothing: no
//! conversation, no tenant.

use std::collections::BTreeMap;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::Service;
use azeer_tests::{Database, ops, service};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use crate::support::{self, Call, Dump, told, write};

/// All RPCs that name a conversation by its id.
fn by_id(tenant: &str, id: &str) -> Vec<Call> {
    let (tenant_id, conversation_id) = (|| tenant.to_owned(), || id.to_owned());
    vec![
        Call::new(pb::RecordOutboundMessageRequest {
            tenant_id: tenant_id(),
            conversation_id: conversation_id(),
            contact: None,
            ..ops::outbound("", "m1", service::now())
        }),
        Call::new(pb::ReportWindowClosedRequest {
            tenant_id: tenant_id(),
            ..support::window_closed(id, service::now())
        }),
        Call::new(pb::CloseConversationRequest { tenant_id: tenant_id(), ..ops::close(id) }),
        Call::new(pb::ReopenConversationRequest { tenant_id: tenant_id(), ..ops::reopen(id) }),
        Call::new(pb::HandOffConversationRequest {
            tenant_id: tenant_id(),
            ..ops::hand_off(id, "t")
        }),
        Call::new(pb::ReturnToBotRequest { tenant_id: tenant_id(), ..support::return_to_bot(id) }),
        Call::new(pb::AssignConversationRequest {
            tenant_id: tenant_id(),
            ..support::assign(id, "a")
        }),
        Call::new(pb::GetConversationRequest {
            tenant_id: tenant_id(),
            conversation_id: conversation_id(),
            contact: None,
            ..ops::get("")
        }),
        Call::new(pb::GetSendContextRequest {
            tenant_id: tenant_id(),
            ..support::send_context(id)
        }),
        Call::new(pb::ListConversationEventsRequest { tenant_id: tenant_id(), ..ops::events(id) }),
    ]
}

/// The RPCs that look for a contact's conversation and don't begin one.
fn by_contact(tenant: &str) -> Vec<Call> {
    let tenant_id = || tenant.to_owned();
    let get = pb::GetConversationRequest { tenant_id: tenant_id(), ..ops::get("nobody") };
    let report = pb::ReportWindowClosedRequest {
        tenant_id: tenant_id(),
        conversation_id: String::new(),
        contact: ops::contact_ref("nobody"),
        ..support::window_closed("", service::now())
    };
    vec![Call::new(get), Call::new(report)]
}

/// With the database's own clock: that of a test would tell the time where nothing else does.
async fn with_ali() -> (Service, Dump, String) {
    let database = Database::new().await;
    let service = Service::start_with(database, |config| config.announce_expiries = false).await;
    let dump = Dump::of(&service.database).await;
    let said = ops::inbound("ali", "in", service::now());
    let id = write(&service.clients.channel, said).await.unwrap().0.conversation_id;
    let said = ops::inbound("ali", "in", service::now());
    let other = pb::RecordInboundMessageRequest { tenant_id: "other".into(), ..said };
    write(&service.clients.channel, other).await.unwrap();
    (service, dump, id)
}

#[tokio::test]
async fn unknown_conversations_are_not_found_and_nothing_begins() {
    let (service, dump, id) = with_ali().await;
    let held = dump.rows().await;
    let mut calls = by_contact(ops::TENANT);
    calls.extend(by_contact("nobody"));
    for unknown in [Uuid::nil(), Uuid::now_v7()] {
        calls.extend(by_id(ops::TENANT, &unknown.to_string()));
    }
    for tenant in ["other", "nobody"] {
        calls.extend(by_id(tenant, &id));
    }
    for call in calls {
        let status = call.make(&service.clients.channel).await.expect_err(&call.rpc);
        let not_found = (Code::NotFound, "CONVERSATION_NOT_FOUND".to_owned());
        assert_eq!(told(&status), not_found, "{}: {status:?}", call.rpc);
        assert_tells_what_was_asked(&status);
        assert_eq!(dump.rows().await, held, "{}", call.rpc);
    }
}

/// The conversation, or whom it would be with.
fn assert_tells_what_was_asked(status: &Status) {
    let info = status.get_details_error_info().unwrap();
    let told: BTreeMap<_, _> = info.metadata.iter().map(|(k, v)| (k.as_str(), &**v)).collect();
    match told.get("conversation_id") {
        Some(id) => assert!(Uuid::try_parse(id).is_ok(), "{status:?}"),
        None => {
            assert_eq!(told, [("channel_id", ops::CHANNEL), ("contact_id", "nobody")].into());
        }
    }
}

#[tokio::test]
async fn asking_about_what_is_not_there_is_no_error_and_begins_nothing() {
    let (service, dump, id) = with_ali().await;
    let held = dump.rows().await;
    let (mut conversations, mut channels) =
        (service.clients.conversations.clone(), service.clients.channels.clone());
    for tenant in ["other", "nobody"] {
        let tenant_id = || tenant.to_owned();
        let context = pb::GetSendContextRequest {
            tenant_id: tenant_id(),
            contact: ops::contact_ref("nobody"),
            ..Default::default()
        };
        let context = conversations.get_send_context(context).await.unwrap().into_inner();
        assert_eq!((context.conversation, context.version), (None, 0));
        assert!(context.as_of.is_some());
        // Each once, as it was first written.
        let batch = support::batch_get(&[&id.to_uppercase(), &id]);
        let batch = pb::BatchGetConversationsRequest { tenant_id: tenant_id(), ..batch };
        let batch = conversations.batch_get_conversations(batch).await.unwrap().into_inner();
        assert_eq!((batch.conversations, batch.not_found_ids), (vec![], vec![id.to_uppercase()]));
        let channel_id = "nobodys".into();
        let channel = pb::GetChannelRequest { tenant_id: tenant_id(), channel_id };
        let channel = channels.get_channel(channel).await.unwrap().into_inner().channel.unwrap();
        assert_eq!(
            (channel.create_time, &*channel.etag, channel.bot_enabled),
            (None, "", Some(false))
        );
    }
    let tenant_id = || "nobody".to_owned();
    let list = pb::ListConversationsRequest { tenant_id: tenant_id(), ..Default::default() };
    let page = conversations.list_conversations(list).await.unwrap().into_inner();
    assert_eq!((page.conversations, &*page.next_page_token), (vec![], ""));
    let counts = pb::GetTabCountsRequest { tenant_id: tenant_id(), ..Default::default() };
    let counts = conversations.get_tab_counts(counts).await.unwrap().into_inner();
    let sum = counts.open + counts.expired + counts.closed + counts.bot + counts.awaiting_reply;
    assert_eq!(sum, 0);
    let list = pb::ListChannelsRequest { tenant_id: tenant_id(), ..Default::default() };
    assert_eq!(channels.list_channels(list).await.unwrap().into_inner().channels, []);
    assert_eq!(dump.rows().await, held);
}

#[tokio::test]
async fn a_first_message_that_is_refused_begins_no_tenant() {
    let (service, dump, _) = with_ali().await;
    let held = dump.rows().await;
    let ahead = ops::inbound("ali", "m1", service::now() + chrono::TimeDelta::hours(1));
    let ahead = pb::RecordInboundMessageRequest { tenant_id: "nobody".into(), ..ahead };
    let status = write(&service.clients.channel, ahead).await.unwrap_err();
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(dump.rows().await, held);
}
