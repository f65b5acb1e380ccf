//! A hundred thousand messages over two replicas that are killed and started again, and watchers
//! of all kinds: each has exactly what it should.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::now;
use azeer_tests::{Clients, Database, Follower, Replica, ops};
use futures::future::join_all;
use pb::ConversationFilter as Filter;
use tokio::sync::watch;

use super::here;
use crate::{PROGRAM, support};

const BODIES: usize = 100;
const MESSAGES: usize = 1_000;
const CHANNELS: usize = 40;
const CONTACTS: usize = 400;
/// Bodies that are taken between two kills.
const BETWEEN: usize = 16;

/// Heartbeats tell filtered watchers that they have passed the end.
const FLAGS: [&str; 2] = ["--watch-heartbeat", "0.5"];

/// What an event is to filters, as the database has it.
struct Logged {
    revision: i64,
    channel: String,
    /// The team after it and the one before it.
    teams: [Option<String>; 2],
    unassigned: [bool; 2],
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_messages_reach_fifty_watchers_while_replicas_are_killed() {
    let database = Database::new().await;
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let start = |address| Replica::start_with(PROGRAM, &database, address, &FLAGS);
    let mut replicas = [start(any_port).await, start(any_port).await];
    let clients: Vec<Clients> = replicas.iter().map(|replica| replica.clients.clone()).collect();
    let from = here(&clients[0]).await;

    let (taken, mut are_taken) = watch::channel(0);
    let next = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..2)
        .map(|writer| {
            tokio::spawn(write(clients.clone(), writer, Arc::clone(&next), taken.clone()))
        })
        .collect();
    // Where the log ends, once it does.
    let (tell_end, end) = watch::channel(String::new());
    let watchers: Vec<_> = filters()
        .into_iter()
        .enumerate()
        .map(|(i, filter)| {
            let request =
                pb::WatchConversationsRequest { filter: Some(filter), ..ops::watch(&from) };
            let follower = Follower::new(clients.clone(), i, request);
            tokio::spawn(follow(follower, end.clone()))
        })
        .collect();
    for kill in 0.. {
        let after = (kill + 1) * BETWEEN;
        if after >= BODIES {
            break;
        }
        are_taken.wait_for(|taken| *taken >= after).await.unwrap();
        let address = replicas[kill % 2].address();
        let [first, second] = replicas;
        let (killed, stays) = if kill % 2 == 0 { (first, second) } else { (second, first) };
        killed.kill().await;
        let again = start(address).await;
        replicas = if kill % 2 == 0 { [again, stays] } else { [stays, again] };
    }
    join_all(writers).await.into_iter().for_each(Result::unwrap);
    tell_end.send_replace(here(&clients[0]).await);

    let told = join_all(watchers).await;
    let log = log(&database).await;
    assert!(log.len() >= BODIES * MESSAGES);
    for (told, filter) in told.into_iter().zip(filters()) {
        let expected = log.iter().filter(|logged| passes(&filter, logged));
        let expected: Vec<i64> = expected.map(|logged| logged.revision).collect();
        assert!(!expected.is_empty(), "{filter:?} passes something");
        let told = told.unwrap();
        let differ = told.iter().zip(&expected).position(|(told, expected)| told != expected);
        let counts = (told.len(), expected.len());
        let last = (told.last(), expected.last());
        assert!(
            told == expected,
            "{filter:?}: told and expected {counts:?} up to {last:?}, the first that differs {differ:?}"
        );
    }
}

fn channel(number: usize) -> String {
    format!("channel-{}", number % CHANNELS)
}

fn team(number: usize) -> String {
    format!("team-{}", number % 8)
}

/// Fifty filters of all kinds.
fn filters() -> Vec<Filter> {
    let channels =
        |numbers: &[usize]| numbers.iter().map(|number| channel(*number)).collect::<Vec<_>>();
    let mut filters = vec![Filter::default()];
    filters.extend((0..36).map(|i| Filter { channel_ids: channels(&[i]), ..Default::default() }));
    filters.extend(
        (0..4).map(|i| Filter { channel_ids: channels(&[i, i + 9, i + 20]), ..Default::default() }),
    );
    filters.extend((0..5).map(|i| Filter { team_id: team(i), ..Default::default() }));
    filters.extend((0..4).map(|i| Filter {
        channel_ids: channels(&[i]),
        unassigned_only: true,
        ..Default::default()
    }));
    assert_eq!(filters.len(), 50);
    filters
}

/// The same as the service does, over what the database has.
fn passes(filter: &Filter, logged: &Logged) -> bool {
    let channel = filter.channel_ids.is_empty() || filter.channel_ids.contains(&logged.channel);
    let placed = |at: usize| {
        (filter.team_id.is_empty() || logged.teams[at].as_ref() == Some(&filter.team_id))
            && (!filter.unassigned_only || logged.unassigned[at])
    };
    channel && (placed(0) || placed(1))
}

/// Sends bodies, each until it is taken, and gives one conversation of each to a team.
async fn write(
    clients: Vec<Clients>,
    mut turn: usize,
    next: Arc<AtomicUsize>,
    taken: watch::Sender<usize>,
) {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= BODIES {
            return;
        }
        let messages = (0..MESSAGES)
            .map(|i| (format!("contact-{}", (number + i) % CONTACTS), format!("{number}-{i}")));
        let body = ops::webhook(&channel(number), messages, now());
        let results = loop {
            let client = &mut clients[turn % 2].conversations.clone();
            if let Ok(answer) = client.ingest_webhook(body.clone()).await {
                let results = answer.into_inner().results;
                // What the end of a replica kept from being written is written by the next try.
                if results.iter().all(|r| r.outcome() != pb::IngestOutcome::Skipped) {
                    break results;
                }
            }
            turn += 1;
            tokio::task::yield_now().await;
        };
        let conversation = &results[number % MESSAGES].conversation_id;
        let assign = pb::AssignConversationRequest {
            team_id: team(number),
            ..support::assign(conversation, "")
        };
        loop {
            let mut client = clients[turn % 2].conversations.clone();
            if client.assign_conversation(assign.clone()).await.is_ok() {
                break;
            }
            turn += 1;
            tokio::task::yield_now().await;
        }
        taken.send_modify(|taken| *taken += 1);
        turn += 1;
    }
}

/// Follows up to the end; gives the revisions.
async fn follow(mut follower: Follower, end: watch::Receiver<String>) -> Vec<i64> {
    let mut revisions = Vec::new();
    while follower.token() != *end.borrow() {
        revisions.extend(follower.next().await.event.map(|event| event.revision));
    }
    revisions
}

async fn log(database: &Database) -> Vec<Logged> {
    let text =
        "SELECT e.revision, c.channel_id, e.team_id, e.agent_id, e.before_handler_kind IS NULL,
           e.before_team_id, e.before_agent_id, e.from_state IS NULL
         FROM events e JOIN conversations c USING (tenant_id, conversation_id)
         WHERE tenant_id = $1 ORDER BY e.revision";
    let rows = database.connect().await.query(text, &[&ops::TENANT]).await.unwrap();
    let logged = rows.iter().map(|row| {
        let text = |column: usize| row.get::<_, Option<String>>(column);
        let (team, agent): (Option<String>, Option<String>) = (text(2), text(3));
        let (same, began): (bool, bool) = (row.get(4), row.get(7));
        let unassigned = team.is_none() && agent.is_none();
        let before = if began {
            (None, false)
        } else if same {
            (team.clone(), unassigned)
        } else {
            (text(5), text(5).is_none() && text(6).is_none())
        };
        Logged {
            revision: row.get(0),
            channel: row.get(1),
            teams: [team, before.0],
            unassigned: [unassigned, before.1],
        }
    });
    logged.collect()
}
