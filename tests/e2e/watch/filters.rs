//! A filter passes what matches before or after: who leaves it is told of once more, and then not.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{Service, now};
use azeer_tests::{Clients, Watch, ops};
use pb::ConversationEventType as Type;
use pb::ConversationFilter as Filter;

use super::{here, pair, say};
use crate::inbox::{channel, set_up};
use crate::support;

/// The filters of the table, and which of [`history`]'s events each of them passes.
fn table() -> Vec<(&'static str, Filter, Vec<i64>)> {
    let team = |id: &str| Filter { team_id: id.into(), ..Default::default() };
    let agent = |id: &str| Filter { agent_id: id.into(), ..Default::default() };
    let channels = |ids: &[&str]| Filter {
        channel_ids: ids.iter().map(ToString::to_string).collect(),
        ..Default::default()
    };
    let unassigned = Filter { unassigned_only: true, ..Default::default() };
    let awaiting = Filter { awaiting_reply_only: true, ..Default::default() };
    vec![
        ("none", Filter::default(), (1..=13).collect()),
        ("main", channels(&["main"]), vec![1, 3, 4, 5, 6, 7, 8, 9, 10, 13]),
        ("bots", channels(&["bots"]), vec![2, 11, 12]),
        ("both", channels(&["none", "bots", "main"]), (1..=13).collect()),
        ("neither", channels(&["none"]), vec![]),
        ("sales", team("sales"), vec![3, 4, 5, 11, 12]),
        ("support", team("support"), vec![5, 6, 7, 8, 9, 10, 13]),
        ("omar", agent("omar"), vec![4, 5]),
        ("unassigned", unassigned.clone(), vec![1, 3]),
        ("awaiting", awaiting.clone(), (1..=12).collect()),
        ("sales on bots", Filter { team_id: "sales".into(), ..channels(&["bots"]) }, vec![11, 12]),
        (
            "support, awaiting",
            Filter { awaiting_reply_only: true, ..team("support") },
            vec![5, 6, 7, 8, 9, 10],
        ),
        ("unassigned bots", Filter { unassigned_only: true, ..channels(&["bots"]) }, vec![]),
    ]
}

/// Two conversations, one with people and one with the bot, whose every event moves them in or out
/// of some filter.
async fn history(clients: &Clients) -> Vec<Type> {
    let mut client = clients.conversations.clone();
    let bots = pb::Channel { bot_enabled: Some(true), ..channel("bots") };
    set_up(clients, bots).await;
    let ali = say(clients, "ali", "ali-1").await.conversation_id;
    let noor = pb::RecordInboundMessageRequest {
        channel_id: "bots".into(),
        ..ops::inbound("noor", "noor-1", now())
    };
    let noor = client.record_inbound_message(noor).await.unwrap().into_inner();
    let noor = noor.conversation.unwrap().conversation_id;
    let assign = |team: &str, agent: &str| pb::AssignConversationRequest {
        team_id: team.into(),
        ..support::assign(&ali, agent)
    };
    client.assign_conversation(assign("sales", "")).await.unwrap(); // 3
    client.assign_conversation(assign("sales", "omar")).await.unwrap(); // 4
    client.assign_conversation(assign("support", "")).await.unwrap(); // 5
    client.record_outbound_message(ops::outbound("ali", "answer", now())).await.unwrap(); // 6
    say(clients, "ali", "ali-2").await; // 7
    client.close_conversation(ops::close(&ali)).await.unwrap(); // 8
    client.reopen_conversation(ops::reopen(&ali)).await.unwrap(); // 9
    client.record_outbound_message(ops::outbound("ali", "again", now())).await.unwrap(); // 10
    client.hand_off_conversation(ops::hand_off(&noor, "sales")).await.unwrap(); // 11
    client.return_to_bot(support::return_to_bot(&noor)).await.unwrap(); // 12
    client.record_outbound_message(ops::outbound("ali", "more", now())).await.unwrap(); // 13
    vec![
        Type::Created,
        Type::Created,
        Type::Assigned,
        Type::Assigned,
        Type::Assigned,
        Type::OutboundRecorded,
        Type::InboundRecorded,
        Type::Closed,
        Type::Reopened,
        Type::OutboundRecorded,
        Type::HandedOff,
        Type::ReturnedToBot,
        Type::OutboundRecorded,
    ]
}

fn filtered(filter: &Filter, token: &str) -> pb::WatchConversationsRequest {
    pb::WatchConversationsRequest { filter: Some(filter.clone()), ..ops::watch(token) }
}

/// The revisions that a watch tells up to a place.
async fn up_to(watch: &mut Watch, place: &str) -> Vec<i64> {
    let mut revisions = Vec::new();
    while watch.token != place {
        revisions.extend(watch.next().await.unwrap().event.map(|event| event.revision));
    }
    revisions
}

#[tokio::test]
async fn a_filter_passes_what_matches_before_or_after() {
    let database = azeer_tests::Database::new().await;
    let start = || {
        Service::start_with(database.clone(), |config| {
            config.watch_heartbeat = std::time::Duration::from_millis(100);
        })
    };
    let (writes, other) = (start().await, start().await);
    let begin = here(&writes.clients).await;
    let mut watches = Vec::new();
    for (name, filter, expected) in table() {
        for (how, service) in [("written here", &writes), ("written elsewhere", &other)] {
            let watch = Watch::open(&service.clients, filtered(&filter, "")).await.unwrap();
            watches.push((format!("{name}, {how}"), watch, expected.clone()));
        }
    }
    let types = history(&writes.clients).await;
    for (name, filter, expected) in table() {
        let watch = Watch::open(&other.clients, filtered(&filter, &begin)).await.unwrap();
        watches.push((format!("{name}, read later"), watch, expected));
    }
    let end = here(&writes.clients).await;
    for (name, mut watch, expected) in watches {
        assert_eq!(up_to(&mut watch, &end).await, expected, "{name}");
    }
    let mut all = Watch::open(&other.clients, ops::watch(&begin)).await.unwrap();
    for (i, expected) in types.into_iter().enumerate() {
        assert_eq!(all.event().await.0.r#type(), expected, "event {}", i + 1);
    }
}

#[tokio::test]
async fn the_conversation_comes_as_it_is_in_the_language_asked_for() {
    let [one, other] = pair().await;
    let begin = here(&one.clients).await;
    let in_arabic = |token: &str| pb::WatchConversationsRequest {
        language_code: "ar-SA".into(),
        ..ops::watch(token)
    };
    let mut live = [
        (Watch::open(&one.clients, ops::watch("")).await.unwrap(), "Open"),
        (Watch::open(&one.clients, in_arabic("")).await.unwrap(), "مفتوحة"),
        (Watch::open(&other.clients, in_arabic("")).await.unwrap(), "مفتوحة"),
    ];
    let written = say(&one.clients, "ali", "first").await;
    for (watch, label) in &mut live {
        let (event, conversation) = watch.event().await;
        assert_eq!((event.version, conversation.version), (1, 1));
        assert_eq!(&conversation.state_label, label);
        // What is left of the window is that of the time it was sent.
        let written = pb::Conversation {
            state_label: conversation.state_label.clone(),
            window_remaining: conversation.window_remaining,
            ..written.clone()
        };
        assert_eq!(conversation, written);
    }
    say(&one.clients, "ali", "second").await;
    let mut late = Watch::open(&one.clients, ops::watch(&begin)).await.unwrap();
    let (event, conversation) = late.event().await;
    assert_eq!((event.version, conversation.version), (1, 2), "as it is, not as it was");
    assert_eq!(conversation.state_label, "Open");
}
