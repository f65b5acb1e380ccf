//! Decisions and people, and what counts for caps, of messaging-policy.

use std::sync::Arc;

use azeer_proto::policy::v1 as pb;
use azeer_runtime::retention::Keep;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use messaging_policy::store::{Kept, Removal};

use super::remove_all;
use crate::caps::stand::{Settings, noted};
use crate::support::noon;

const DAY: TimeDelta = TimeDelta::days(1);
const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);

async fn judged_by(rule: &str) -> (Pair, Settings) {
    let pair = Pair::at(noon()).await;
    let settings = Settings::through(&pair).await;
    settings.only(&[rule], &[]).await;
    (pair, settings)
}

/// Removes what is older than so many days. Gives how much that was.
async fn remove(pair: &Pair, what: Kept, days: i64) -> u64 {
    let store = Arc::clone(pair.policy.server.store());
    remove_all(Removal::new(store, what, Keep::days(days))).await.into_iter().sum()
}

async fn count(pair: &Pair, table: &str) -> i64 {
    let client = pair.policy.database.connect().await;
    client.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap().get(0)
}

async fn send(pair: &Pair, contact: &str) -> pb::Verdict {
    let note = format!("words for {}", contact.replace('-', " "));
    let send = noted(ops::template(contact, "parcel"), contact, &note);
    pair.authorize(send).await.unwrap().verdict()
}

#[tokio::test]
async fn decisions_are_known_for_as_long_as_they_are_kept_and_people_for_less() {
    let (pair, _) = judged_by("DUPLICATE_SEND").await;
    let mut decided = Vec::new();
    for day in [0, 10, 20] {
        pair.set(noon() + DAY * day);
        let decision = pair.authorize(ops::template("ali", "parcel")).await.unwrap();
        let sent =
            pb::Sent { message_id: format!("wamid.{day}"), sent_at: timestamp(noon() + DAY * day) };
        let outcome = pb::report_send_outcome_request::Outcome::Sent(sent);
        let report = pb::ReportSendOutcomeRequest {
            tenant_id: ops::TENANT.into(),
            decision_id: decision.decision_id.clone(),
            outcome: Some(outcome),
            ..Default::default()
        };
        pair.sends.clone().report_send_outcome(report).await.unwrap();
        decided.push(decision.decision_id);
    }
    pair.set(noon() + DAY * 20);
    assert_eq!(remove(&pair, Kept::People, 20).await, 0, "at exactly so many days it is kept");
    pair.set(noon() + DAY * 20 + TimeDelta::milliseconds(1));
    assert_eq!(remove(&pair, Kept::People, 20).await, 1);
    let first = pair.decision(&decided[0]).await.unwrap();
    let sent = pb::Sent { message_id: String::new(), sent_at: timestamp(noon()) };
    let outcome = pb::send_outcome::Outcome::Sent(sent);
    assert_eq!(
        (first.asked.unwrap().contact, first.outcome.unwrap().outcome),
        (None, Some(outcome))
    );
    assert_eq!(remove(&pair, Kept::Outcomes, 15).await, 1);
    assert_eq!(remove(&pair, Kept::Decisions, 15).await, 1);
    assert_eq!(pair.decision(&decided[0]).await.unwrap_err().code(), tonic::Code::NotFound);
    let second = pair.decision(&decided[1]).await.unwrap();
    assert_eq!(second.asked.unwrap().contact, ops::contact_ref("ali"));
    pair.set(noon() + DAY * 500);
    for what in [Kept::People, Kept::Outcomes, Kept::Decisions] {
        assert_eq!(remove(&pair, what, 400).await, 2, "{what:?}");
    }
}

#[tokio::test]
async fn what_a_portfolio_reached_is_counted_as_before() {
    let (pair, settings) = judged_by("PORTFOLIO_LIMIT_REACHED").await;
    settings.limit(1_000).await;
    // Somebody each hour, for two days and a half; then nobody, and one more.
    for hour in 0..60 {
        pair.set(noon() + TimeDelta::hours(hour));
        assert_eq!(send(&pair, &format!("contact-{hour}")).await, pb::Verdict::Allow);
    }
    assert_eq!(settings.reached().await, 24);
    assert_eq!(remove(&pair, Kept::Reached, 2).await, 11);
    assert_eq!((settings.reached().await, count(&pair, "portfolio_contacts").await), (24, 49));
    // It was last looked at an hour after the last send: what has left since then goes, too.
    pair.set(noon() + TimeDelta::hours(72));
    assert_eq!(settings.reached().await, 11);
    assert_eq!(remove(&pair, Kept::Reached, 2).await, 13);
    assert_eq!(settings.reached().await, 11);
    pair.set(noon() + DAY * 30);
    assert_eq!(remove(&pair, Kept::Reached, 2).await, 36);
    assert_eq!((settings.reached().await, count(&pair, "portfolio_contacts").await), (0, 0));
    assert_eq!(send(&pair, "last").await, pb::Verdict::Allow);
    assert_eq!(settings.reached().await, 1);
}

#[tokio::test]
async fn a_note_is_remembered_for_as_long_as_a_rule_asks() {
    let (pair, _) = judged_by("JUSTIFICATION_REUSED").await;
    send(&pair, "ali").await;
    pair.set(noon() + DAY * 2);
    send(&pair, "noor").await;
    assert_eq!(remove(&pair, Kept::NoteUses, 2).await, 0);
    pair.set(noon() + DAY * 2 + MICROSECOND);
    assert_eq!(remove(&pair, Kept::NoteUses, 2).await, 1);
    assert_eq!(count(&pair, "note_uses").await, 1);
}

#[tokio::test]
async fn ledgers_go_once_their_newest_template_is_old() {
    let (pair, _) = judged_by("CONTACT_COOLDOWN").await;
    for contact in ["ali", "noor", "omar"] {
        pair.authorize(ops::template(contact, "sale")).await.unwrap();
    }
    pair.set(noon() + DAY * 100);
    pair.authorize(ops::template("noor", "sale")).await.unwrap();
    pair.set(noon() + DAY * 181);
    assert_eq!(remove(&pair, Kept::Ledgers, 180).await, 2);
    assert_eq!(count(&pair, "contacts WHERE contact_id = 'noor'").await, 1);
    assert_eq!(
        pair.authorize(ops::template("ali", "sale")).await.unwrap().verdict(),
        pb::Verdict::Allow
    );
    let refused = pair.authorize(ops::template("ali", "sale")).await.unwrap();
    assert_eq!(ops::codes(&refused), ["CONTACT_COOLDOWN"]);
}

#[tokio::test]
async fn what_holds_of_a_consent_stays_and_its_history_goes() {
    let (pair, _) = judged_by("MARKETING_OPTED_OUT").await;
    pair.admin.clone().set_contact_consent(ops::opt_in("ali")).await.unwrap();
    pair.set(noon() + DAY);
    pair.admin.clone().set_contact_consent(ops::opt_out("ali")).await.unwrap();
    pair.set(noon() + DAY * 2_000);
    assert_eq!(remove(&pair, Kept::ConsentChanges, 1_100).await, 2);
    let refused = pair.authorize(ops::template("ali", "sale")).await.unwrap();
    assert_eq!(ops::codes(&refused), ["MARKETING_OPTED_OUT"]);
}

#[tokio::test]
async fn requests_that_erased_and_failures_that_nobody_reported_are_forgotten() {
    let (pair, _) = judged_by("MARKETING_OPTED_OUT").await;
    let request = pb::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref("ali"),
        request_id: uuid::Uuid::new_v4().into(),
    };
    pair.sends.clone().erase_contact(request).await.unwrap();
    let waits = "INSERT INTO waiting_failures (tenant_id, message_id, contact_id, error_code,
          error_message, failed_at, record_time)
        SELECT 'acme', 'm-' || i, 'ali', 1, '', '2026-03-01', '2026-03-01T12:00:00.5Z'::timestamptz
          + i * interval '1 day' FROM generate_series(0, 1) i";
    pair.policy.database.connect().await.batch_execute(waits).await.unwrap();
    pair.set(noon() + DAY * 9);
    assert_eq!(remove(&pair, Kept::Erasures, 9).await, 0);
    assert_eq!(remove(&pair, Kept::WaitingFailures, 8).await, 1);
    pair.set(noon() + DAY * 9 + MICROSECOND);
    assert_eq!(remove(&pair, Kept::Erasures, 9).await, 1);
    assert_eq!(remove(&pair, Kept::WaitingFailures, 8).await, 1);
}
