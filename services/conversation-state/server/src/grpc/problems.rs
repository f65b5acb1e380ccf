//! Errors as clients see them. What the database or a bug said goes to the logs, under an id that
//! the answer names.

use std::time::Duration;

use azeer_runtime::problem::Problem;
use conversation_state_core::Refusal;
use tonic::{Code, Status};
use tracing::{error, warn};
use uuid::Uuid;

use crate::store::{StoreError, WriteError};

/// The domain of every error's `ErrorInfo`.
const DOMAIN: &str = "conversation.azeer";
/// When to try again what failed because others were in the way or the database was away.
const SOON: Duration = Duration::from_millis(200);

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

impl From<WriteError> for Failed {
    fn from(error: WriteError) -> Self {
        let message = error.to_string();
        Self(match error {
            WriteError::NotFound => return not_found(),
            WriteError::Refused(refusal) => refused(refusal),
            WriteError::VersionMismatch => return etag_mismatch("conversation"),
            WriteError::RequestIdReused => {
                Problem::new(Code::InvalidArgument, "REQUEST_ID_REUSED", message)
                    .field("request_id", "must be a new one: it was used for something else")
            }
            WriteError::AheadOfTime => {
                Problem::new(Code::InvalidArgument, "INVALID_FIELD", message)
            }
            WriteError::Unavailable(id) => unavailable(id),
            WriteError::Overloaded => {
                Problem::new(Code::ResourceExhausted, "OVERLOADED", message).retry_after(SOON)
            }
            WriteError::Internal(id) => internal(id),
        })
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        if error.is_unavailable() {
            let id = Uuid::new_v4();
            warn!(request_id = %id, %error, "read failed");
            return Self(unavailable(id));
        }
        let id = Uuid::new_v4();
        error!(request_id = %id, %error, "read failed");
        Self(internal(id))
    }
}

impl Failed {
    /// Names the field that says when it happened, if that is what was wrong.
    pub(super) fn about_time(error: WriteError, field: &str) -> Self {
        let ahead = error == WriteError::AheadOfTime;
        let failed = Self::from(error);
        if ahead {
            Self(failed.0.field(field, "must not be more than 5 minutes ahead of now"))
        } else {
            failed
        }
    }
}

pub(super) fn not_found() -> Failed {
    Failed(Problem::new(
        Code::NotFound,
        "CONVERSATION_NOT_FOUND",
        "the tenant has no such conversation",
    ))
}

pub(super) fn etag_mismatch(of: &str) -> Failed {
    let message = format!("the {of} was changed meanwhile; read it again");
    Failed(Problem::new(Code::Aborted, "ETAG_MISMATCH", message).retry_after(Duration::ZERO))
}

fn refused(refusal: Refusal) -> Problem {
    Problem::new(Code::FailedPrecondition, refusal.reason(), refusal.to_string())
        .precondition("conversation")
}

fn unavailable(id: Uuid) -> Problem {
    Problem::new(Code::Unavailable, "DATABASE_UNAVAILABLE", "the database is not available")
        .retry_after(SOON)
        .request_id(id.to_string())
}

fn internal(id: Uuid) -> Problem {
    let message = format!("internal error; the logs tell more under {id}");
    Problem::new(Code::Internal, "INTERNAL", message).request_id(id.to_string())
}
