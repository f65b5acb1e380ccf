//! Errors as clients see them. What the database or a bug said goes to the logs, under an id that
//! the answer names.

use std::time::Duration;

use azeer_domain::Target;
use azeer_runtime::batches::Lost;
use azeer_runtime::problem::{Problem, SOON};
use azeer_runtime::store_error::StoreError;
use messaging_policy_core::outcome::NotTaken;
use tonic::{Code, Status};
use uuid::Uuid;

use crate::conversation::Unavailable;
use crate::replay::ReplayError;
use crate::store::settings::{ChangeError, SeveralAccounts};
use crate::store::{DecideError, EraseError, ReportError};

/// The domain of every error's `ErrorInfo`.
pub(super) const DOMAIN: &str = "policy.azeer";

/// When to try again what others will be at for some seconds.
const LATER: Duration = Duration::from_secs(1);

/// An error on its way to the client.
pub(super) struct Failed(Problem);

impl From<Failed> for Status {
    fn from(failed: Failed) -> Self {
        failed.0.into_status(DOMAIN)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.into())
    }
}

impl From<Lost> for Failed {
    fn from(lost: Lost) -> Self {
        Self(lost.into())
    }
}

impl From<DecideError> for Failed {
    fn from(error: DecideError) -> Self {
        Self(match error {
            DecideError::RequestIdReused(id) => Problem::request_id_reused(id),
            DecideError::Lost(lost) => lost.into(),
        })
    }
}

impl From<EraseError> for Failed {
    fn from(error: EraseError) -> Self {
        Self(match error {
            EraseError::RequestIdReused(id) => Problem::request_id_reused(id),
            EraseError::Store(error) => error.into(),
        })
    }
}

impl Failed {
    /// Of a report about a decision.
    pub(super) fn of_report(error: ReportError, decision: Uuid) -> Self {
        let message = error.to_string();
        let refused = |reason| {
            let problem = Problem::new(Code::FailedPrecondition, reason, message.clone());
            problem.with("decision_id", decision.to_string()).precondition("decision")
        };
        Self(match error {
            ReportError::NotFound => return no_decision(&decision.to_string()),
            ReportError::NotAllowed => refused("SEND_NOT_ALLOWED"),
            ReportError::NotTaken(NotTaken::AlreadyReported) => refused("OUTCOME_ALREADY_REPORTED"),
            ReportError::NotTaken(NotTaken::AheadOfTime) => {
                let must_be = "must not be more than 5 minutes ahead of now";
                let problem = Problem::new(Code::InvalidArgument, "INVALID_FIELD", message);
                problem.field("sent.sent_at", must_be)
            }
            ReportError::Lost(lost) => lost.into(),
        })
    }
}

impl From<Unavailable> for Failed {
    fn from(error: Unavailable) -> Self {
        let message = "the facts cannot be had: conversation-state does not answer";
        let problem = Problem::new(Code::Unavailable, "CONVERSATION_STATE_UNAVAILABLE", message);
        Self(problem.retry_after(error.retry_after))
    }
}

impl From<ReplayError> for Failed {
    fn from(error: ReplayError) -> Self {
        let message = error.to_string();
        Self(match error {
            ReplayError::TooMany => {
                let problem = Problem::new(Code::ResourceExhausted, "TOO_MANY_REPLAYS", message);
                problem.retry_after(LATER)
            }
            ReplayError::Stopping => {
                Problem::new(Code::Unavailable, "STOPPING", message).retry_after(SOON)
            }
            ReplayError::Store(error) => error.into(),
        })
    }
}

impl From<ChangeError> for Failed {
    fn from(error: ChangeError) -> Self {
        let message = error.to_string();
        let refused = Problem::new(Code::InvalidArgument, "INVALID_FIELD", message);
        Self(match error {
            ChangeError::OtherVersion { of, current } => Problem::etag_mismatch(of, current),
            ChangeError::NoAccount(_) => {
                let must_be =
                    "must be set: it is the account that has a portfolio or a restriction";
                refused.field("sender.waba_id", must_be)
            }
            ChangeError::AheadOfTime => {
                refused.field("occurred_at", "must not be more than 5 minutes ahead of now")
            }
            ChangeError::Store(error) => error.into(),
        })
    }
}

impl From<SeveralAccounts> for Failed {
    fn from(error: SeveralAccounts) -> Self {
        let problem = Problem::new(Code::InvalidArgument, "INVALID_FIELD", error.to_string());
        Self(problem.field("waba_id", "must be set: the tenant has several accounts"))
    }
}

/// No conversation has the id that was asked for.
pub(super) fn no_conversation(target: &Target) -> Failed {
    let problem =
        Problem::new(Code::NotFound, "CONVERSATION_NOT_FOUND", "there is no such conversation");
    Failed(match target {
        Target::Conversation(id) => problem.with("conversation_id", id.to_string()),
        Target::Contact(..) => problem,
    })
}

/// No decision has the id that was asked for.
pub(super) fn no_decision(id: &str) -> Failed {
    let problem = Problem::new(Code::NotFound, "DECISION_NOT_FOUND", "there is no such decision");
    Failed(problem.with("decision_id", id))
}

/// No template has the name and language that were asked for.
pub(super) fn no_template(account: &str, name: &str, language: &str) -> Failed {
    let problem = Problem::new(Code::NotFound, "TEMPLATE_NOT_FOUND", "there is no such template");
    let problem = problem.with("name", name).with("language_code", language);
    Failed(if account.is_empty() { problem } else { problem.with("waba_id", account) })
}
