//! Reports of what became of sends.

use azeer_domain::MessageId;
use azeer_edge::{tenant, told_at};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;
use messaging_policy_core::outcome;
use pb::report_send_outcome_request::Outcome;

use super::{View, language_code, view};
use crate::store::Report;

const MOST_MESSAGE_CHARACTERS: usize = 1_024;
const LARGEST_CODE: i32 = 999_999;

/// A report.
pub(in crate::grpc) struct Reporting {
    pub(in crate::grpc) report: Report,
    pub(in crate::grpc) view: View,
}

impl TryFrom<&pb::ReportSendOutcomeRequest> for Reporting {
    type Error = Problem;

    fn try_from(request: &pb::ReportSendOutcomeRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let decision = fields.take("decision_id", uuid(&request.decision_id));
        let outcome = match &request.outcome {
            Some(Outcome::Sent(given)) => fields.within(|| "sent".to_owned(), |f| sent(f, given)),
            Some(Outcome::Failed(given)) => {
                fields.within(|| "failed".to_owned(), |f| failed(f, given))
            }
            Some(Outcome::Abandoned(pb::Abandoned {})) => Some(outcome::Report::Abandoned),
            None => {
                fields.bad("outcome", "must be one of sent, failed and abandoned");
                None
            }
        };
        language_code(&mut fields, "language_code", &request.language_code);
        let view = view(&mut fields, request.view);
        fields.finish(|| {
            let report = Report { tenant: tenant?, decision: decision?, outcome: outcome? };
            Some(Self { report, view: view? })
        })
    }
}

fn sent(fields: &mut Fields, given: &pb::Sent) -> Option<outcome::Report> {
    let message_id = fields.take("message_id", MessageId::parse(&given.message_id));
    let sent_at = told_at(fields, "sent_at", given.sent_at.as_ref());
    Some(outcome::Report::Sent { message_id: message_id?, sent_at: sent_at? })
}

fn failed(fields: &mut Fields, given: &pb::Failed) -> Option<outcome::Report> {
    let error_code = given.error_code;
    let is_code = (1..=LARGEST_CODE).contains(&error_code);
    fields.require("error_code", is_code, "must be 1-999999");
    let error_message = fields.text("message", &given.message, MOST_MESSAGE_CHARACTERS);
    let error_message = error_message.unwrap_or_default();
    is_code.then_some(outcome::Report::Failed { error_code, error_message })
}
