//! What removes reads about as much as it removes, however much there is that stays.

use std::sync::Arc;

use azeer_runtime::clock::Clock;
use azeer_runtime::retention::Keep;
use azeer_runtime::upkeep::{Chore, Step};
use azeer_tests::service::{any_port, now};
use azeer_tests::{Database, Policy, Service};
use chrono::TimeDelta;
use tokio_postgres::Client;

use super::{ROUNDS, assert_few_read, fill, rows_read, sends};

/// Rows that a step may read: it finds a thousand, orders them, and looks at what follows.
const ROWS_PER_STEP: i64 = 5_000;

/// A time at which all is due.
fn much_later() -> Clock {
    Clock::standing_at(now() + TimeDelta::days(1_000))
}

/// Has each do a step.
async fn step<C: Chore>(chores: &mut [C], expected: Step) {
    for chore in chores {
        assert_eq!(chore.step().await.unwrap(), expected, "{}", chore.name());
    }
}

async fn assert_steps_read_little(client: &Client, program: &str, before: &Before, steps: usize) {
    let per_round = i64::try_from(steps).unwrap() * ROWS_PER_STEP / ROUNDS;
    assert_few_read(client, program, before, per_round).await;
}

type Before = std::collections::BTreeMap<String, i64>;

#[tokio::test]
async fn of_conversation_state() {
    use conversation_state::Retention;
    use conversation_state::store::{Kept, Removal};
    let database = Database::new().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let service = Service::start_with(database, |config| {
        (config.clock, config.announce_expiries) = (much_later(), false);
        config.retention = Retention::FOREVER;
    })
    .await;
    let all = [Kept::Notes, Kept::Events, Kept::Messages, Kept::Requests];
    let removal = |what| Removal::new(Arc::clone(service.server.store()), what, Keep::days(400));
    let mut chores = all.map(removal);
    step(&mut chores, Step::Done(0)).await;
    fill(&client, 0).await;
    let more = "INSERT INTO event_notes SELECT tenant_id, revision, conversation_id, 'noted' FROM events;
        INSERT INTO requests SELECT tenant_id, 'Close', gen_random_uuid(), '', conversation_id, recorded_at
          FROM events";
    client.batch_execute(more).await.unwrap();
    let before = rows_read(&client).await;
    step(&mut chores, Step::More(1_000)).await;
    drop(chores);
    service.server.stop().await;
    assert_steps_read_little(&client, "conversation-state", &before, all.len()).await;
}

#[tokio::test]
async fn of_messaging_policy() {
    use messaging_policy::Retention;
    use messaging_policy::store::{Kept, Removal};
    let database = Database::policy().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let policy = Policy::start_with(database, any_port(), |config| {
        (config.clock, config.retention) = (much_later(), Retention::FOREVER);
    })
    .await;
    let all = [
        Kept::People,
        Kept::Outcomes,
        Kept::Decisions,
        Kept::Ledgers,
        Kept::Reached,
        Kept::NoteUses,
        Kept::ConsentChanges,
        Kept::WaitingFailures,
        Kept::Erasures,
    ];
    let removal = |what| Removal::new(Arc::clone(policy.server.store()), what, Keep::days(400));
    let mut chores = all.map(removal);
    step(&mut chores, Step::Done(0)).await;
    sends::fill(&client, 0).await;
    // What a portfolio has reached is counted once, when that is first looked at after a day.
    let more = "UPDATE portfolios SET reached = 0, reached_since = now() + interval '999 days';
        INSERT INTO consent_changes SELECT tenant_id, contact_id, at, 'OPTED_IN', '', at FROM filling;
        INSERT INTO waiting_failures SELECT tenant_id, contact_id, contact_id, 1, '', at, at FROM filling;
        INSERT INTO erasures SELECT tenant_id, decision_id, at FROM filling";
    client.batch_execute(more).await.unwrap();
    let before = rows_read(&client).await;
    step(&mut chores, Step::More(1_000)).await;
    drop(chores);
    policy.server.stop().await;
    assert_steps_read_little(&client, "messaging-policy", &before, all.len()).await;
    sends::forget_filling(&client).await;
}
