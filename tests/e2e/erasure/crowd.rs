//! Many who write and are erased at once, over two processes: no write is lost in between, and what
//! is left is whole.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::{Database, Replica, Watch, ops, service};
use futures::future::join_all;
use rand::seq::IndexedRandom as _;
use tonic::Code;

use super::erase;
use crate::PROGRAM;
use crate::identity::crowd::{check_people, company};
use crate::identity::said;

const WRITERS: usize = 16;
const MESSAGES: usize = 60;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_is_whole() {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let mut watch = Watch::open(&replicas[0].clients, ops::watch("")).await.unwrap();
    let writers = (0..WRITERS).map(|writer| {
        let clients = replicas[writer % 2].clients.clone();
        async move {
            let mut client = clients.conversations.clone();
            for number in 0..MESSAGES {
                let request = said(&company(), &format!("{writer}-{number}"), service::now());
                let written = client.record_inbound_message(request).await.unwrap().into_inner();
                let id = written.conversation.unwrap().conversation_id;
                let noted = pb::HandOffConversationRequest {
                    note: "noted".into(),
                    request_id: uuid::Uuid::new_v4().into(),
                    ..ops::hand_off(&id, "sales")
                };
                // Others erase it in between.
                if let Err(status) = client.hand_off_conversation(noted).await {
                    assert_eq!(status.code(), Code::NotFound, "{status:?}");
                }
                let erased = ["1", "2", "3", "SA.1", "SA.2"].choose(&mut rand::rng());
                if number % 4 == 0 {
                    erase(&clients, erased.unwrap()).await.unwrap();
                }
            }
        }
    });
    join_all(writers).await;

    let client = database.connect().await;
    check_people(&client).await;
    let orphans = "SELECT FROM (SELECT conversation_id FROM event_notes
         UNION ALL SELECT conversation_id FROM requests) o
       WHERE conversation_id NOT IN (SELECT conversation_id FROM conversations
         UNION ALL SELECT conversation_id FROM merged_conversations)";
    assert_eq!(client.query(orphans, &[]).await.unwrap().len(), 0, "what was said of nobody");
    let head: i64 = client.query_one("SELECT revision FROM tenants", &[]).await.unwrap().get(0);
    let mut told = 0;
    while told < head {
        let Some(event) = watch.next().await.unwrap().event else { continue };
        told += 1;
        assert_eq!(event.revision, told, "all is told, once, in order");
    }
    // The last of them are erased, too.
    for id in ["1", "2", "3", "4", "5", "SA.1", "SA.2", "SA.3", "SA.4"] {
        erase(&replicas[1].clients, id).await.unwrap();
    }
    let left = "SELECT count(*) FROM (SELECT FROM conversations UNION ALL SELECT FROM messages
         UNION ALL SELECT FROM requests UNION ALL SELECT FROM event_notes
         UNION ALL SELECT FROM contact_aliases UNION ALL SELECT FROM merged_conversations) o";
    assert_eq!(client.query_one(left, &[]).await.unwrap().get::<_, i64>(0), 0);
}
