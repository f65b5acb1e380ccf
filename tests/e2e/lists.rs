//! Listings: their order, and pages that stay the same whatever time does between them.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::{Service, at, duration};
use chrono::TimeDelta;
use serde_json::json;
use tonic_types::StatusExt as _;

use crate::inbox::{Inbox, Walk, channel, set_up, sorted, tab_of};

pub(crate) const TABS: [pb::Tab; 5] =
    [pb::Tab::Open, pb::Tab::Expired, pb::Tab::Closed, pb::Tab::Bot, pb::Tab::All];
pub(crate) const ORDERS: [pb::OrderBy; 3] = [
    pb::OrderBy::NewestCustomerMessage,
    pb::OrderBy::OldestCustomerMessage,
    pb::OrderBy::ExpiringSoonest,
];

const ZERO: prost_types::Duration = prost_types::Duration { seconds: 0, nanos: 0 };

#[tokio::test]
async fn pages_stay_the_same_while_windows_end_and_others_write() {
    walk_while_windows_end(false).await;
}

#[tokio::test]
async fn pages_stay_the_same_while_ends_are_announced_and_others_write() {
    walk_while_windows_end(true).await;
}

/// Reads every tab in every order and by pages of three sizes at once. When they begin, some ends
/// are not announced yet, and some windows end this very instant. Between the pages more of them
/// end, new conversations begin and one goes on and on.
async fn walk_while_windows_end(announced: bool) {
    let inbox = Inbox::new().await;
    let clients = &inbox.service.clients;
    let mut client = clients.conversations.clone();
    client.record_inbound_message(ops::inbound("busy", "busy", inbox.noon)).await.unwrap();
    let begin = inbox.noon + TimeDelta::minutes(110);
    inbox.service.clock.set(begin);
    let before = inbox.conversations().await;
    assert!(
        before
            .iter()
            .any(|c| c.window_remaining == Some(ZERO) && tab_of(c.state()) == pb::Tab::Open)
    );
    let mut walks = Vec::new();
    for tab in TABS {
        for order in ORDERS {
            walks.extend([1, 2, 7].map(|page_size| Walk::new(tab, order, page_size)));
        }
    }
    let mut now = begin;
    for round in 0..100 {
        for walk in walks.iter_mut().filter(|walk| !walk.done) {
            walk.page(clients, begin).await;
        }
        if walks.iter().all(|walk| walk.done) {
            break;
        }
        now += TimeDelta::minutes(25);
        inbox.service.clock.set(now);
        if announced {
            inbox.announce().await;
        }
        // Not for ever: by pages of one, a listing would never catch up with its own end.
        let others = ["busy".to_owned(), format!("new-{round}")];
        for contact in others.iter().filter(|_| round < 30) {
            let said = ops::inbound(contact, &format!("{contact}-{round}"), now);
            client.record_inbound_message(said).await.unwrap();
        }
    }

    let after = inbox.conversations().await;
    let ended = |c: &pb::Conversation| c.window_remaining.is_none_or(|left| left == ZERO);
    assert!(after.iter().all(ended), "all windows ended on the way");
    assert!(walks.iter().all(|walk| walk.done));
    for walk in walks {
        let (tab, order) = (walk.tab, walk.order);
        let in_tab = |c: &pb::Conversation| tab == pb::Tab::All || tab_of(c.state()) == tab;
        assert!(walk.found.iter().all(in_tab), "each is told as of the first page");
        let found = walk.found.into_iter().filter(|c| inbox.has(c));
        let found: Vec<_> = found.map(|c| c.conversation_id).collect();
        let expected = sorted(before.clone(), tab, order);
        assert!(expected.len() > 3, "{tab:?} has several pages");
        assert_eq!(found, expected, "{tab:?} by {order:?}");
    }
}

#[tokio::test]
async fn each_order_is_what_it_says() {
    let noon = at("2026-03-01T12:00:00Z");
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    let hour = duration(TimeDelta::hours(1));
    set_up(&service.clients, pb::Channel { window_duration: hour, ..channel("short") }).await;
    let said =
        [("main", "at-8", 8), ("short", "at-9", 9), ("main", "at-10", 10), ("short", "at-11", 11)];
    for (channel, contact, hour) in said {
        let at = noon - TimeDelta::hours(12 - hour);
        let said = pb::RecordInboundMessageRequest {
            channel_id: channel.into(),
            ..ops::inbound(contact, contact, at)
        };
        client.record_inbound_message(said).await.unwrap();
    }
    client.record_outbound_message(ops::outbound("never", "never", noon)).await.unwrap();

    let cases = [
        (pb::OrderBy::Unspecified, ["at-11", "at-10", "at-9", "at-8", "never"]),
        (pb::OrderBy::NewestCustomerMessage, ["at-11", "at-10", "at-9", "at-8", "never"]),
        (pb::OrderBy::OldestCustomerMessage, ["at-8", "at-9", "at-10", "at-11", "never"]),
        (pb::OrderBy::ExpiringSoonest, ["at-9", "at-11", "at-8", "at-10", "never"]),
    ];
    for (order, expected) in cases {
        let request =
            pb::ListConversationsRequest { order_by: order.into(), ..ops::list(pb::Tab::All) };
        let page = client.list_conversations(request).await.unwrap().into_inner();
        let contacts: Vec<_> = page.conversations.iter().map(|c| c.contact_id.as_str()).collect();
        assert_eq!(contacts, expected, "{order:?}");
    }
}

#[tokio::test]
async fn the_closed_tab_shows_the_newest_closed_first() {
    let noon = at("2026-03-01T12:00:00Z");
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    // Whoever wrote last is closed first.
    for (minute, contact) in ["ali", "badr", "carim"].into_iter().enumerate() {
        let minute = TimeDelta::minutes(i64::try_from(minute).unwrap());
        let said = ops::inbound(contact, contact, noon - minute);
        let said = client.record_inbound_message(said).await.unwrap().into_inner();
        service.clock.set(noon + minute);
        let id = said.conversation.unwrap().conversation_id;
        client.close_conversation(ops::close(&id)).await.unwrap();
    }
    let page = client.list_conversations(ops::list(pb::Tab::Closed)).await.unwrap().into_inner();
    let contacts: Vec<_> = page.conversations.iter().map(|c| c.contact_id.as_str()).collect();
    assert_eq!(contacts, ["carim", "badr", "ali"]);
}

#[tokio::test]
async fn a_page_has_50_unless_told_and_500_at_the_most() {
    let noon = at("2026-03-01T12:00:00Z");
    let service = Service::at(noon).await;
    let mut client = service.clients.conversations.clone();
    let messages: Vec<_> = (0..501)
        .map(|n| {
            let timestamp = noon.timestamp().to_string();
            json!({"from": format!("c{n}"), "id": format!("m{n}"), "timestamp": timestamp, "type": "text"})
        })
        .collect();
    let value = json!({"metadata": {"phone_number_id": ops::CHANNEL}, "messages": messages});
    let body = json!({"entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}]});
    let body = body.to_string().into_bytes();
    let request = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body };
    client.ingest_webhook(request).await.unwrap();

    for (asked, given) in [(0, 50), (1, 1), (500, 500), (501, 500), (i32::MAX, 500)] {
        let mut request =
            pb::ListConversationsRequest { page_size: asked, ..ops::list(pb::Tab::Open) };
        let page = client.list_conversations(request.clone()).await.unwrap().into_inner();
        assert_eq!(page.conversations.len(), given, "{asked}");
        // The size may differ from page to page.
        request.page_token = page.next_page_token;
        request.page_size = 500;
        let page = client.list_conversations(request).await.unwrap().into_inner();
        assert_eq!(page.conversations.len(), 500.min(501 - given), "after {asked}");
    }
    let negative = pb::ListConversationsRequest { page_size: -1, ..ops::list(pb::Tab::Open) };
    assert_eq!(refused_field(client.list_conversations(negative).await), "page_size");
}

#[tokio::test]
async fn a_token_is_good_for_its_own_listing_only() {
    let inbox = Inbox::new().await;
    let mut client = inbox.service.clients.conversations.clone();
    let first = pb::ListConversationsRequest { page_size: 2, ..ops::list(pb::Tab::Open) };
    let page = client.list_conversations(first.clone()).await.unwrap().into_inner();
    let next = pb::ListConversationsRequest { page_token: page.next_page_token, ..first };
    let filter = Some(pb::ConversationFilter { awaiting_reply_only: true, ..Default::default() });
    let order_by = pb::OrderBy::OldestCustomerMessage.into();
    let with = |change: fn(&mut pb::ListConversationsRequest)| {
        let mut request = next.clone();
        change(&mut request);
        request
    };
    let wrong = [
        pb::ListConversationsRequest { filter, ..next.clone() },
        pb::ListConversationsRequest { order_by, ..next.clone() },
        with(|request| request.tenant_id = "other".into()),
        with(|request| request.tab = pb::Tab::Bot.into()),
        with(|request| request.page_token = "bm90aGluZw".into()),
        with(|request| request.page_token = "?".into()),
        with(|request| request.page_token.truncate(20)),
    ];
    for request in wrong {
        let field = refused_field(client.list_conversations(request.clone()).await);
        assert_eq!(field, "page_token", "{request:?}");
    }
    let language = with(|request| request.language_code = "ar".into());
    let page = client.list_conversations(language).await.unwrap().into_inner();
    assert_eq!(page.conversations[0].state_label, "مفتوحة");
}

/// The field that a refusal names.
fn refused_field<T: std::fmt::Debug>(answer: tonic::Result<T>) -> String {
    let status = answer.unwrap_err();
    assert_eq!(status.code(), tonic::Code::InvalidArgument);
    let details = status.get_details_bad_request().unwrap();
    details.field_violations[0].field.clone()
}
