//! `AuthorizeSend` decides once for each request id, and nothing else takes a place.

mod crashes;

use std::collections::BTreeSet;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::time;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use futures::future::join_all;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::caps::recount;
use crate::caps::stand::{Settings, Stand, allowed, decided};
use crate::support::{Dump, noon};

const CAP: &str = "CONTACT_FREQUENCY_CAP";

fn sale() -> pb::Send {
    ops::template("ali", "sale")
}

async fn capped_pair() -> Pair {
    let pair = Pair::at(noon()).await;
    let settings = Settings::through(&pair).await;
    settings.only(&[CAP], &[]).await;
    pair
}

async fn authorized(
    pair: &Pair,
    request: &pb::AuthorizeSendRequest,
) -> Result<pb::Decision, tonic::Status> {
    let answer = pair.sends.clone().authorize_send(request.clone()).await?;
    Ok(answer.into_inner().decision.unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_request_a_hundred_times_at_once_takes_one_place() {
    let stand = Stand::at(noon()).await;
    stand.settings.only(&[CAP], &[]).await;
    let replicas = [stand.pair.policy.clients.clone(), stand.other().clone()];
    let request = ops::authorize(sale());

    let calls = (0..100).map(|i| decided(&replicas[i % 2], request.clone()));
    let answers = join_all(calls).await;

    assert_eq!(answers[0].verdict(), pb::Verdict::Allow);
    assert!(answers.iter().all(|answer| *answer == answers[0]), "all answers are one");
    let client = stand.pair.policy.database.connect().await;
    let row = client
        .query_one(
            "SELECT (SELECT count(*) FROM decisions), \
             (SELECT sum(cardinality(templates))::bigint FROM contacts)",
            &[],
        )
        .await
        .unwrap();
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1)), (1, 1), "decisions and reservations");
    let others = stand.all_at_once((0..10).map(|_| sale())).await;
    assert_eq!(allowed(&others, CAP), 2, "one of three places is taken");
    recount::of_all(&client).await;
}

#[tokio::test]
async fn another_send_under_the_same_id_is_refused_and_takes_nothing() {
    let pair = capped_pair().await;
    let request = ops::authorize(sale());
    let first = authorized(&pair, &request).await.unwrap();
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;

    let justified = |send| ops::justified(send, pb::JustificationReason::Campaign, "");
    for other in [
        ops::template("ali", "gift"),
        ops::template("mona", "sale"),
        ops::free_form("ali"),
        justified(sale()),
        pb::Send { sender: ops::system(), ..sale() },
    ] {
        let other = pb::AuthorizeSendRequest { send: Some(other), ..request.clone() };
        let refused = authorized(&pair, &other).await.unwrap_err();
        let info = refused.get_details_error_info().unwrap();
        assert_eq!((refused.code(), &*info.reason), (Code::InvalidArgument, "REQUEST_ID_REUSED"));
    }
    // How it is told is no part of what is asked.
    let told = pb::AuthorizeSendRequest {
        language_code: "ar".into(),
        view: pb::DecisionView::Full.into(),
        ..request.clone()
    };
    assert_eq!(authorized(&pair, &told).await.unwrap().decision_id, first.decision_id);
    assert_eq!(authorized(&pair, &request).await.unwrap(), first);
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn an_id_is_remembered_for_eight_days() {
    let pair = capped_pair().await;
    let request = ops::authorize(sale());
    let first = authorized(&pair, &request).await.unwrap();
    let eight_days = TimeDelta::days(8);

    pair.set(noon() + eight_days - TimeDelta::microseconds(1));
    assert_eq!(authorized(&pair, &request).await.unwrap(), first);
    pair.set(noon() + eight_days + TimeDelta::microseconds(1));
    let again = authorized(&pair, &request).await.unwrap();
    assert_ne!(again.decision_id, first.decision_id);
    assert_eq!(again.verdict(), pb::Verdict::Allow);
    assert_eq!(authorized(&pair, &request).await.unwrap(), again, "the newer one is remembered");
    let other = pb::AuthorizeSendRequest { send: Some(ops::free_form("ali")), ..request };
    assert_eq!(authorized(&pair, &other).await.unwrap_err().code(), Code::InvalidArgument);
}

/// Who asks again when there is room hears what was decided, not what would be.
#[tokio::test]
async fn a_denial_is_remembered() {
    let pair = capped_pair().await;
    for _ in 0..3 {
        assert_eq!(pair.authorize(sale()).await.unwrap().verdict(), pb::Verdict::Allow);
    }
    let request = ops::authorize(sale());
    let denied = authorized(&pair, &request).await.unwrap();
    assert_eq!(ops::codes(&denied), [CAP]);

    pair.set(denied.earliest_allowed_at.map(time).unwrap());
    assert_eq!(authorized(&pair, &request).await.unwrap(), denied);
    assert_eq!(pair.authorize(sale()).await.unwrap().verdict(), pb::Verdict::Allow);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_checks_take_no_place_and_write_nothing() {
    let stand = Stand::at(noon()).await;
    stand.settings.only(&[CAP], &[]).await;
    let dump = Dump::of(&stand.pair.policy.database).await;
    let before = dump.rows().await;

    let replicas = [&stand.pair.policy.clients, stand.other()];
    for _ in 0..10 {
        let checks = (0..100).map(|i| replicas[i % 2].check(sale()));
        for checked in join_all(checks).await {
            let checked = checked.unwrap();
            assert_eq!(checked.verdict(), pb::Verdict::Allow);
            assert!(checked.dry_run && checked.decision_id.is_empty());
        }
    }
    assert_eq!(dump.rows().await, before);

    let decisions = stand.all_at_once((0..10).map(|_| sale())).await;
    assert_eq!(allowed(&decisions, CAP), 3, "the cap is whole");
    let ids: BTreeSet<_> = decisions.iter().map(|decision| &decision.decision_id).collect();
    assert_eq!(ids.len(), 10);
}
