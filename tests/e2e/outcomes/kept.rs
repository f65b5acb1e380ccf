//! What was known of people and messages before is there afterwards.

use azeer_proto::conversation::v1::IngestOutcome;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{time, timestamp};
use azeer_tests::{Pair, ops};
use chrono::{SubsecRound as _, TimeDelta};
use futures::future::join_all;

use crate::caps::stand::{Settings, decided, noted};
use crate::support::noon;

async fn lenient() -> Pair {
    let pair = Pair::at(noon()).await;
    Settings::through(&pair).await.only(&[], &[]).await;
    pair
}

async fn allowed(pair: &Pair, send: pb::Send) -> String {
    let decision = decided(pair, ops::authorize(send)).await;
    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    decision.decision_id
}

/// A note whose newest thousand uses are all of others.
#[tokio::test]
async fn a_use_of_a_note_stays_when_a_later_one_is_given_back() {
    const NOTE: &str = "it leaves today";
    let pair = lenient().await;
    let send = || noted(ops::template("ali", "parcel"), "", NOTE);
    allowed(&pair, send()).await;
    let client = pair.policy.database.connect().await;
    let others = "INSERT INTO note_uses (tenant_id, note, contact_id, used_at) \
         SELECT tenant_id, note, 'c' || n, used_at + interval '1 second' \
         FROM note_uses, generate_series(1, 1001) n";
    assert_eq!(client.execute(others, &[]).await.unwrap(), 1_001);
    pair.set(noon() + TimeDelta::seconds(2));
    let second = allowed(&pair, send()).await;
    pair.report(ops::abandoned(&second)).await.unwrap();
    let of_ali = "SELECT used_at FROM note_uses WHERE contact_id = 'ali'";
    let used_at: chrono::DateTime<chrono::Utc> =
        client.query_one(of_ali, &[]).await.unwrap().get(0);
    assert_eq!(used_at, noon().trunc_subsecs(6));
}

/// One message id for two decisions, whichever is reported first, and in one batch or in several.
#[tokio::test]
async fn a_failure_is_the_newest_decisions() {
    for newest_first in [true, false] {
        let pair = lenient().await;
        let older = allowed(&pair, ops::template("ali", "sale")).await;
        pair.set(noon() + TimeDelta::seconds(1));
        let newer = allowed(&pair, ops::template("ali", "sale")).await;
        let mut reports = vec![ops::sent(&newer, "m1", noon()), ops::sent(&older, "m1", noon())];
        if !newest_first {
            reports.reverse();
        }
        for report in reports {
            pair.report(report).await.unwrap();
        }
        let status = ops::status_failed(Some("ali"), "m1", 131_000, noon());
        assert_eq!(pair.ingest(status).await.unwrap(), IngestOutcome::Applied);
        for (id, fails) in [(older, false), (newer, true)] {
            let outcome = pair.decision(&id).await.unwrap().outcome.unwrap().outcome;
            let failed = matches!(outcome, Some(pb::send_outcome::Outcome::Failed(_)));
            assert_eq!(failed, fails, "{newest_first}");
        }
    }
}

/// Many at once, of people some of whom said something before.
#[tokio::test]
async fn what_failures_tell_of_marketing_does_not_undo_what_was_said() {
    let pair = lenient().await;
    let consent = |contact: String| {
        let mut admin = pair.admin.clone();
        async move {
            let request =
                pb::GetContactConsentRequest { tenant_id: ops::TENANT.into(), contact_id: contact };
            admin.get_contact_consent(request).await.unwrap().into_inner().consent.unwrap()
        }
    };
    for (contact, seconds) in [("c0", 0), ("c1", 30)] {
        pair.set(noon() + TimeDelta::seconds(seconds));
        let occurred_at = timestamp(noon() + TimeDelta::seconds(seconds));
        let said = pb::SetContactConsentRequest { occurred_at, ..ops::opt_in(contact) };
        pair.admin.clone().set_contact_consent(said).await.unwrap();
    }
    pair.set(noon() + TimeDelta::seconds(60));
    let failures = (0..40).map(|i| {
        let (contact, code) = (format!("c{}", i % 20), if i < 20 { 131_049 } else { 131_050 });
        let at = noon() + TimeDelta::seconds(20);
        pair.ingest(ops::status_failed(Some(&contact), &format!("m{i}"), code, at))
    });
    for outcome in join_all(failures).await {
        assert_eq!(outcome.unwrap(), IngestOutcome::Applied);
    }
    let told = (noon() + TimeDelta::seconds(20)).trunc_subsecs(0);
    for i in 0..20 {
        let consent = consent(format!("c{i}")).await;
        let suppressed_until = consent.suppressed_until.map(time);
        assert_eq!(suppressed_until, Some(told + TimeDelta::days(1)), "{i}");
        if i == 1 {
            assert_eq!(consent.state(), pb::ConsentState::OptedIn);
        } else {
            assert_eq!(consent.state(), pb::ConsentState::OptedOut, "{i}");
            assert_eq!(consent.source, "platform-131050", "{i}");
            assert_eq!(consent.occurred_at.map(time), Some(told), "{i}");
        }
    }
}
