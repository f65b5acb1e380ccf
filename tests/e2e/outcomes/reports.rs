//! What each report does after each other one, and where an outcome is told.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::time;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use futures::future::join_all;
use pb::send_outcome::Outcome;
use tonic::Code;
use uuid::Uuid;

use crate::caps::stand::{Settings, Stand};
use crate::support::{self, Dump, noon};

type Report = pb::ReportSendOutcomeRequest;

/// A report about a decision.
type Of<'a> = &'a dyn Fn(&str) -> Report;

const REFUSED: &str = "OUTCOME_ALREADY_REPORTED";

/// A pair by whose policy anything goes.
async fn anything_goes() -> Pair {
    let pair = Pair::at(noon()).await;
    Settings::through(&pair).await.only(&[], &[]).await;
    pair
}

async fn allowed(pair: &Pair, contact: &str) -> String {
    let decision = pair.authorize(ops::free_form(contact)).await.unwrap();
    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    decision.decision_id
}

/// How an outcome is told: what was reported, or `message code` of a failure.
fn told(decision: &pb::Decision) -> String {
    match decision.outcome.clone().and_then(|outcome| outcome.outcome) {
        None => "nothing".into(),
        Some(Outcome::Sent(pb::Sent { message_id, sent_at })) => {
            format!("{message_id} {}", (time(sent_at.unwrap()) - noon()).num_seconds())
        }
        Some(Outcome::Failed(failed)) => format!("{} {}", failed.message, failed.error_code),
        Some(Outcome::Abandoned(_)) => "abandoned".into(),
    }
}

#[tokio::test]
async fn what_each_report_does_after_each() {
    let sent = |id: &str| ops::sent(id, &format!("m-{id}"), noon() - TimeDelta::seconds(9));
    let other = |id: &str| ops::sent(id, "other", noon() - TimeDelta::seconds(9));
    let later = |id: &str| ops::sent(id, &format!("m-{id}"), noon());
    let failed = |id: &str| ops::failed(id, 1);
    let otherwise = |id: &str| ops::failed(id, 2);
    let abandoned = |id: &str| ops::abandoned(id);
    // The first reports are taken; then the outcome, and whether the last one is refused.
    let rows: Vec<(Vec<Of<'_>>, &str, bool)> = vec![
        (vec![&sent], "sent", false),
        (vec![&failed], "refused with 1 1", false),
        (vec![&abandoned], "abandoned", false),
        (vec![&sent, &sent], "sent", false),
        (vec![&sent, &other], "sent", true),
        (vec![&sent, &later], "sent", true),
        (vec![&sent, &abandoned], "sent", true),
        (vec![&sent, &failed], "refused with 1 1", false),
        (vec![&sent, &failed, &failed], "refused with 1 1", false),
        (vec![&sent, &failed, &otherwise], "refused with 1 1", true),
        (vec![&sent, &failed, &sent], "refused with 1 1", false),
        (vec![&sent, &failed, &other], "refused with 1 1", true),
        (vec![&failed, &failed], "refused with 1 1", false),
        (vec![&failed, &otherwise], "refused with 1 1", true),
        (vec![&failed, &sent], "refused with 1 1", true),
        (vec![&failed, &abandoned], "refused with 1 1", true),
        (vec![&abandoned, &abandoned], "abandoned", false),
        (vec![&abandoned, &sent], "abandoned", true),
        (vec![&abandoned, &failed], "abandoned", true),
    ];
    let pair = anything_goes().await;
    for (i, (reports, outcome, is_refused)) in rows.iter().enumerate() {
        let id = allowed(&pair, &format!("c{i}")).await;
        let (last, first) = reports.split_last().unwrap();
        for report in first {
            pair.report(report(&id)).await.unwrap();
        }
        let answer = pair.report(last(&id)).await;
        if *is_refused {
            let status = answer.as_ref().unwrap_err();
            let expected = (Code::FailedPrecondition, REFUSED.to_owned());
            assert_eq!(support::told_by_policy(status), expected, "row {i}");
            assert_eq!(support::metadata(status, "decision_id"), id);
        }
        let outcome = if *outcome == "sent" { format!("m-{id} -9") } else { (*outcome).into() };
        let recorded = pair.decision(&id).await.unwrap();
        assert_eq!(told(&recorded), outcome, "row {i}");
        if let Ok(answer) = answer {
            assert_eq!(told(&answer), outcome, "row {i}");
        }
    }
}

#[tokio::test]
async fn an_outcome_is_told_wherever_the_decision_is() {
    let pair = anything_goes().await;
    let request = ops::authorize(ops::free_form("ali"));
    let authorize = || async {
        let answer = pair.sends.clone().authorize_send(request.clone()).await.unwrap();
        answer.into_inner().decision.unwrap()
    };
    let id = authorize().await.decision_id;
    pair.set(noon() + TimeDelta::seconds(1));
    let full = Report { view: pb::DecisionView::Full.into(), ..ops::sent(&id, "m1", noon()) };
    let reported = pair.report(full).await.unwrap();

    let outcome = reported.outcome.clone().unwrap();
    assert_eq!(time(outcome.report_time.unwrap()), noon() + TimeDelta::seconds(1));
    assert_eq!(told(&reported), "m1 0");
    assert_eq!(pair.decision(&id).await.unwrap(), reported, "told in full");
    let listed = pair.sends.clone().list_decisions(ops::list_decisions()).await.unwrap();
    assert_eq!(listed.into_inner().decisions[0].outcome, reported.outcome);
    assert_eq!(authorize().await.outcome, reported.outcome);
}

#[tokio::test]
async fn what_was_not_allowed_has_no_outcome() {
    let pair = Pair::at(noon()).await;
    let denied = pair.authorize(ops::free_form("stranger")).await.unwrap();
    assert_eq!(denied.verdict(), pb::Verdict::Deny);
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    for report in [
        ops::sent(&denied.decision_id, "m1", noon()),
        ops::failed(&denied.decision_id, 131_047),
        ops::abandoned(&denied.decision_id),
    ] {
        let status = pair.report(report.clone()).await.unwrap_err();
        let expected = (Code::FailedPrecondition, "SEND_NOT_ALLOWED".to_owned());
        assert_eq!(support::told_by_policy(&status), expected);
        let unknown = Report { decision_id: Uuid::new_v4().to_string(), ..report.clone() };
        let of_others = Report { tenant_id: "other".into(), ..report };
        for nowhere in [unknown, of_others] {
            let status = pair.report(nowhere).await.unwrap_err();
            let expected = (Code::NotFound, "DECISION_NOT_FOUND".to_owned());
            assert_eq!(support::told_by_policy(&status), expected);
        }
    }
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn a_report_that_comes_again_changes_nothing() {
    let pair = anything_goes().await;
    let (a, b, c) =
        (allowed(&pair, "a").await, allowed(&pair, "b").await, allowed(&pair, "c").await);
    // A little ahead is now, and known again as it was said.
    let ahead = ops::sent(&a, "m1", noon() + TimeDelta::minutes(5));
    let reports = [ahead, ops::failed(&b, 131_050), ops::abandoned(&c)];
    let mut answers = Vec::new();
    for report in &reports {
        answers.push(pair.report(report.clone()).await.unwrap());
    }
    assert_eq!(told(&answers[0]), "m1 0");
    let dump = Dump::of(&pair.policy.database).await;
    let outcomes = |rows: Vec<String>| {
        let of_outbox = |row: &String| row.starts_with("outbox ");
        rows.into_iter().filter(|row| !of_outbox(row)).collect::<Vec<_>>()
    };
    let before = outcomes(dump.rows().await);
    pair.set(noon() + TimeDelta::hours(1));
    for (report, answer) in reports.iter().zip(&answers) {
        assert_eq!(pair.report(report.clone()).await.unwrap(), *answer);
    }
    assert_eq!(outcomes(dump.rows().await), before);
}

/// Whatever is reported first is taken, and nothing else.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_hundred_reports_at_once_one_is_taken() {
    let stand = Stand::at(noon()).await;
    stand.settings.only(&["CONTACT_FREQUENCY_CAP"], &[]).await;
    let replicas = [stand.pair.policy.clients.clone(), stand.other().clone()];
    let sale = || ops::template("ali", "sale");
    for different in [false, true] {
        let id = stand.pair.authorize(sale()).await.unwrap().decision_id;
        let code = |i: usize| if different { i32::try_from(i).unwrap() + 1 } else { 7 };
        let reports = (0..100).map(|i| replicas[i % 2].report(ops::failed(&id, code(i))));
        let answers = join_all(reports).await;

        let taken: Vec<_> = answers.iter().filter_map(|answer| answer.as_ref().ok()).collect();
        assert_eq!(taken.len(), if different { 1 } else { 100 });
        for status in answers.iter().filter_map(|answer| answer.as_ref().err()) {
            assert_eq!(support::told_by_policy(status).1, REFUSED);
        }
        assert!(taken.iter().all(|answer| answer.outcome == taken[0].outcome));
    }
    // Both places were given back, each once.
    let decisions = stand.all_at_once((0..10).map(|_| sale())).await;
    assert_eq!(crate::caps::stand::allowed(&decisions, "CONTACT_FREQUENCY_CAP"), 3);
}
