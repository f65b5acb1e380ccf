//! How a replay ends before its end, and how many there may be. Those of these tests stand still:
//! the test holds the table that they read.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use tokio_postgres::Client;
use tonic::{Code, Status, Streaming};

use super::{of_all, replay};
use crate::support::{noon, told_by_policy};

type Replay = Streaming<pb::ReplayDecisionsResponse>;

async fn begin(pair: &Pair) -> Result<Replay, Status> {
    let request = of_all(pb::Policy::default());
    Ok(pair.sends.clone().replay_decisions(request).await?.into_inner())
}

/// Until the transaction that this begins ends, nobody reads decisions.
async fn hold_decisions(client: &Client) {
    client.batch_execute("BEGIN; LOCK TABLE decisions IN ACCESS EXCLUSIVE MODE").await.unwrap();
}

async fn examined(mut replay: Replay) -> i64 {
    use pb::replay_decisions_response::Message;
    match replay.message().await.unwrap().unwrap().message {
        Some(Message::Summary(summary)) => summary.examined,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn two_go_on_at_once_and_a_reader_who_leaves_makes_room() {
    let pair = Pair::at(noon()).await;
    pair.authorize(ops::free_form("stranger")).await.unwrap();
    let client = pair.policy.database.connect().await;
    hold_decisions(&client).await;
    let first = begin(&pair).await.unwrap();
    let second = begin(&pair).await.unwrap();
    let refused = begin(&pair).await.err().unwrap();
    assert_eq!(told_by_policy(&refused), (Code::ResourceExhausted, "TOO_MANY_REPLAYS".into()));
    let settings = pb::GetPolicyRequest { tenant_id: ops::TENANT.into() };
    pair.admin.clone().get_policy(settings).await.unwrap();

    drop(first);
    // Until the service has noticed.
    let third = loop {
        if let Ok(third) = begin(&pair).await {
            break third;
        }
    };
    assert!(begin(&pair).await.is_err(), "one left, one came");
    client.batch_execute("COMMIT").await.unwrap();
    assert_eq!((examined(second).await, examined(third).await), (1, 1));
    // Whoever has told all has left its place.
    for _ in 0..3 {
        assert_eq!(examined(begin(&pair).await.unwrap()).await, 1);
    }
}

#[tokio::test]
async fn stopping_ends_every_replay() {
    let pair = Pair::at(noon()).await;
    let client = pair.policy.database.connect().await;
    hold_decisions(&client).await;
    let (mut first, mut second) = (begin(&pair).await.unwrap(), begin(&pair).await.unwrap());
    let ((), first, second) =
        futures::join!(pair.policy.server.stop(), first.message(), second.message());
    for end in [first, second] {
        assert_eq!(told_by_policy(&end.unwrap_err()), (Code::Unavailable, "STOPPING".into()));
    }
    client.batch_execute("COMMIT").await.unwrap();
}

#[tokio::test]
async fn a_record_that_cannot_be_read_ends_it_and_leaves_its_place() {
    let pair = Pair::at(noon()).await;
    let decided = pair.authorize(ops::free_form("stranger")).await.unwrap();
    let client = pair.policy.database.connect().await;
    client.batch_execute("UPDATE decisions SET record = '{}'").await.unwrap();
    for _ in 0..3 {
        let status = replay(&pair, of_all(pb::Policy::default())).await.unwrap_err();
        assert_eq!(told_by_policy(&status), (Code::Internal, "INTERNAL".into()));
        assert!(!status.message().contains("facts"), "it is the logs' to tell: {status:?}");
    }
    // It would not explain itself.
    let forget = format!("DELETE FROM decisions WHERE decision_id = '{}'", decided.decision_id);
    client.batch_execute(&forget).await.unwrap();
}
