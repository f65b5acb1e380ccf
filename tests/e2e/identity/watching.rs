//! What watchers are told when conversations become one.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::Service;
use azeer_tests::{Watch, ops};
use chrono::TimeDelta;
use pb::ConversationEventType as Type;

use super::said;
use crate::support::{at_noon, noon, write};

/// The next events: their types, and whose they are told to be.
async fn events(watch: &mut Watch, count: usize) -> Vec<(Type, String, String)> {
    let mut told = Vec::new();
    while told.len() < count {
        let message = watch.next().await.unwrap();
        let Some(event) = message.event else { continue };
        let conversation = message.conversation.unwrap();
        assert!(conversation.version >= event.version);
        told.push((event.r#type(), event.conversation_id, conversation.conversation_id));
    }
    told
}

async fn open(service: &Service, token: &str, team: &str) -> Watch {
    let filter = pb::ConversationFilter { team_id: team.into(), ..Default::default() };
    let request = pb::WatchConversationsRequest { filter: Some(filter), ..ops::watch(token) };
    Watch::open(&service.clients, request).await.unwrap()
}

#[tokio::test]
async fn a_merger_reaches_whoever_showed_either_of_them() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let mut all = open(&service, "", "").await;
    let begin = all.token.clone();
    let (older, _) = write(channel, said("100", "m1", noon())).await.unwrap();
    service.clock.set(noon() + TimeDelta::minutes(1));
    let (newer, _) = write(channel, said("SA.1", "m2", noon())).await.unwrap();
    write(channel, ops::hand_off(&newer.conversation_id, "sales")).await.unwrap();
    write(channel, ops::hand_off(&older.conversation_id, "care")).await.unwrap();
    let (mut sales, mut care) =
        (open(&service, "", "sales").await, open(&service, "", "care").await);
    write(channel, said("100 SA.1", "m3", noon())).await.unwrap();

    let (older, newer) = (older.conversation_id, newer.conversation_id);
    let merged = (Type::ConversationMerged, older.clone(), older.clone());
    assert_eq!(events(&mut sales, 1).await, std::slice::from_ref(&merged));
    assert_eq!(events(&mut care, 1).await, std::slice::from_ref(&merged));
    let as_it_happened = [
        (Type::Created, older.clone(), older.clone()),
        (Type::Created, newer.clone(), newer.clone()),
        (Type::HandedOff, newer.clone(), newer.clone()),
        (Type::HandedOff, older.clone(), older.clone()),
        merged.clone(),
    ];
    assert_eq!(events(&mut all, 5).await, as_it_happened);
    // Told again, what happened to the one that is no more comes with what it became.
    let again = as_it_happened.map(|(what, whose, _)| (what, whose, older.clone()));
    assert_eq!(events(&mut open(&service, &begin, "").await, 5).await, again);
}
