//! Errors as clients see them. What the database or a bug said goes to the logs, under an id that
//! the answer names.

use std::time::Duration;

use azeer_runtime::problem::Problem;
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, Refusal, State, TenantId};
use tonic::{Code, Status};
use tracing::{error, warn};
use uuid::Uuid;

use super::{answer, tokens};
use crate::store::{Target, WriteError};
use crate::watch::WatchError;

/// The domain of every error's `ErrorInfo`.
pub(super) const DOMAIN: &str = "conversation.azeer";
/// When to try again what failed because others were in the way or the database was away.
const SOON: Duration = Duration::from_millis(200);
/// When to ask a replica again that has all the watchers it takes.
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

impl From<WriteError> for Failed {
    fn from(error: WriteError) -> Self {
        let message = error.to_string();
        Self(match error {
            WriteError::NotFound => no_conversation(),
            WriteError::Refused { why, conversation, state, handler_epoch } => {
                refused(why, conversation, state, handler_epoch)
            }
            WriteError::VersionMismatch { current } => {
                return etag_mismatch("conversation", current);
            }
            WriteError::RequestIdReused(id) => {
                Problem::new(Code::InvalidArgument, "REQUEST_ID_REUSED", message)
                    .with("request_id", id.to_string())
                    .field("request_id", "must be a new one: it was used for something else")
            }
            WriteError::AheadOfTime => {
                Problem::new(Code::InvalidArgument, "INVALID_FIELD", message)
            }
            WriteError::Unavailable(id) => unavailable(id),
            WriteError::Overloaded => {
                Problem::new(Code::ResourceExhausted, "OVERLOADED", message).retry_after(SOON)
            }
            WriteError::Stopping => {
                Problem::new(Code::Unavailable, "STOPPING", message).retry_after(SOON)
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
    /// Of a watch: names the token to go on with, if it is worth while.
    pub(super) fn of_watch(tenant: &TenantId, error: WatchError) -> Self {
        let message = error.to_string();
        let expired = |message| Problem::new(Code::OutOfRange, "RESUME_TOKEN_EXPIRED", message);
        let stopping = |message| Problem::new(Code::Unavailable, "STOPPING", message);
        let (problem, after) = match error {
            WatchError::TooMany => {
                let problem = Problem::new(Code::ResourceExhausted, "TOO_MANY_WATCHERS", message);
                (problem.retry_after(LATER), None)
            }
            WatchError::Expired | WatchError::Ahead => (expired(message), None),
            WatchError::TooSlow { after } => {
                let problem = Problem::new(Code::Aborted, "WATCHER_TOO_SLOW", message);
                (problem.retry_after(Duration::ZERO), Some(after))
            }
            WatchError::Stopping { after } => (stopping(message).retry_after(SOON), after),
            WatchError::OutOfReach { after } => {
                let problem = Problem::new(Code::Unavailable, "DATABASE_UNAVAILABLE", message);
                (problem.retry_after(SOON), Some(after))
            }
            WatchError::Unreadable { after } => {
                let id = Uuid::new_v4();
                error!(request_id = %id, %tenant, error = message, "watch ended");
                (internal(id), Some(after))
            }
            WatchError::Store { error, after } => (Self::from(error).0, after),
        };
        Self(match after {
            Some(after) => problem.with("resume_token", tokens::resume(tenant, after)),
            None => problem,
        })
    }

    /// Of a write to `target`: names it, or the field that says when, if that is what was wrong.
    pub(super) fn of_write(error: WriteError, target: &Target, told_at: &str) -> Self {
        match error {
            WriteError::NotFound => not_found(target),
            WriteError::AheadOfTime => {
                let must_be = "must not be more than 5 minutes ahead of now";
                Self(Self::from(error).0.field(told_at, must_be))
            }
            error => error.into(),
        }
    }
}

/// What was asked for is not there.
pub(super) fn not_found(target: &Target) -> Failed {
    let problem = no_conversation();
    Failed(match target {
        Target::Conversation(id) => problem.with("conversation_id", id.to_string()),
        Target::Contact(channel, contact) => {
            problem.with("channel_id", channel.as_str()).with("contact_id", contact.as_str())
        }
    })
}

fn no_conversation() -> Problem {
    let message = "the tenant has no such conversation";
    Problem::new(Code::NotFound, "CONVERSATION_NOT_FOUND", message)
}

/// `of` has another version, the current one.
pub(super) fn etag_mismatch(of: &str, current: i64) -> Failed {
    let message = format!("the {of} was changed meanwhile; read it again");
    let problem = Problem::new(Code::Aborted, "ETAG_MISMATCH", message);
    Failed(problem.with("etag", answer::etag(current)).retry_after(Duration::ZERO))
}

fn refused(why: Refusal, conversation: ConversationId, state: State, epoch: i64) -> Problem {
    Problem::new(Code::FailedPrecondition, why.reason(), why.to_string())
        .with("conversation_id", conversation.to_string())
        .with("state", answer::state_name(state))
        .with("handler_epoch", epoch.to_string())
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

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt as _;

    use super::*;

    #[test]
    fn what_was_not_tried_says_why_and_when_to_try_again() {
        let cases = [
            (WriteError::Overloaded, Code::ResourceExhausted, "OVERLOADED"),
            (WriteError::Stopping, Code::Unavailable, "STOPPING"),
        ];
        for (error, code, reason) in cases {
            let status = Status::from(Failed::from(error));
            let details = status.get_error_details();
            assert_eq!(
                (status.code(), details.error_info().unwrap().reason.as_str()),
                (code, reason)
            );
            assert!(details.retry_info().is_some());
        }
    }
}
