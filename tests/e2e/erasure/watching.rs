//! What watchers are told of an erasure, as it happens and later.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::Service;
use azeer_tests::{Clients, Database, Watch, ops, service};
use chrono::TimeDelta;
use pb::ConversationEventType as Type;

use super::erase;
use crate::identity::said;
use crate::support::{at_noon, noon, write};

/// A conversation of which nothing is known but that it was.
fn gone(id: &str) -> pb::Conversation {
    pb::Conversation {
        tenant_id: ops::TENANT.into(),
        conversation_id: id.into(),
        ..Default::default()
    }
}

async fn filtered(clients: &Clients, filter: pb::ConversationFilter) -> Watch {
    let request = pb::WatchConversationsRequest { filter: Some(filter), ..ops::watch("") };
    Watch::open(clients, request).await.unwrap()
}

#[tokio::test]
async fn it_is_told_once_in_its_place_by_both_replicas() {
    let database = Database::new().await;
    let one = Service::start_with(database.clone(), |_| {}).await;
    let other = Service::start_with(database, |_| {}).await;
    let mut watches = Vec::new();
    for service in [&one, &other] {
        watches.push(Watch::open(&service.clients, ops::watch("")).await.unwrap());
    }
    let begin = watches[0].token.clone();
    let now = service::now();
    let (ali, _) = write(&one.clients.channel, said("100", "m1", now)).await.unwrap();
    erase(&other.clients, "100").await.unwrap();
    let (new, _) = write(&one.clients.channel, said("100", "m2", now)).await.unwrap();
    erase(&one.clients, "100").await.unwrap();
    write(&other.clients.channel, said("noor", "m3", now)).await.unwrap();

    let types =
        [Type::Created, Type::ContactErased, Type::Created, Type::ContactErased, Type::Created];
    let late = Watch::open(&other.clients, ops::watch(&begin)).await.unwrap();
    watches.push(late);
    for watch in &mut watches {
        for (revision, what) in (1..).zip(types) {
            let (event, conversation) = watch.event().await;
            assert_eq!((event.revision, event.r#type()), (revision, what));
            if what != Type::ContactErased {
                continue;
            }
            assert_eq!(event.from_state(), pb::ConversationState::Open);
            assert_eq!(event.to_state(), pb::ConversationState::Unspecified);
            let id = if revision == 2 { &ali } else { &new }.conversation_id.as_str();
            assert_eq!((&*event.conversation_id, conversation), (id, gone(id)));
        }
    }
}

#[tokio::test]
async fn whoever_could_have_shown_it_is_told() {
    let (service, _) = at_noon().await;
    let (clients, channel) = (&service.clients, &service.clients.channel);
    let filters = [
        pb::ConversationFilter { team_id: "sales".into(), ..Default::default() },
        pb::ConversationFilter { channel_ids: vec!["other".into()], ..Default::default() },
        pb::ConversationFilter { awaiting_reply_only: true, ..Default::default() },
    ];
    for filter in filters {
        let mut watch = filtered(clients, filter).await;
        let (of, _) = write(channel, said("100", "m1", noon())).await.unwrap();
        erase(clients, "100").await.unwrap();
        let (mut event, mut conversation) = watch.event().await;
        if event.r#type() == Type::Created {
            (event, conversation) = watch.event().await;
        }
        assert_eq!(event.r#type(), Type::ContactErased);
        assert_eq!(conversation, gone(&of.conversation_id));
    }
}

#[tokio::test]
async fn an_expiry_that_it_met_is_told_before_it_and_never_after() {
    let (service, _) = at_noon().await;
    let (clients, channel) = (&service.clients, &service.clients.channel);
    let mut watch = Watch::open(clients, ops::watch("")).await.unwrap();
    write(channel, said("100", "m1", noon())).await.unwrap();
    service.clock.set(noon() + TimeDelta::hours(25));
    erase(clients, "100").await.unwrap();
    assert_eq!(service.server.store().announce_expiries().await.unwrap(), 0);
    write(channel, said("100", "m2", noon() + TimeDelta::hours(25))).await.unwrap();
    for what in [Type::Created, Type::Expired, Type::ContactErased, Type::Created] {
        assert_eq!(watch.event().await.0.r#type(), what);
    }
}
