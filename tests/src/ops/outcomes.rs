//! What became of sends.

use azeer_proto::policy::v1 as pb;
use conversation_state_core::Time;
use pb::report_send_outcome_request::Outcome;

use super::{CHANNEL, TENANT, WABA};
use crate::service::timestamp;

/// A report that a message was sent.
#[must_use]
pub fn sent(decision: &str, message: &str, at: Time) -> pb::ReportSendOutcomeRequest {
    report(decision, Outcome::Sent(pb::Sent { message_id: message.into(), sent_at: timestamp(at) }))
}

/// A report that a message failed.
#[must_use]
pub fn failed(decision: &str, error_code: i32) -> pb::ReportSendOutcomeRequest {
    let message = format!("refused with {error_code}");
    report(decision, Outcome::Failed(pb::Failed { error_code, message }))
}

/// A report that a message was never posted.
#[must_use]
pub fn abandoned(decision: &str) -> pb::ReportSendOutcomeRequest {
    report(decision, Outcome::Abandoned(pb::Abandoned {}))
}

fn report(decision: &str, outcome: Outcome) -> pb::ReportSendOutcomeRequest {
    pb::ReportSendOutcomeRequest {
        tenant_id: TENANT.into(),
        decision_id: decision.into(),
        outcome: Some(outcome),
        ..Default::default()
    }
}

/// A webhook body that tells of a message that failed, to somebody or to nobody knows whom.
#[must_use]
pub fn status_failed(
    contact: Option<&str>,
    message: &str,
    error_code: i64,
    at: Time,
) -> pb::IngestWebhookRequest {
    let seconds = at.timestamp();
    let to = contact.map(|contact| format!(r#""recipient_id":"{contact}","#)).unwrap_or_default();
    let body = format!(
        r#"{{"entry":[{{"id":"{WABA}","time":{seconds},"changes":[{{"field":"messages","value":
        {{"metadata":{{"phone_number_id":"{CHANNEL}"}},"statuses":[{{"id":"{message}",{to}
        "status":"failed","timestamp":"{seconds}","errors":[{{"code":{error_code},
        "title":"refused","message":"refused with {error_code}"}}]}}]}}}}]}}]}}"#
    );
    pb::IngestWebhookRequest { tenant_id: TENANT.into(), body: body.into_bytes() }
}
