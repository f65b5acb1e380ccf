//! Watching over several replicas: whoever wrote, and whoever dies.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::{duration, now};
use azeer_tests::{Clients, Database, Follower, Replica, Watch, ops};
use chrono::TimeDelta;
use futures::future::join_all;
use pb::ConversationEventType as Type;
use rand::Rng as _;

use super::{pair, say, say_many};
use crate::PROGRAM;
use crate::inbox::{channel, set_up};

#[tokio::test]
async fn what_one_replica_writes_is_told_by_the_other() {
    let [one, other] = pair().await;
    let mut watch = Watch::open(&one.clients, ops::watch("")).await.unwrap();
    for revision in 1..=20 {
        let writes = if revision % 3 == 0 { &one } else { &other };
        say(&writes.clients, "ali", &format!("{revision}")).await;
        assert_eq!(watch.revisions(1).await, [revision]);
    }
}

#[tokio::test]
async fn each_expiry_is_told_once_by_both_replicas() {
    const CONTACTS: usize = 100;
    let services = pair().await;
    let short = duration(TimeDelta::seconds(1));
    let short = pb::Channel { window_duration: short, ..channel(ops::CHANNEL) };
    set_up(&services[0].clients, short).await;
    let mut watches = Vec::new();
    for service in &services {
        watches.push(Watch::open(&service.clients, ops::watch("")).await.unwrap());
    }
    let said = (0..CONTACTS).map(async |i: usize| {
        say(&services[i % 2].clients, &format!("contact-{i}"), &format!("{i}")).await;
    });
    join_all(said).await;
    for watch in &mut watches {
        let mut expired = Vec::new();
        for revision in 1..=i64::try_from(2 * CONTACTS).unwrap() {
            let (event, conversation) = watch.event().await;
            assert_eq!(event.revision, revision);
            if event.r#type() == Type::Expired {
                assert_eq!(conversation.state(), pb::ConversationState::Expired);
                expired.push(event.conversation_id);
            }
        }
        expired.sort();
        expired.dedup();
        assert_eq!(expired.len(), CONTACTS, "each once");
    }
    // And that was all.
    say(&services[0].clients, "last", "last").await;
    for watch in &mut watches {
        assert_eq!(watch.event().await.0.r#type(), Type::Created);
    }
}

#[tokio::test]
async fn list_then_watch_and_count_then_watch_lose_nothing() {
    let [writes, watches] = pair().await;
    let done = AtomicBool::new(false);
    let begun = AtomicUsize::new(0);
    let write = async {
        for i in 0..300 {
            let contact = format!("contact-{}", i % 60);
            let id = say(&writes.clients, &contact, &format!("{i}")).await.conversation_id;
            if i % 7 == 0 {
                let mut client = writes.clients.conversations.clone();
                client.close_conversation(ops::close(&id)).await.unwrap();
            }
            begun.fetch_add(1, Ordering::Relaxed);
        }
        done.store(true, Ordering::Relaxed);
    };
    let look = async {
        let mut looks = Vec::new();
        for when in [0, 20, 50, 100, 150, 250] {
            while begun.load(Ordering::Relaxed) < when {
                tokio::task::yield_now().await;
            }
            looks.push(Look::new(&watches.clients).await);
        }
        looks
    };
    let ((), looks) = futures::join!(write, look);
    assert!(done.load(Ordering::Relaxed));
    let end = Look::new(&watches.clients).await;
    for look in looks {
        look.check(&watches.clients, &end).await;
    }
}

/// The inbox as a client sees it: listed and counted at two places, and then watched.
struct Look {
    /// Each conversation with its version, when the first page was read or a little later.
    listed: Vec<(String, i64)>,
    from_list: String,
    open: i64,
    from_count: String,
}

impl Look {
    async fn new(clients: &Clients) -> Self {
        let mut client = clients.conversations.clone();
        let mut listed = Vec::new();
        let mut from_list = String::new();
        let mut page = pb::ListConversationsRequest { page_size: 25, ..ops::list(pb::Tab::All) };
        loop {
            let answer = client.list_conversations(page.clone()).await.unwrap().into_inner();
            let known = answer.conversations.into_iter().map(|c| (c.conversation_id, c.version));
            listed.extend(known);
            if page.page_token.is_empty() {
                from_list = answer.resume_token;
            }
            page.page_token = answer.next_page_token;
            if page.page_token.is_empty() {
                break;
            }
        }
        let counts = client.get_tab_counts(ops::counts()).await.unwrap().into_inner();
        listed.sort();
        Self { listed, from_list, open: counts.open, from_count: counts.resume_token }
    }

    /// With what is watched from here on it comes to the end.
    async fn check(self, clients: &Clients, end: &Self) {
        let mut known: std::collections::BTreeMap<_, _> = self.listed.into_iter().collect();
        let mut watch = Watch::open(clients, ops::watch(&self.from_list)).await.unwrap();
        while watch.token != end.from_list {
            let (event, _) = watch.event().await;
            let version = known.entry(event.conversation_id).or_insert(0);
            *version = (*version).max(event.version);
        }
        assert!(known.into_iter().eq(end.listed.iter().cloned()), "what was listed and watched");

        let mut open = self.open;
        let mut watch = Watch::open(clients, ops::watch(&self.from_count)).await.unwrap();
        while watch.token != end.from_count {
            let (event, _) = watch.event().await;
            let is_open = |state| i64::from(state == pb::ConversationState::Open);
            open += is_open(event.to_state()) - is_open(event.from_state());
        }
        assert_eq!(open, end.open, "what was counted and watched");
    }
}

/// Resumed at random points, with replicas killed between, a watcher has exactly 1, 2, 3 …
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resumed_two_hundred_times_while_replicas_are_killed() {
    const RESUMED: usize = 200;
    let database = Database::new().await;
    let mut replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let clients: Vec<Clients> = replicas.iter().map(|replica| replica.clients.clone()).collect();
    let from = super::here(&clients[0]).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| tokio::spawn(write(clients.clone(), writer, Arc::clone(&stop))))
        .collect();

    let mut follower = Follower::new(clients, 0, ops::watch(&from));
    let mut last = 0;
    let mut kills = 0;
    let mut until_left = 0;
    while follower.resumed < RESUMED {
        let Some(event) = follower.next().await.event else { continue };
        assert_eq!(event.revision, last + 1, "after {} times", follower.resumed);
        last += 1;
        if until_left > 0 {
            until_left -= 1;
            continue;
        }
        until_left = rand::rng().random_range(0..20);
        follower.leave();
        if follower.resumed / 20 > kills {
            kills += 1;
            let address = replicas[kills % 2].address();
            let [first, second] = replicas;
            let (killed, stays) = if kills % 2 == 0 { (first, second) } else { (second, first) };
            killed.kill().await;
            let again = Replica::start_at(PROGRAM, &database, address).await;
            replicas = if kills % 2 == 0 { [again, stays] } else { [stays, again] };
        }
    }
    stop.store(true, Ordering::Relaxed);
    let written: usize = join_all(writers).await.into_iter().map(Result::unwrap).sum();
    let written = i64::try_from(written).unwrap();
    while last < written {
        let Some(event) = follower.next().await.event else { continue };
        assert_eq!(event.revision, last + 1);
        last += 1;
    }
    assert!(kills >= 9, "{kills} kills");
    let log = database.connect().await;
    let row = log.query_one("SELECT max(revision) FROM events", &[]).await.unwrap();
    assert_eq!(row.get::<_, i64>(0), written, "that was all");
}

/// Says one thing after the other, each until it is acknowledged. Gives how many.
async fn write(clients: Vec<Clients>, writer: usize, stop: Arc<AtomicBool>) -> usize {
    let mut said = 0;
    let mut turn = writer;
    while !stop.load(Ordering::Relaxed) {
        let message =
            ops::inbound(&format!("contact-{writer}"), &format!("{writer}-{said}"), now());
        loop {
            let mut client = clients[turn % 2].conversations.clone();
            if client.record_inbound_message(message.clone()).await.is_ok() {
                break;
            }
            turn += 1;
            tokio::task::yield_now().await;
        }
        said += 1;
    }
    said
}

#[tokio::test]
async fn a_watcher_that_catches_up_while_others_write_has_everything() {
    let [one, other] = pair().await;
    let from = super::here(&one.clients).await;
    // More than some pages.
    for body in 0..2 {
        super::ingest(&one.clients, body, 1_000).await;
    }
    let mut late: Vec<Watch> = Vec::new();
    for service in [&one, &other] {
        late.push(Watch::open(&service.clients, ops::watch(&from)).await.unwrap());
    }
    let writes = say_many(&other.clients, "ali", 200);
    let reads = late.iter_mut().map(|watch| watch.revisions(2_200));
    let ((), told) = futures::join!(writes, join_all(reads));
    for revisions in told {
        assert!(revisions.into_iter().eq(1..=2_200));
    }
}
