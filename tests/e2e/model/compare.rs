//! Asks the service and the model the same questions.

use azeer_proto::conversation::v1::{self as pb, Tab};
use azeer_tests::ops;
use azeer_tests::service::time;
use chrono::TimeDelta;

use super::chat::{Chat, Told};
use super::inbox::Counts;
use super::op::{CHANNELS, Who};
use super::run::Run;

const TABS: [Tab; 5] = [Tab::Open, Tab::Expired, Tab::Closed, Tab::Bot, Tab::All];
const ORDERS: [pb::OrderBy; 3] = [
    pb::OrderBy::NewestCustomerMessage,
    pb::OrderBy::OldestCustomerMessage,
    pb::OrderBy::ExpiringSoonest,
];

pub(super) async fn all(run: &Run, touched: Option<Who>, step: usize) {
    if let Some(chat) = touched.and_then(|who| run.inbox.chats.get(&who)) {
        conversation(run, chat).await;
        events(run, chat).await;
    }
    every_count(run).await;
    for tab in TABS {
        // Each order and several page sizes get their turn.
        pages(run, tab, ORDERS[step % 3], i32::try_from(step % 4 + 1).unwrap()).await;
    }
}

async fn conversation(run: &Run, chat: &Chat) {
    let mut client = run.service.clients.conversations.clone();
    let request = pb::GetConversationRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: chat.id.clone(),
        ..Default::default()
    };
    let found = client.get_conversation(request).await.unwrap().into_inner();
    let found = found.conversation.unwrap();
    let handler = found.handler.clone().unwrap();
    assert_eq!(found.state(), chat.state(run.now), "{chat:#?}");
    assert_eq!(found.awaiting_reply, chat.awaiting_reply(), "{chat:#?}");
    assert_eq!(found.waiting_since.is_some(), chat.awaiting_reply());
    assert_eq!(handler.kind(), chat.handler.kind);
    assert_eq!(
        (handler.team_id, handler.agent_id),
        (chat.handler.team.clone(), chat.handler.agent.clone())
    );
    assert_eq!(handler.epoch, chat.epoch);
    assert_eq!(found.last_inbound_at.map(time), chat.last_inbound());
    assert_eq!(found.last_outbound_at.map(time), chat.last_outbound);
    assert_eq!(found.window_expires_at.map(time), chat.window);
    assert_eq!(found.closed_at.map(time), chat.closed);
    assert_eq!(found.unanswered_template_count, chat.templates);
    assert_eq!(found.version, chat.version);
}

async fn events(run: &Run, chat: &Chat) {
    let told: Vec<Told> = log(run, chat)
        .await
        .iter()
        .map(|event| (event.r#type(), event.from_state(), event.to_state(), event.version))
        .collect();
    assert_eq!(told, chat.events);
}

async fn log(run: &Run, chat: &Chat) -> Vec<pb::ConversationEvent> {
    let mut client = run.service.clients.conversations.clone();
    let page = client.list_conversation_events(ops::events(&chat.id)).await.unwrap().into_inner();
    assert_eq!(page.next_page_token, "");
    page.events
}

/// All logs together, with those of erased conversations, have each revision once.
pub(super) async fn logs(run: &Run) {
    let mut revisions = Vec::new();
    for chat in run.inbox.chats.values() {
        revisions.extend(log(run, chat).await.iter().map(|event| event.revision));
    }
    let listed = revisions.len();
    revisions.sort_unstable();
    revisions.dedup();
    assert_eq!(revisions.len(), listed);
    let told = i64::try_from(listed + run.inbox.erased_events).unwrap();
    let client = run.service.database.connect().await;
    let text = "SELECT count(*), coalesce(max(revision), 0) FROM events";
    let row = client.query_one(text, &[]).await.unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (told, told));
}

async fn every_count(run: &Run) {
    let filter = pb::ConversationFilter::default;
    count(run, filter(), |_| true).await;
    for (i, channel) in CHANNELS.iter().enumerate() {
        let of_channel =
            pb::ConversationFilter { channel_ids: vec![channel.id.into()], ..filter() };
        count(run, of_channel, |chat| chat.who.channel == i).await;
    }
    let of_team = pb::ConversationFilter { team_id: "sales".into(), ..filter() };
    count(run, of_team, |chat| chat.handler.team == "sales").await;
    let unassigned = pb::ConversationFilter { unassigned_only: true, ..filter() };
    let is_unassigned = |chat: &Chat| {
        !chat.is_bots() && chat.handler.team.is_empty() && chat.handler.agent.is_empty()
    };
    count(run, unassigned, is_unassigned).await;
    let awaiting = pb::ConversationFilter { awaiting_reply_only: true, ..filter() };
    count(run, awaiting, Chat::awaiting_reply).await;
}

async fn count(run: &Run, filter: pb::ConversationFilter, wanted: impl Fn(&Chat) -> bool) {
    let mut client = run.service.clients.conversations.clone();
    let request = pb::GetTabCountsRequest { filter: Some(filter.clone()), ..ops::counts() };
    let found = client.get_tab_counts(request).await.unwrap().into_inner();
    assert_eq!(found.as_of.map(time), Some(run.now));
    let found: Counts = [
        found.open,
        found.expired,
        found.closed,
        found.bot,
        found.awaiting_reply,
        found.expiring_soon,
    ];
    let expected = run.inbox.counts(run.now, TimeDelta::hours(1), wanted);
    assert_eq!(found, expected, "{filter:?} at {}", run.now);
}

async fn pages(run: &Run, tab: Tab, order: pb::OrderBy, page_size: i32) {
    let mut client = run.service.clients.conversations.clone();
    let mut listed = Vec::new();
    let mut request =
        pb::ListConversationsRequest { order_by: order.into(), page_size, ..ops::list(tab) };
    loop {
        let page = client.list_conversations(request.clone()).await.unwrap().into_inner();
        listed.extend(page.conversations.into_iter().map(|c| c.conversation_id));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(listed, run.inbox.list(tab, order, run.now), "{tab:?} {order:?} at {}", run.now);
}
