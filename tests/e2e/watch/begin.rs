//! Where a watch begins: now, after a listing or a count, or at a token.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::Service;
use azeer_tests::{Watch, ops};
use tonic::Code;

use super::{here, pair, say, say_many};
use crate::support::{bad_fields, told};

#[tokio::test]
async fn an_empty_token_begins_now() {
    let [one, other] = pair().await;
    say_many(&one.clients, "ali", 5).await;
    // The second one's feed may not know them yet: they are not told all the same.
    let mut first = Watch::open(&one.clients, ops::watch("")).await.unwrap();
    say(&one.clients, "ali", "between").await;
    let mut second = Watch::open(&other.clients, ops::watch("")).await.unwrap();
    let mut third = Watch::open(&one.clients, ops::watch("")).await.unwrap();
    say(&one.clients, "ali", "last").await;
    assert_eq!(first.revisions(2).await, [6, 7]);
    assert_eq!(second.revisions(1).await, [7]);
    assert_eq!(third.revisions(1).await, [7]);
}

#[tokio::test]
async fn a_tenant_that_never_wrote_can_be_watched() {
    let [one, other] = pair().await;
    let nowhere = here(&one.clients).await;
    let mut watches = Vec::new();
    for clients in [&one.clients, &other.clients] {
        for token in ["", &nowhere] {
            watches.push(Watch::open(clients, ops::watch(token)).await.unwrap());
        }
    }
    say(&one.clients, "ali", "first").await;
    for watch in &mut watches {
        assert_eq!(watch.revisions(1).await, [1]);
    }
}

#[tokio::test]
async fn a_token_of_something_else_is_refused() {
    let service = Service::start().await;
    say_many(&service.clients, "ali", 2).await;
    let mut client = service.clients.conversations.clone();
    let page = pb::ListConversationEventsRequest {
        page_size: 1,
        ..ops::events(&say(&service.clients, "ali", "last").await.conversation_id)
    };
    let page = client.list_conversation_events(page).await.unwrap().into_inner();
    let mine = here(&service.clients).await;
    let bad = [
        (ops::TENANT, page.next_page_token.as_str()),
        (ops::TENANT, &mine[1..]),
        ("other", mine.as_str()),
    ];
    for (tenant, token) in bad {
        let request =
            pb::WatchConversationsRequest { tenant_id: tenant.into(), ..ops::watch(token) };
        let status = Watch::open(&service.clients, request).await.err().unwrap();
        assert_eq!(told(&status), (Code::InvalidArgument, "INVALID_FIELD".into()), "{token}");
        assert_eq!(bad_fields(&status).into_iter().collect::<Vec<_>>(), ["resume_token"]);
    }
}
