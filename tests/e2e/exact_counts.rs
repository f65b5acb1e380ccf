//! The counters against a full recount, while windows end and writes go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use azeer_tests::service::{Clients, Service};
use azeer_tests::{ops, service};
use chrono::TimeDelta;
use conversation_state::store::{Filter, counts};
use conversation_state_core::{ChannelId, TenantId, Time};
use deadpool_postgres::{GenericClient, Transaction};
use futures::future::join_all;
use futures::stream::{self, StreamExt as _};
use rand::Rng as _;
use tokio_postgres::IsolationLevel;

const COMPARISONS: usize = 1_000;
const EXPIRIES_PER_SECOND: i64 = 125;
/// More than the comparisons take, on a slow machine too; they end when they are done.
const SECONDS: i64 = 90;

/// All conversations one by one, by the definition of their state.
const RECOUNT: &str = "
    SELECT count(*) FILTER (WHERE closed_at IS NULL AND window_expires_at >= $3::timestamptz
                              AND handler_kind = 'HUMAN'),
           count(*) FILTER (WHERE closed_at IS NULL
                              AND (window_expires_at IS NULL OR window_expires_at < $3::timestamptz)),
           count(*) FILTER (WHERE closed_at IS NOT NULL),
           count(*) FILTER (WHERE closed_at IS NULL AND window_expires_at >= $3::timestamptz
                              AND handler_kind = 'BOT'),
           count(*) FILTER (WHERE closed_at IS NULL AND waiting_since IS NOT NULL),
           count(*) FILTER (WHERE closed_at IS NULL AND window_expires_at >= $3::timestamptz
                              AND window_expires_at <= $3::timestamptz + interval '1 minute')
    FROM conversations WHERE tenant_id = $1 AND ($2::text IS NULL OR channel_id = $2)";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_counts_equal_a_full_recount_each_in_one_snapshot() {
    let service = Service::start().await;
    seed(&service.clients).await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..4)
        .map(|writer| tokio::spawn(write(service.clients.clone(), writer, Arc::clone(&stop))))
        .collect();

    let (mut first, mut last) = (Time::MAX_UTC, Time::MIN_UTC);
    let mut expiries = 0;
    for i in 0..COMPARISONS {
        let mut connection = service.server.store().connection().await.unwrap();
        let snapshot = connection.build_transaction();
        let snapshot = snapshot.isolation_level(IsolationLevel::RepeatableRead).read_only(true);
        let snapshot = snapshot.start().await.unwrap();
        let channel = (i % 3 == 0).then_some(ops::CHANNEL);
        let now = compare(&snapshot, channel).await;
        (first, last) = (first.min(now), last.max(now));
        expiries = ended_between(&snapshot, first, last).await;
        snapshot.commit().await.unwrap();
    }
    stop.store(true, Ordering::Relaxed);
    let written: usize = join_all(writers).await.into_iter().map(Result::unwrap).sum();
    assert!(written > 0, "writes went on");
    let seconds = (last - first).num_milliseconds();
    assert!(expiries * 1_000 >= 100 * seconds, "{expiries} windows ended in {seconds} ms");
}

async fn compare(snapshot: &Transaction<'_>, channel: Option<&str>) -> Time {
    let tenant = TenantId::parse(ops::TENANT).unwrap();
    let channel_ids = channel.map(|id| ChannelId::parse(id).unwrap()).into_iter().collect();
    let filter = Filter { channel_ids, ..Filter::default() };
    let soon = TimeDelta::minutes(1);
    let counted = counts::tab_counts(snapshot, &tenant, &filter, soon, None).await.unwrap();
    let row = snapshot.query_one(RECOUNT, &[&ops::TENANT, &channel, &counted.as_of]).await.unwrap();
    let recounted: Vec<i64> = (0..6).map(|column| row.get(column)).collect();
    let counted_tabs = [
        counted.open,
        counted.expired,
        counted.closed,
        counted.bot,
        counted.awaiting_reply,
        counted.expiring_soon,
    ];
    assert_eq!(counted_tabs.as_slice(), recounted, "of {channel:?} at {}", counted.as_of);
    counted.as_of
}

async fn ended_between(snapshot: &Transaction<'_>, first: Time, last: Time) -> i64 {
    let text = "SELECT count(*) FROM conversations WHERE window_expires_at BETWEEN $1 AND $2";
    snapshot.query_one(text, &[&first, &last]).await.unwrap().get(0)
}

/// Conversations whose windows end one after the other from now on.
async fn seed(clients: &Clients) {
    let begin = service::now() - TimeDelta::hours(24);
    stream::iter(0..SECONDS * EXPIRIES_PER_SECOND)
        .map(|i| {
            let mut client = clients.conversations.clone();
            // The first ones end while the later ones are being written.
            let written = begin + TimeDelta::microseconds(i * 1_000_000 / EXPIRIES_PER_SECOND);
            let said = ops::inbound(&format!("seed-{i}"), &format!("seed-{i}"), written);
            async move { client.record_inbound_message(said).await.unwrap() }
        })
        .buffer_unordered(128)
        .for_each(|_| async {})
        .await;
}

/// Writes of all kinds, to a few conversations of two channels. Gives how many.
async fn write(clients: Clients, writer: u32, stop: Arc<AtomicBool>) -> usize {
    let mut client = clients.conversations;
    let mut written = 0;
    while !stop.load(Ordering::Relaxed) {
        let (contact, what) = {
            let mut random = rand::rng();
            (format!("busy-{}", random.random_range(0..40)), random.random_range(0..5))
        };
        let message = format!("w{writer}-{written}");
        let now = service::now();
        let mut said = ops::inbound(&contact, &message, now);
        if what == 0 {
            said.channel_id = "second".into();
        }
        let conversation = client.record_inbound_message(said).await.unwrap().into_inner();
        let id = conversation.conversation.unwrap().conversation_id;
        // Others write to the same conversations: what is refused is not of interest here.
        match what {
            1 => drop(client.close_conversation(ops::close(&id)).await),
            2 => drop(client.reopen_conversation(ops::reopen(&id)).await),
            3 => {
                let answer = ops::outbound(&contact, &format!("{message}-answer"), now);
                client.record_outbound_message(answer).await.unwrap();
            }
            _ => {}
        }
        written += 1;
    }
    written
}
