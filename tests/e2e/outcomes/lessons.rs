//! What the next send meets after each code, however the failure is told.

use azeer_proto::conversation::v1::{IngestOutcome, RecordInboundMessageRequest};
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{time, timestamp};
use azeer_tests::{Pair, ops};
use chrono::{SubsecRound as _, TimeDelta};
use conversation_state_core::Time;

use crate::caps::stand::{Settings, checked, decided};
use crate::support::noon;

/// A code, and what refuses the next send; none: nothing.
#[derive(Clone, Copy)]
struct Row {
    code: i32,
    rule: Option<&'static str>,
    send: fn() -> pb::Send,
    /// Seconds from the failure on, if time helps.
    passes_after: Option<i64>,
    metadata: &'static [(&'static str, &'static str)],
}

const DAY: i64 = 86_400;

const fn row(code: i32, rule: &'static str, send: fn() -> pb::Send) -> Row {
    Row { code, rule: Some(rule), send, passes_after: None, metadata: &[] }
}

const fn passing(seconds: i64, row: Row) -> Row {
    Row { passes_after: Some(seconds), ..row }
}

const fn telling(metadata: &'static [(&'static str, &'static str)], row: Row) -> Row {
    Row { metadata, ..row }
}

const fn nothing(code: i32) -> Row {
    Row { code, rule: None, send: sale, passes_after: None, metadata: &[] }
}

fn sale() -> pb::Send {
    ops::template("ali", "sale")
}

fn text() -> pb::Send {
    ops::free_form("ali")
}

const RESTRICTED: &str = "SENDER_RESTRICTED";

const ROWS: [Row; 17] = [
    passing(DAY, row(131_049, "MARKETING_SUPPRESSED", sale)),
    row(131_050, "MARKETING_OPTED_OUT", sale),
    passing(
        6,
        telling(&[("burst", "45"), ("interval", "6s")], row(131_056, "PAIR_RATE_LIMIT", text)),
    ),
    passing(30, row(130_429, RESTRICTED, text)),
    passing(300, row(80_007, RESTRICTED, text)),
    passing(DAY, row(131_048, RESTRICTED, text)),
    passing(DAY, row(131_064, RESTRICTED, sale)),
    row(131_031, RESTRICTED, text),
    row(368, RESTRICTED, text),
    row(130_497, RESTRICTED, sale),
    row(131_042, RESTRICTED, text),
    telling(&[("status", "PAUSED")], row(132_015, "TEMPLATE_NOT_APPROVED", sale)),
    telling(&[("status", "DISABLED")], row(132_016, "TEMPLATE_NOT_APPROVED", sale)),
    nothing(131_026),
    nothing(130_472),
    nothing(131_000),
    nothing(132_000),
];

const RULES: [&str; 5] = [
    "MARKETING_SUPPRESSED",
    "MARKETING_OPTED_OUT",
    "PAIR_RATE_LIMIT",
    "TEMPLATE_NOT_APPROVED",
    RESTRICTED,
];

/// How the platform's failure comes to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Report,
    Status,
    StatusFirst,
}

/// A pair by whose policy these rules hold.
async fn judged() -> Pair {
    let pair = Pair::at(noon()).await;
    Settings::through(&pair).await.only(&RULES, &[]).await;
    pair
}

async fn allowed(pair: &Pair, send: pb::Send) -> String {
    let decision = decided(pair, ops::authorize(send)).await;
    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    decision.decision_id
}

/// A template fails. Gives when it did.
async fn fails(pair: &Pair, code: i32, told: Told) -> Time {
    let id = allowed(pair, sale()).await;
    let sent = ops::sent(&id, "m1", noon());
    let status = || ops::status_failed(Some("ali"), "m1", code.into(), noon());
    match told {
        Told::Report => {
            pair.report(ops::failed(&id, code)).await.unwrap();
            return noon();
        }
        Told::Status => {
            pair.report(sent).await.unwrap();
            assert_eq!(pair.ingest(status()).await.unwrap(), IngestOutcome::Applied);
        }
        Told::StatusFirst => {
            assert_eq!(pair.ingest(status()).await.unwrap(), IngestOutcome::Applied);
            pair.report(sent).await.unwrap();
        }
    }
    // The platform tells whole seconds.
    noon().trunc_subsecs(0)
}

impl Row {
    async fn is_met(&self, pair: &Pair, failed_at: Time, told: Told) {
        let code = self.code;
        let next = checked(pair, (self.send)()).await;
        let Some(rule) = self.rule else {
            assert_eq!(next.verdict(), pb::Verdict::Allow, "{code} {told:?}: {next:?}");
            return;
        };
        assert_eq!(ops::codes(&next), [rule], "{code} {told:?}");
        let violation = &next.violations[0];
        for (key, value) in self.metadata {
            assert_eq!(violation.metadata[*key], *value, "{code} {told:?}");
        }
        let passes = self.passes_after.map(|after| failed_at + TimeDelta::seconds(after));
        assert_eq!(violation.earliest_allowed_at.map(time), passes, "{code} {told:?}");
        if let Some(passes) = passes {
            pair.set(passes - TimeDelta::microseconds(1));
            assert_eq!(checked(pair, (self.send)()).await.verdict(), pb::Verdict::Deny);
            pair.set(passes);
            assert_eq!(checked(pair, (self.send)()).await.verdict(), pb::Verdict::Allow);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_send_meets_what_a_code_taught() {
    for row in &ROWS {
        for told in [Told::Report, Told::Status, Told::StatusFirst] {
            let pair = judged().await;
            let failed_at = fails(&pair, row.code, told).await;
            row.is_met(&pair, failed_at, told).await;
        }
    }
}

/// What is about the contact or the number is known as soon as the platform tells it, whosever
/// message it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_teaches_though_nobody_reports_its_message() {
    for row in ROWS.iter().filter(|row| row.rule != Some("TEMPLATE_NOT_APPROVED")) {
        let pair = judged().await;
        let status = ops::status_failed(Some("ali"), "unheard-of", row.code.into(), noon());
        assert_eq!(pair.ingest(status).await.unwrap(), IngestOutcome::Applied);
        row.is_met(&pair, noon().trunc_subsecs(0), Told::Status).await;
    }
}

#[tokio::test]
async fn a_template_that_is_another_one_is_to_be_imported_again() {
    for code in [132_001, 132_007] {
        let pair = judged().await;
        let needed = || async {
            let request = pb::GetTemplateRequest {
                tenant_id: ops::TENANT.into(),
                waba_id: ops::WABA.into(),
                name: "sale".into(),
                language_code: ops::LANGUAGE.into(),
            };
            let answer = pair.templates.clone().get_template(request).await.unwrap();
            answer.into_inner().template.unwrap().import_needed
        };
        assert!(!needed().await);
        fails(&pair, code, Told::StatusFirst).await;
        assert!(needed().await, "{code}");
    }
}

/// Under whichever id it was sent to, all ids of the person are meant.
#[tokio::test]
async fn what_is_about_a_person_holds_under_all_ids() {
    for code in [131_049, 131_050, 131_056] {
        let pair = judged().await;
        let said = RecordInboundMessageRequest {
            contact_aliases: vec!["SA.1".into()],
            occurred_at: timestamp(noon()),
            ..ops::inbound("ali", "m1", noon())
        };
        let mut conversations = pair.conversation.clients.conversations.clone();
        conversations.record_inbound_message(said).await.unwrap();
        let id = allowed(&pair, ops::template("SA.1", "sale")).await;
        pair.report(ops::failed(&id, code)).await.unwrap();

        for contact in ["ali", "SA.1"] {
            let next = checked(&pair, ops::template(contact, "sale")).await;
            assert_eq!(next.verdict(), pb::Verdict::Deny, "{code} {contact}");
            let request = pb::GetContactConsentRequest {
                tenant_id: ops::TENANT.into(),
                contact_id: contact.into(),
            };
            let answer = pair.admin.clone().get_contact_consent(request).await.unwrap();
            let consent = answer.into_inner().consent.unwrap_or_default();
            assert_eq!(consent.state() == pb::ConsentState::OptedOut, code == 131_050);
            assert_eq!(consent.suppressed_until.is_some(), code == 131_049);
            if code == 131_050 {
                assert_eq!(consent.source, "platform-131050");
            }
        }
    }
}

/// A hundred failures are one change of settings, and a longer restriction is not made shorter.
#[tokio::test]
async fn many_failures_are_few_changes() {
    let pair = judged().await;
    let mut ids = Vec::new();
    for contact in 0..20 {
        ids.push(allowed(&pair, ops::free_form(&format!("c{contact}"))).await);
    }
    let sender = || async {
        let request =
            pb::GetSenderRequest { tenant_id: ops::TENANT.into(), channel_id: ops::CHANNEL.into() };
        pair.admin.clone().get_sender(request).await.unwrap().into_inner().sender.unwrap()
    };
    // What comes later changes what is known only where it says more.
    for (code, etag, reason) in [
        (130_429, "v1", "platform-130429"),
        (130_429, "v1", "platform-130429"),
        (131_048, "v2", "platform-131048"),
        (80_007, "v2", "platform-131048"),
        (131_064, "v2", "platform-131048"),
        (131_031, "v3", "platform-131031"),
        (131_048, "v3", "platform-131031"),
        (368, "v3", "platform-131031"),
    ] {
        let reports = ids.drain(..2).map(|id| pair.report(ops::failed(&id, code)));
        for reported in futures::future::join_all(reports).await {
            reported.unwrap();
        }
        let sender = sender().await;
        assert_eq!(sender.etag, etag, "{code}");
        assert_eq!(sender.restriction.unwrap().reason, reason, "{code}");
    }
}
