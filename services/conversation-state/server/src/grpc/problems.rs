//! Errors as clients see them. What the database or a bug said goes to the logs, under an id that
//! the answer names.

use std::time::Duration;

use azeer_runtime::problem::{Problem, SOON};
use azeer_runtime::store_error::StoreError;
use conversation_state_core::{ConversationId, Refusal, State, TenantId};
use tonic::{Code, Status};
use tracing::error;
use uuid::Uuid;

use super::{answer, tokens};
use crate::store::{Target, WriteError};
use crate::watch::WatchError;

/// The domain of every error's `ErrorInfo`.
pub(super) const DOMAIN: &str = "conversation.azeer";
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
                Problem::etag_mismatch("conversation", current)
            }
            WriteError::RequestIdReused(id) => Problem::request_id_reused(id),
            WriteError::AheadOfTime => {
                Problem::new(Code::InvalidArgument, "INVALID_FIELD", message)
            }
            WriteError::Lost(lost) => lost.into(),
        })
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Self(error.into())
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
                (Problem::internal(id), Some(after))
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

fn refused(why: Refusal, conversation: ConversationId, state: State, epoch: i64) -> Problem {
    Problem::new(Code::FailedPrecondition, why.reason(), why.to_string())
        .with("conversation_id", conversation.to_string())
        .with("state", answer::state_name(state))
        .with("handler_epoch", epoch.to_string())
        .precondition("conversation")
}
