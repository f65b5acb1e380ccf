//! Failures that the platform tells by webhook: before a message was reported as sent, after that,
//! and at the same time.

use azeer_proto::conversation::v1::IngestOutcome;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use futures::future::join_all;
use pb::send_outcome::Outcome;

use crate::caps::recount;
use crate::caps::stand::{Settings, Stand, allowed, checked, decided, until_heard};
use crate::support::{Dump, noon};

const CAP: &str = "CONTACT_FREQUENCY_CAP";

/// A contact whose places are all taken. Gives the decisions.
async fn capped() -> (Pair, Vec<String>) {
    let pair = Pair::at(noon()).await;
    Settings::through(&pair).await.only(&[CAP], &[]).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let decision = decided(&pair, ops::authorize(sale("ali"))).await;
        assert_eq!(decision.verdict(), pb::Verdict::Allow);
        ids.push(decision.decision_id);
    }
    (pair, ids)
}

fn sale(contact: &str) -> pb::Send {
    ops::template(contact, "sale")
}

async fn is_full(pair: &Pair) -> bool {
    ops::codes(&checked(pair, sale("ali")).await) == [CAP]
}

fn status(message: &str, code: i64) -> pb::IngestWebhookRequest {
    ops::status_failed(Some("ali"), message, code, noon())
}

#[track_caller]
fn assert_failed(decision: &pb::Decision, code: i32) {
    match decision.outcome.clone().unwrap().outcome {
        Some(Outcome::Failed(failed)) => assert_eq!(failed.error_code, code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_failure_waits_for_its_message() {
    let (pair, ids) = capped().await;
    let dump = Dump::of(&pair.policy.database).await;
    let waits = || async {
        let rows = dump.rows().await;
        rows.into_iter().filter(|row| row.starts_with("waiting_failures ")).count()
    };
    assert_eq!(pair.ingest(status("m1", 131_000)).await.unwrap(), IngestOutcome::Applied);
    assert_eq!(pair.ingest(status("m1", 131_000)).await.unwrap(), IngestOutcome::Duplicate);
    assert_eq!(waits().await, 1);
    assert!(is_full(&pair).await, "whose it is nobody knows");

    let sent = ops::sent(&ids[0], "m1", noon());
    let reported = pair.report(sent.clone()).await.unwrap();
    assert_failed(&reported, 131_000);
    assert_eq!(waits().await, 0);
    assert!(!is_full(&pair).await);
    // All of it again, and nothing changes.
    assert_eq!(pair.ingest(status("m1", 131_000)).await.unwrap(), IngestOutcome::Duplicate);
    assert_eq!(pair.report(sent).await.unwrap(), reported);
    assert_eq!(pair.report(ops::failed(&ids[0], 131_000)).await.unwrap(), reported);
    assert_eq!(waits().await, 0);
    recount::of_all(&pair.policy.database.connect().await).await;
}

#[tokio::test]
async fn a_failure_finds_its_message() {
    let (pair, ids) = capped().await;
    pair.report(ops::sent(&ids[1], "m1", noon())).await.unwrap();
    assert!(is_full(&pair).await);
    assert_eq!(pair.ingest(status("m1", 131_000)).await.unwrap(), IngestOutcome::Applied);
    assert!(!is_full(&pair).await);
    for code in [131_000, 131_001] {
        let again = pair.ingest(status("m1", code)).await.unwrap();
        assert_eq!(again, IngestOutcome::Duplicate, "the first reason holds");
    }
    assert_failed(&pair.decision(&ids[1]).await.unwrap(), 131_000);
    recount::of_all(&pair.policy.database.connect().await).await;
}

/// Of nobody, with what is no code, or for a tenant that never sent anything.
#[tokio::test]
async fn whatever_is_told_of_a_failure_it_is_taken() {
    let (pair, ids) = capped().await;
    let bodies = [
        ops::status_failed(None, "m0", 131_050, noon()),
        ops::status_failed(None, "m1", 0, noon()),
        ops::status_failed(Some("ali"), "m2", -7, noon()),
        ops::status_failed(Some("mona"), "m3", i64::MAX, noon()),
        pb::IngestWebhookRequest { tenant_id: "other".into(), ..status("m1", 131_050) },
    ];
    for body in bodies {
        assert_eq!(pair.ingest(body.clone()).await.unwrap(), IngestOutcome::Applied);
        assert_eq!(pair.ingest(body).await.unwrap(), IngestOutcome::Duplicate);
    }
    for (id, message) in ids.iter().zip(["m1", "m2", "m3"]) {
        let reported = pair.report(ops::sent(id, message, noon())).await.unwrap();
        assert_failed(&reported, 0);
    }
    assert!(!is_full(&pair).await);
}

/// Reports and statuses of the same messages at once, over two replicas, each several times.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn failures_and_reports_at_once_meet() {
    const MESSAGES: usize = 60;
    let stand = Stand::at(noon()).await;
    stand.settings.limit(i64::try_from(MESSAGES).unwrap()).await;
    stand.settings.only(&["PORTFOLIO_LIMIT_REACHED"], &[]).await;
    let sends = || (0..MESSAGES).map(|i| sale(&format!("c{i}")));
    let decisions = stand.all_at_once(sends()).await;
    assert_eq!(allowed(&decisions, "PORTFOLIO_LIMIT_REACHED"), MESSAGES);

    let replicas = [stand.pair.policy.clients.clone(), stand.other().clone()];
    let calls = (0..MESSAGES * 4).map(|i| {
        let (clients, id) = (&replicas[i / 2 % 2], &decisions[i / 4].decision_id);
        async move {
            if i % 2 == 0 {
                until_heard(|| clients.report(ops::sent(id, id, noon()))).await;
            } else {
                until_heard(|| clients.ingest(status(id, 131_000))).await;
            }
        }
    });
    join_all(calls).await;

    for decision in &decisions {
        assert_failed(&stand.pair.decision(&decision.decision_id).await.unwrap(), 131_000);
    }
    assert_eq!(stand.settings.reached().await, 0);
    let client = stand.pair.policy.database.connect().await;
    let waiting = client.query_one("SELECT count(*) FROM waiting_failures", &[]).await.unwrap();
    assert_eq!(waiting.get::<_, i64>(0), 0);
    recount::of_all(&client).await;
    let again = stand.all_at_once(sends()).await;
    assert_eq!(allowed(&again, "PORTFOLIO_LIMIT_REACHED"), MESSAGES);
}
