//! Every rule, once refusing a send through the API: its code, what would help, the values behind
//! it, when it passes, and what agents read.

mod stage;
mod table;

use std::collections::BTreeSet;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{time, timestamp};
use azeer_tests::{Pair, ops};

use crate::support::noon;
use table::{Row, rows};

/// A check in a language, with all that is told.
async fn check(pair: &Pair, send: &pb::Send, language_code: &str) -> pb::Decision {
    let request = pb::CheckSendRequest {
        language_code: language_code.into(),
        view: pb::DecisionView::Full.into(),
        ..ops::check(send.clone())
    };
    pair.sends.clone().check_send(request).await.unwrap().into_inner().decision.unwrap()
}

/// The rules that failed, of all there are.
fn failed(decision: &pb::Decision) -> Vec<&str> {
    let failed = decision.rule_results.iter().filter(|r| r.outcome() == pb::RuleOutcome::Failed);
    failed.map(|result| result.code.as_str()).collect()
}

fn is_arabic(c: char) -> bool {
    ('\u{600}'..='\u{6ff}').contains(&c)
}

/// A text without the marks that keep names apart from the direction of what is around them.
fn plain(text: &str) -> String {
    text.replace(['\u{2068}', '\u{2069}'], "")
}

/// What is told of a row's only violation, in one language.
fn assert_told(row: &Row, decision: &pb::Decision, in_arabic: bool) {
    let code = row.code;
    assert_eq!(decision.verdict(), pb::Verdict::Deny, "{code}");
    assert_eq!(ops::codes(decision), [code], "{code}: {decision:?}");
    let violation = &decision.violations[0];
    assert_eq!(violation.remedy(), row.remedy, "{code}");
    let metadata = row.metadata.iter().map(|(key, value)| ((*key).into(), (*value).into()));
    assert_eq!(violation.metadata, metadata.collect(), "{code}");
    let passes = row.passes_after.and_then(|after| timestamp(noon() + after));
    assert_eq!(violation.earliest_allowed_at, passes, "{code}");
    assert_eq!(decision.earliest_allowed_at, passes.filter(|_| row.time_alone_helps()), "{code}");

    let [message, localized] =
        [&violation.message, &violation.localized_message].map(|text| plain(text));
    assert!(message.starts_with(row.english), "{code}: {message}");
    for text in [&message, &localized] {
        assert!(!text.contains(['{', '}', '…']), "{code}: {text}");
    }
    assert!(!message.contains(is_arabic), "{code}: {message}");
    if in_arabic {
        assert!(localized.starts_with(row.arabic), "{code}: {localized}");
    } else {
        assert_eq!(localized, message, "{code}");
    }
    let suggests =
        matches!(row.remedy, pb::Remedy::UseApprovedTemplate | pb::Remedy::UseOtherTemplate);
    assert_eq!(!decision.suggested_templates.is_empty(), suggests, "{code}");
}

#[tokio::test]
async fn each_rule_refuses_what_it_is_for_and_says_what_helps() {
    let pair = stage::set_up().await;
    for row in rows() {
        for (language, in_arabic) in
            [("ar", true), ("ar-SA", true), ("en_US", false), ("fr", false)]
        {
            let decision = check(&pair, &row.send, language).await;
            assert_told(&row, &decision, in_arabic);
            assert_eq!(failed(&decision), [row.code]);
        }
        // Recorded as it is told, and again when it is looked up.
        let recorded = pair.authorize(row.send.clone()).await.unwrap();
        assert_told(&row, &recorded, false);
        assert_eq!(time(recorded.decided_at.unwrap()), noon());
        let found = pair.decision(&recorded.decision_id).await.unwrap();
        assert_eq!(found.violations, recorded.violations);
        assert_eq!(failed(&found), [row.code]);
    }
}

#[tokio::test]
async fn what_was_refused_takes_nothing() {
    let pair = stage::set_up().await;
    for _ in 0..2 {
        for row in rows() {
            let decision = pair.authorize(row.send.clone()).await.unwrap();
            assert_eq!(ops::codes(&decision), [row.code]);
        }
    }
}

#[tokio::test]
async fn every_rule_has_a_row() {
    let pair = Pair::at(noon()).await;
    let decision = check(&pair, &ops::free_form("stranger"), "").await;
    let all: BTreeSet<&str> = decision.rule_results.iter().map(|r| r.code.as_str()).collect();
    let rows = rows();
    let here: Vec<&str> = rows.iter().map(|row| row.code).collect();
    assert_eq!(here.iter().copied().collect::<BTreeSet<_>>(), all);
    assert_eq!(here.len(), all.len(), "each has one row");
}
