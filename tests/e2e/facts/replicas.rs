//! Replicas that fail, freeze, come and go: callers are told by another one, or in time that
//! nobody can tell them.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use azeer_tests::{Database, Replica};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use messaging_policy::conversation::{
    Context, Conversations, Options, Origin, Resolve, Unavailable,
};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};
use tonic::Status;

use super::fake::{Fake, SLOW};
use super::{Addresses, about, ask, contact, origin, over};
use crate::PROGRAM;

/// The most that conversation-state is given when a decision has a deadline.
const CALLERS_TIME: Duration = Duration::from_millis(500);

/// What must come to pass does within this, however slow the machine is.
const PATIENCE: Duration = Duration::from_mins(1);

async fn ask_in_time(conversations: &Conversations) -> Result<Context, Unavailable> {
    let deadline = Instant::now() + CALLERS_TIME;
    conversations.context(&about(contact("ali"), &[]), deadline).await
}

fn signal(replicas: &[Replica], name: &str) {
    for replica in replicas {
        replica.signal(name);
    }
}

/// Asks until so many calls in a row were told. Gives how many were not.
async fn until_told(conversations: &Conversations, in_a_row: usize) -> usize {
    let (mut told, mut not_told) = (0, 0);
    let asking = async {
        while told < in_a_row {
            let ok = ask_in_time(conversations).await.is_ok();
            (told, not_told) = if ok { (told + 1, not_told) } else { (0, not_told + 1) };
        }
    };
    timeout(PATIENCE, asking).await.expect("the calls are answered in the end");
    not_told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_frozen_replica_costs_next_to_no_call() {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let conversations = over(&replicas.each_ref().map(Replica::address), 2);
    until_told(&conversations, 50).await;
    for frozen in &replicas {
        frozen.signal("STOP");
        // Each lane finds out once, and its call is still told by the other replica. On a machine
        // that is busy with other things some may take too long.
        let not_told = until_told(&conversations, 100).await;
        assert!(not_told <= 5, "{not_told} calls were not told");
        frozen.signal("CONT");
        until_told(&conversations, 20).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_replica_costs_next_to_no_call_and_is_asked_again_when_it_is_back() {
    let database = Database::new().await;
    let [first, second] =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let conversations = over(&[first.address(), second.address()], 2);
    until_told(&conversations, 50).await;
    let address = first.address();
    first.kill().await;
    let not_told = until_told(&conversations, 100).await;
    assert!(not_told <= 5, "{not_told} calls were not told");
    let _back = Replica::start_at(PROGRAM, &database, address).await;
    second.kill().await;
    until_told(&conversations, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_all_are_frozen_callers_are_told_so_and_afterwards_the_facts() {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    let conversations = over(&replicas.each_ref().map(Replica::address), 2);
    until_told(&conversations, 5).await;
    for round in 0..2 {
        signal(&replicas, "STOP");
        for _ in 0..3 {
            let told = timeout(PATIENCE, ask_in_time(&conversations)).await;
            assert!(told.expect("the deadline holds").is_err(), "round {round}");
        }
        signal(&replicas, "CONT");
        until_told(&conversations, 20).await;
    }
}

#[tokio::test]
async fn replicas_share_the_work() {
    let fakes = [Fake::start().await, Fake::start().await, Fake::start().await];
    let conversations = over(&fakes.each_ref().map(|fake| fake.address), 2);
    let asking = async {
        while fakes.iter().any(|fake| fake.batches().len() < 50) {
            ask(&conversations, "ali").await.unwrap();
        }
    };
    timeout(PATIENCE, asking).await.expect("each is asked");
}

#[tokio::test]
async fn a_replica_that_cannot_answer_is_passed_over() {
    let away = Fake::refusing(|_| Err(Status::unavailable("its database is away"))).await;
    let there = Fake::start().await;
    let conversations = over(&[away.address, there.address], 2);
    for _ in 0..100 {
        ask(&conversations, "ali").await.unwrap();
    }
    assert_eq!(there.batches().len(), 100);
    // It is looked at anew now and then, and not for each call.
    assert!(away.batches().len() < 50, "{}", away.batches().len());
}

#[tokio::test]
async fn an_attempt_is_given_up_while_there_is_time_for_another_replica() {
    let (stuck, there) = (Fake::start().await, Fake::start().await);
    let conversations = over(&[stuck.address, there.address], 1);
    let asking = async {
        while stuck.batches().is_empty() {
            there.let_through();
            let deadline = Instant::now() + CALLERS_TIME * 4;
            conversations.context(&about(contact(SLOW), &[]), deadline).await.unwrap();
        }
    };
    timeout(PATIENCE, asking).await.expect("the stuck one is asked");
}

#[tokio::test]
async fn while_none_can_answer_callers_are_told_so_and_no_storm_begins() {
    let away = Fake::refusing(|_| Err(Status::unavailable("its database is away"))).await;
    let conversations = over(&[away.address], 1);
    assert!(ask_in_time(&conversations).await.is_err());
    let tries = away.batches().len();
    assert!((2..=20).contains(&tries), "{tries}");
}

#[tokio::test]
async fn nobody_there_at_all() {
    let conversations = over(&[SocketAddr::from(([127, 0, 0, 1], 1))], 2);
    assert!(ask_in_time(&conversations).await.is_err());
    let nowhere: Origin = "http://no-such-host.invalid:50051".parse().unwrap();
    let conversations = Conversations::start(&nowhere, Options::default());
    assert!(ask_in_time(&conversations).await.is_err());
}

#[tokio::test]
async fn replicas_come_and_go_as_their_addresses_do() {
    let (old, new) = (Fake::start().await, Fake::start().await);
    let (addresses, found) = watch::channel(vec![old.address]);
    let options = Options { resolve_every: Duration::from_millis(1), ..Options::default() };
    let conversations =
        Conversations::start_resolving(&origin(), Arc::new(Addresses(found)), options);
    ask(&conversations, "ali").await.unwrap();
    assert_eq!(old.batches().len(), 1);
    addresses.send_replace(vec![new.address]);
    // Each lane learns it for itself.
    let moved = async {
        while new.batches().len() < 50 {
            ask(&conversations, "ali").await.unwrap();
        }
    };
    timeout(PATIENCE, moved).await.expect("the new one is asked");
    let before = old.batches().len();
    for _ in 0..50 {
        ask(&conversations, "ali").await.unwrap();
    }
    assert_eq!(old.batches().len(), before);
}

/// Knows the address once, and then fails.
struct Forgetful {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Resolve for Forgetful {
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<SocketAddr>>> {
        let found = match self.asked.fetch_add(1, Ordering::Relaxed) {
            0 => Ok(vec![self.address]),
            n if n % 2 == 0 => Ok(vec![]),
            _ => Err(io::Error::other("no name server")),
        };
        async move { found }.boxed()
    }
}

#[tokio::test]
async fn a_name_server_that_is_away_takes_no_replica_away() {
    let fake = Fake::start().await;
    let asked = Arc::new(AtomicUsize::new(0));
    let resolve = Forgetful { address: fake.address, asked: Arc::clone(&asked) };
    let options = Options { resolve_every: Duration::from_millis(1), ..Options::default() };
    let conversations = Conversations::start_resolving(&origin(), Arc::new(resolve), options);
    let asking = async {
        while asked.load(Ordering::Relaxed) < 4 {
            ask(&conversations, "ali").await.unwrap();
        }
    };
    timeout(PATIENCE, asking).await.expect("it is looked up again");
}
