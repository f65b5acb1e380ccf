//! Many messages with few ids in random company, over two processes: whatever they turn out to be,
//! every id is one person's, and nothing is lost.

use azeer_tests::{Database, Replica, ops, service};
use futures::future::join_all;
use rand::Rng as _;
use tokio_postgres::Client;

use super::said;
use crate::PROGRAM;

const WRITERS: usize = 16;
const MESSAGES: usize = 60;

/// What must never be found, each with the rows that show it.
const IMPOSSIBLE: [(&str, &str); 7] = [
    (
        "an id of two conversations",
        "SELECT id FROM (SELECT contact_id AS id FROM conversations
           UNION ALL SELECT unnest(contact_aliases) FROM conversations) i
         GROUP BY id HAVING count(*) > 1",
    ),
    (
        "an alias that does not lead where the conversation says",
        "SELECT contact_id, conversation_id FROM contact_aliases EXCEPT
         SELECT unnest(contact_aliases), conversation_id FROM conversations",
    ),
    (
        "an alias that leads nowhere",
        "SELECT unnest(contact_aliases), conversation_id FROM conversations EXCEPT
         SELECT contact_id, conversation_id FROM contact_aliases",
    ),
    (
        "a merged conversation that is there, or whose survivor is not",
        "SELECT conversation_id FROM merged_conversations m
         WHERE m.conversation_id IN (SELECT conversation_id FROM conversations)
            OR m.survivor_id NOT IN (SELECT conversation_id FROM conversations)",
    ),
    (
        "a message of no conversation",
        "SELECT conversation_id FROM messages WHERE conversation_id NOT IN (SELECT conversation_id FROM conversations
             UNION ALL SELECT conversation_id FROM merged_conversations)",
    ),
    (
        "counters that do not count the conversations",
        "SELECT open, awaiting_reply FROM tab_counts WHERE grain = 'TOTAL'
         EXCEPT SELECT count(*), count(waiting_since) FROM conversations",
    ),
    (
        "a gap in the revisions",
        "SELECT max(revision), count(*) FROM events HAVING max(revision) <> count(*)",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_id_is_one_persons() {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let writers = (0..WRITERS).map(|writer| {
        let mut client = replicas[writer % 2].clients.conversations.clone();
        async move {
            for number in 0..MESSAGES {
                let request = said(&company(), &format!("{writer}-{number}"), service::now());
                client.record_inbound_message(request).await.unwrap();
            }
        }
    });
    join_all(writers).await;
    let client = database.connect().await;
    check_people(&client).await;
    check_messages(&client).await;
}

/// One to three ids of a small crowd, in any order.
pub(crate) fn company() -> String {
    const IDS: [&str; 9] = ["1", "2", "3", "4", "5", "SA.1", "SA.2", "SA.3", "SA.4"];
    let mut random = rand::rng();
    let count = random.random_range(1..=3);
    let ids: Vec<&str> = (0..count).map(|_| IDS[random.random_range(0..IDS.len())]).collect();
    ids.join(" ")
}

/// Checks that every id is one conversation's, and that all of them are counted.
pub(crate) async fn check_people(client: &Client) {
    for (what, query) in IMPOSSIBLE {
        let rows = client.query(query, &[]).await.unwrap();
        assert!(rows.is_empty(), "{what}: {} rows", rows.len());
    }
}

/// Checks that all messages are kept, and told.
async fn check_messages(client: &Client) {
    let row = client
        .query_opt(
            "SELECT FROM events WHERE conversation_id NOT IN (SELECT conversation_id
               FROM conversations UNION ALL SELECT conversation_id FROM merged_conversations)",
            &[],
        )
        .await;
    assert!(row.unwrap().is_none(), "an event of no conversation");
    let row = client.query_one("SELECT count(*) FROM messages", &[]).await.unwrap();
    let messages: i64 = row.get(0);
    assert_eq!(usize::try_from(messages).unwrap(), WRITERS * MESSAGES);
    let row = client
        .query_one(
            "SELECT count(*) FROM events WHERE tenant_id = $1
        AND event_type NOT IN ('ALIAS_REMOVED', 'EXPIRED')",
            &[&ops::TENANT],
        )
        .await
        .unwrap();
    let told: i64 = row.get(0);
    assert_eq!(told, messages, "each message is told by one event");
}
