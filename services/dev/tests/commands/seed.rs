//! `azeer-dev seed`: what it writes agrees with itself, and with what the service would have kept.

use std::time::SystemTime;

use azeer_proto::conversation::v1 as pb;
use conversation_state::store::bulk::{Bulk, BulkError, Chunk, History};
use conversation_state_core::{
    self as core, Channel, ChannelId, Command, ContactId, ConversationId, Inbound, InboundKind,
    Key, MessageId, TenantId, Time,
};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::{Scratch, Service, azeer_dev, connect, failure, success};

/// More than one chunk.
const CONVERSATIONS: i64 = 7_001;

#[tokio::test(flavor = "multi_thread")]
async fn a_seeded_tenant_is_as_if_the_service_had_written_it() {
    let service = Service::start("seed").await;
    let url = service.cluster.url(super::DATABASE);
    let number = CONVERSATIONS.to_string();
    let arguments = ["seed", "--conversations", &number, "--channels", "3", "--database-url", &url];
    success(&azeer_dev(&arguments).await);

    let database = connect(&service.cluster).await;
    counts_equal_a_recount(&service, &database).await;
    pages_hold_each_once(&service).await;
    for (what, query) in BROKEN {
        let rows = database.query(*query, &[]).await.unwrap();
        assert!(rows.is_empty(), "{what}: {} rows", rows.len());
    }
    the_service_goes_on(&service, &database).await;

    let told = failure(&azeer_dev(&arguments).await);
    assert!(told.contains("tenant seed has conversations or channels already"), "{told}");
    assert_eq!(total(&service.counts("seed").await), CONVERSATIONS);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_private_database_is_started_or_joined() {
    let scratch = Scratch::new("seed-private");
    let dir = scratch.0.to_str().unwrap();
    let seed = |tenant| {
        let arguments = [
            "seed",
            "--conversations",
            "20",
            "--channels",
            "1",
            "--tenant",
            tenant,
            "--data-dir",
            dir,
        ];
        async move { success(&azeer_dev(&arguments).await) }
    };
    seed("before").await;
    let cluster = scratch.cluster().await;
    seed("meanwhile").await;
    let query = "SELECT tenant_id, count(*) FROM conversations GROUP BY 1 ORDER BY 1";
    let rows = connect(&cluster).await.query(query, &[]).await.unwrap();
    let found: Vec<(String, i64)> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(found, [("before".to_owned(), 20), ("meanwhile".to_owned(), 20)]);
    cluster.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_meanwhile_is_not_overwritten() {
    let service = Service::start("seed-meanwhile").await;
    let url = service.cluster.url(super::DATABASE);
    let tenant = TenantId::parse("seed").unwrap();
    let bulk = Bulk::begin(&url, tenant, &[], 1).await.unwrap();
    let written = inbound("main", "somebody", bulk.begun_at());
    service.client().record_inbound_message(written).await.unwrap();

    let mut chunk = Chunk::after(0);
    chunk.push(begun("somebody-else", bulk.begun_at()));
    let refused = bulk.write(&chunk).await.unwrap_err();
    assert!(matches!(refused, BulkError::WrittenMeanwhile(_)), "{refused}");
    assert_eq!(total(&service.counts("seed").await), 1);
    service.stop().await;
}

/// What must not be there.
const BROKEN: &[(&str, &str)] = &[
    (
        "revisions with gaps",
        "SELECT FROM (SELECT count(*) AS events, min(revision) AS first, max(revision) AS last \
         FROM events) log, tenants t WHERE first <> 1 OR last <> events OR t.revision <> last",
    ),
    (
        "times that go back along the log",
        "SELECT FROM (SELECT recorded_at, lag(recorded_at) OVER (ORDER BY revision) AS before \
         FROM events) log WHERE recorded_at < before OR recorded_at > now()",
    ),
    (
        "events that don't lead from one state to the next, beginning with a CREATED",
        "SELECT FROM (SELECT *, lag(to_state) OVER w AS left_in, lag(version) OVER w AS last \
         FROM events WINDOW w AS (PARTITION BY conversation_id ORDER BY revision)) log \
         WHERE from_state IS DISTINCT FROM left_in OR version <> coalesce(last, 0) + 1 \
           OR (event_type = 'CREATED') <> (last IS NULL)",
    ),
    (
        "conversations that are not as their last event left them",
        "SELECT FROM conversations c WHERE NOT EXISTS (SELECT FROM events e \
         WHERE e.conversation_id = c.conversation_id AND e.version = c.version \
           AND e.to_state = c.announced_state AND e.recorded_at = c.update_time \
           AND e.handler_kind = c.handler_kind AND e.handler_epoch = c.handler_epoch \
           AND e.team_id IS NOT DISTINCT FROM c.team_id \
           AND e.agent_id IS NOT DISTINCT FROM c.agent_id)",
    ),
    (
        "conversations without the message that their CREATED tells",
        "SELECT FROM events e WHERE event_type = 'CREATED' AND NOT EXISTS (SELECT FROM messages m \
         WHERE m.conversation_id = e.conversation_id AND m.occurred_at = e.occurred_at \
           AND m.inbound = (e.actor_kind = 'CUSTOMER'))",
    ),
    (
        "messages that no event tells",
        "SELECT conversation_id FROM messages GROUP BY 1 EXCEPT ALL \
         SELECT conversation_id FROM events GROUP BY 1 HAVING count(*) FILTER (WHERE event_type IN \
           ('CREATED', 'INBOUND_RECORDED', 'OUTBOUND_RECORDED')) > 0",
    ),
    (
        "counters that differ from the conversations",
        "WITH recount AS ( \
           SELECT 'TOTAL' AS grain, 'epoch'::timestamptz AS bucket, channel_id, announced_state, \
             waiting_since IS NOT NULL AND closed_at IS NULL AS waits FROM conversations \
           UNION ALL SELECT grain, date_trunc(grain, window_expires_at, 'UTC'), channel_id, \
             announced_state, false FROM conversations, unnest('{HOUR,MINUTE}'::text[]) grain \
           WHERE announced_state IN ('OPEN', 'BOT')) \
         SELECT grain, bucket, channel_id, open, bot, expired, closed, awaiting_reply \
         FROM tab_counts EXCEPT \
         SELECT grain, bucket, channel_id, count(*) FILTER (WHERE announced_state = 'OPEN'), \
           count(*) FILTER (WHERE announced_state = 'BOT'), \
           count(*) FILTER (WHERE announced_state = 'EXPIRED'), \
           count(*) FILTER (WHERE announced_state = 'CLOSED'), count(*) FILTER (WHERE waits) \
         FROM recount GROUP BY 1, 2, 3",
    ),
];

/// All conversations one by one, by the definition of their state.
const RECOUNT: &str = "
    SELECT count(*) FILTER (WHERE live AND handler_kind = 'HUMAN'),
           count(*) FILTER (WHERE closed_at IS NULL AND NOT live),
           count(*) FILTER (WHERE closed_at IS NOT NULL),
           count(*) FILTER (WHERE live AND handler_kind = 'BOT'),
           count(*) FILTER (WHERE closed_at IS NULL AND waiting_since IS NOT NULL)
    FROM (SELECT *, closed_at IS NULL AND coalesce(window_expires_at >= $1, false) AS live
          FROM conversations) c";

async fn counts_equal_a_recount(service: &Service, database: &Client) {
    let counts = service.counts("seed").await;
    let as_of = SystemTime::try_from(counts.as_of.unwrap()).unwrap();
    let row = database.query_one(RECOUNT, &[&as_of]).await.unwrap();
    let recounted: Vec<i64> = (0..5).map(|column| row.get(column)).collect();
    let tabs = [counts.open, counts.expired, counts.closed, counts.bot, counts.awaiting_reply];
    assert_eq!(tabs.as_slice(), recounted);
    assert_eq!(total(&counts), CONVERSATIONS);
    assert!(tabs.iter().all(|tab| *tab > CONVERSATIONS / 20), "a believable mix: {tabs:?}");
}

/// Every page of every tab, and each conversation in the tab of its state.
async fn pages_hold_each_once(service: &Service) {
    let counts = service.counts("seed").await;
    let tabs = [
        (pb::Tab::Open, pb::ConversationState::Open, counts.open),
        (pb::Tab::Expired, pb::ConversationState::Expired, counts.expired),
        (pb::Tab::Closed, pb::ConversationState::Closed, counts.closed),
        (pb::Tab::Bot, pb::ConversationState::Bot, counts.bot),
    ];
    for (tab, state, count) in tabs {
        let mut request = pb::ListConversationsRequest {
            tenant_id: "seed".into(),
            tab: tab.into(),
            page_size: 500,
            ..Default::default()
        };
        let mut ids = Vec::new();
        loop {
            let page = service.client().list_conversations(request.clone()).await.unwrap();
            let page = page.into_inner();
            assert!(page.conversations.iter().all(|listed| listed.state() == state));
            ids.extend(page.conversations.into_iter().map(|listed| listed.conversation_id));
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(i64::try_from(ids.len()).unwrap(), count, "{tab:?}");
    }
}

/// Whoever was seeded writes again: it is the next write to the conversation, not a first one.
async fn the_service_goes_on(service: &Service, database: &Client) {
    let query = "SELECT channel_id, contact_id, version, revision, now() \
         FROM conversations, tenants WHERE announced_state = 'CLOSED' LIMIT 1";
    let row = database.query_one(query, &[]).await.unwrap();
    let request = inbound(row.get(0), row.get(1), row.get(4));
    let answer = service.client().record_inbound_message(request).await.unwrap().into_inner();
    let conversation = answer.conversation.unwrap();
    assert_eq!(conversation.version, row.get::<_, i64>(2) + 1);
    assert_eq!(conversation.state(), pb::ConversationState::Open);
    let revision = database.query_one("SELECT revision FROM tenants", &[]).await.unwrap();
    assert_eq!(revision.get::<_, i64>(0), row.get::<_, i64>(3) + 1);
}

fn inbound(channel: &str, contact: &str, at: Time) -> pb::RecordInboundMessageRequest {
    pb::RecordInboundMessageRequest {
        tenant_id: "seed".into(),
        channel_id: channel.into(),
        contact_id: contact.into(),
        message_id: "told-by-the-service".into(),
        occurred_at: Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 }),
        ..Default::default()
    }
}

/// A conversation that a customer's message began.
fn begun(contact: &str, at: Time) -> History {
    let key = Key {
        aliases: std::collections::BTreeSet::new(),
        id: ConversationId(Uuid::new_v4()),
        channel_id: ChannelId::parse("main").unwrap(),
        contact_id: ContactId::parse(contact).unwrap(),
    };
    let message =
        Inbound { occurred_at: at, kind: InboundKind::Message, text: None, contact_name: None };
    let command = Command::Inbound(message);
    let first = core::begin(&key, &command, &Channel::default(), at).unwrap();
    History::begin(first, &command, MessageId::parse("invented").unwrap(), at)
}

fn total(counts: &pb::GetTabCountsResponse) -> i64 {
    counts.open + counts.expired + counts.closed + counts.bot
}
