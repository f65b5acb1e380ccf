//! The fields of reports of what became of sends.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use pb::report_send_outcome_request::Outcome;
use prost_types::Timestamp;

use super::rows::{Rows, Table};
use super::values::{self, Named};
use crate::support::{self, Dump, noon};

const MESSAGE_ID: &str = "sent.message_id";
const SENT_AT: &str = "sent.sent_at";
const ERROR_CODE: &str = "failed.error_code";
const MESSAGE: &str = "failed.message";

/// The table, about a decision.
pub(super) fn tables(decision: &str) -> Vec<Table> {
    let table = Rows::of(ops::sent(decision, "m1", noon()))
        .name("tenant_id", |r, v| r.tenant_id = v)
        .uuid("decision_id", |r, v| r.decision_id = v)
        .row(bad_outcomes(), &good_outcomes(), |r, v| r.outcome = Some(v))
        .values("language_code", values::language_codes(), |r, v| r.language_code = v)
        .values("view", values::numbers(2, true), |r, v| r.view = v)
        .table();
    vec![table]
}

fn sent(message_id: &str, sent_at: Option<Timestamp>) -> Outcome {
    Outcome::Sent(pb::Sent { message_id: message_id.into(), sent_at })
}

fn failed(error_code: i32, message: &str) -> Outcome {
    Outcome::Failed(pb::Failed { error_code, message: message.into() })
}

/// Of the last of each kind all fields are bad.
fn bad_outcomes() -> Named<Outcome> {
    let good_time = values::times().good[0];
    let mut rows = Vec::new();
    for bad in values::times().bad {
        rows.push((sent("m1", bad), vec![SENT_AT]));
    }
    for bad in values::printable(256).bad {
        rows.push((sent(&bad, good_time), vec![MESSAGE_ID]));
    }
    for bad in [0, -1, i32::MIN, 1_000_000, i32::MAX] {
        rows.push((failed(bad, ""), vec![ERROR_CODE]));
    }
    for bad in values::prose(1_024).bad {
        rows.push((failed(1, &bad), vec![MESSAGE]));
    }
    rows.push((failed(0, "a\0"), vec![ERROR_CODE, MESSAGE]));
    rows.push((sent("", None), vec![MESSAGE_ID, SENT_AT]));
    let named = |names: Vec<&str>| names.into_iter().map(Into::into).collect();
    rows.into_iter().map(|(outcome, names)| (outcome, named(names))).collect()
}

fn good_outcomes() -> Vec<Outcome> {
    let mut good = vec![Outcome::Abandoned(pb::Abandoned {}), failed(1, ""), failed(999_999, "")];
    good.extend(values::times().good.into_iter().map(|at| sent("m1", at)));
    good.extend(values::printable(256).good.iter().map(|id| sent(id, values::times().good[0])));
    good.extend(values::prose(1_024).good.iter().map(|message| failed(1, message)));
    good
}

#[tokio::test]
async fn wrong_values_are_named_and_change_nothing() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    let decided = pair.authorize(ops::free_form("ali")).await.unwrap();
    let dump = Dump::of(&pair.policy.database).await;
    super::check(tables(&decided.decision_id), &pair.channel, &dump, "policy.azeer").await;
}

#[tokio::test]
async fn a_report_of_nothing_is_refused() {
    let pair = Pair::at(noon()).await;
    let nothing = pb::ReportSendOutcomeRequest::default();
    let status = pair.report(nothing).await.unwrap_err();
    let named = ["tenant_id", "decision_id", "outcome"].map(Into::into);
    assert_eq!(support::bad_fields(&status), named.into());
}
