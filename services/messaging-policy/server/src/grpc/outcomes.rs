//! Reports of what became of sends.

use azeer_proto::policy::v1 as pb;

use super::answer::{self, Telling};
use super::parse::Reporting;
use super::problems::Failed;
use crate::store::Store;

/// Takes a report.
pub(super) async fn report(
    store: &Store,
    request: &pb::ReportSendOutcomeRequest,
) -> Result<pb::ReportSendOutcomeResponse, Failed> {
    let Reporting { report, view } = Reporting::try_from(request)?;
    let decision = report.decision;
    let recorded = store.report(report).await;
    let recorded = recorded.map_err(|error| Failed::of_report(error, decision))?;
    let telling = Telling::new(&request.language_code, view);
    Ok(pb::ReportSendOutcomeResponse { decision: Some(answer::decision(recorded, telling)) })
}
