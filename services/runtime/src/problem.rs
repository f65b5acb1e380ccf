//! Errors as clients see them: a canonical code with details (AIP-193).
//!
//! Details travel in a header, and some clients refuse headers over 8 KiB: all of it stays below
//! 6 KiB here, however much a request did wrong.

use std::collections::HashMap;
use std::time::Duration;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};
use tracing::{error, warn};
use uuid::Uuid;

use crate::batches::Lost;
use crate::store_error::StoreError;
use crate::wire::etag;

/// When to try again what failed because others were in the way or the database was away.
pub const SOON: Duration = Duration::from_millis(200);

/// Encoded in base64, this many bytes stay below 6 KiB with their message and the other headers.
const MOST_DETAIL_BYTES: usize = 3_800;
/// Of the message as it travels: all but letters and digits may take three bytes there (`%20`).
const MOST_MESSAGE_BYTES: usize = 768;
/// Longer descriptions and paths are cut: they may quote what a caller sent.
const MOST_TEXT_BYTES: usize = 200;

/// What went wrong, for whoever called.
#[derive(Debug, Clone)]
pub struct Problem(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    code: Code,
    reason: &'static str,
    message: String,
    metadata: HashMap<String, String>,
    fields: Vec<(String, String)>,
    precondition: Option<String>,
    retry_after: Option<Duration>,
    request_id: Option<String>,
}

impl Problem {
    /// `reason` is `UPPER_SNAKE` and never changes; `message` is for developers.
    #[must_use]
    pub fn new(code: Code, reason: &'static str, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            code,
            reason,
            message: message.into(),
            metadata: HashMap::new(),
            fields: Vec::new(),
            precondition: None,
            retry_after: None,
            request_id: None,
        }))
    }

    /// Adds a value of the reason.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.0.metadata.insert(key.to_owned(), cut(value.into()));
        self
    }

    /// Names a field and what it must be.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, must_be: impl Into<String>) -> Self {
        self.0.fields.push((cut(path.into()), cut(must_be.into())));
        self
    }

    /// Adds the failed precondition, about `subject`.
    #[must_use]
    pub fn precondition(mut self, subject: impl Into<String>) -> Self {
        self.0.precondition = Some(cut(subject.into()));
        self
    }

    /// Says when to try again.
    #[must_use]
    pub fn retry_after(mut self, delay: Duration) -> Self {
        self.0.retry_after = Some(delay);
        self
    }

    /// Names what the logs know this failure by.
    #[must_use]
    pub fn request_id(mut self, id: impl Into<String>) -> Self {
        self.0.request_id = Some(id.into());
        self
    }

    /// The database is away or too busy; the logs know it by this id.
    #[must_use]
    pub fn unavailable(id: Uuid) -> Self {
        Self::new(Code::Unavailable, "DATABASE_UNAVAILABLE", "the database is not available")
            .retry_after(SOON)
            .request_id(id.to_string())
    }

    /// A bug; the logs know it by this id.
    #[must_use]
    pub fn internal(id: Uuid) -> Self {
        let message = format!("internal error; the logs tell more under {id}");
        Self::new(Code::Internal, "INTERNAL", message).request_id(id.to_string())
    }

    /// The caller's etag no longer holds: `of` has another version, the current one.
    #[must_use]
    pub fn etag_mismatch(of: &str, current: i64) -> Self {
        let message = format!("the {of} was changed meanwhile; read it again");
        Self::new(Code::Aborted, "ETAG_MISMATCH", message)
            .with("etag", etag(current))
            .retry_after(Duration::ZERO)
    }

    /// The caller's request id was used for something else.
    #[must_use]
    pub fn request_id_reused(id: Uuid) -> Self {
        let message = "the request id was used for something else";
        Self::new(Code::InvalidArgument, "REQUEST_ID_REUSED", message)
            .with("request_id", id.to_string())
            .field("request_id", "must be a new one: it was used for something else")
    }

    /// As a gRPC status of the given error domain.
    #[must_use]
    pub fn into_status(self, domain: &str) -> Status {
        let message = cut_message(&self.0.message).to_owned();
        let mut kept = self.0.fields.len();
        loop {
            let details = self.0.details(domain, kept);
            let status = Status::with_error_details(self.0.code, message.clone(), details);
            if kept == 0 || status.details().len() <= MOST_DETAIL_BYTES {
                return status;
            }
            kept /= 2;
        }
    }
}

impl From<Lost> for Problem {
    fn from(lost: Lost) -> Self {
        let message = lost.to_string();
        match lost {
            Lost::Unavailable(id) => Self::unavailable(id),
            Lost::Overloaded => {
                Self::new(Code::ResourceExhausted, "OVERLOADED", message).retry_after(SOON)
            }
            Lost::Stopping => Self::new(Code::Unavailable, "STOPPING", message).retry_after(SOON),
            Lost::Internal(id) => Self::internal(id),
        }
    }
}

/// Of a read: what the database said goes to the logs.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let id = Uuid::new_v4();
        if error.is_unavailable() {
            warn!(request_id = %id, %error, "read failed");
            return Self::unavailable(id);
        }
        error!(request_id = %id, %error, "read failed");
        Self::internal(id)
    }
}

impl Parts {
    fn details(&self, domain: &str, fields: usize) -> ErrorDetails {
        let mut details = ErrorDetails::new();
        details.set_error_info(self.reason, domain, self.metadata.clone());
        if fields > 0 {
            let violations = self.fields.iter().take(fields);
            details.set_bad_request(
                violations
                    .map(|(path, must_be)| FieldViolation::new(path, must_be))
                    .collect::<Vec<_>>(),
            );
        }
        if let Some(subject) = &self.precondition {
            details.add_precondition_failure_violation(self.reason, subject, &self.message);
        }
        if let Some(delay) = self.retry_after {
            details.set_retry_info(Some(delay));
        }
        if let Some(id) = &self.request_id {
            details.set_request_info(id, "");
        }
        details
    }
}

/// As much of a message as may travel.
fn cut_message(message: &str) -> &str {
    let mut bytes = 0;
    let end = message.char_indices().find(|(_, c)| {
        bytes += if c.is_ascii_alphanumeric() { 1 } else { 3 * c.len_utf8() };
        bytes > MOST_MESSAGE_BYTES
    });
    &message[..end.map_or(message.len(), |(end, _)| end)]
}

fn cut(mut text: String) -> String {
    truncate(&mut text, MOST_TEXT_BYTES);
    text
}

fn truncate(text: &mut String, most: usize) {
    if text.len() > most {
        let end = (0..=most).rev().find(|&i| text.is_char_boundary(i)).unwrap_or_default();
        text.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_tried_says_why_and_when_to_try_again() {
        let cases = [
            (Lost::Overloaded, Code::ResourceExhausted, "OVERLOADED"),
            (Lost::Stopping, Code::Unavailable, "STOPPING"),
        ];
        for (lost, code, reason) in cases {
            let status = Problem::from(lost).into_status("test.azeer");
            let details = status.get_error_details();
            let told = details.error_info().unwrap().reason.as_str();
            assert_eq!((status.code(), told), (code, reason));
            assert!(details.retry_info().is_some());
        }
    }

    /// How many bytes the headers of an error have.
    fn on_the_wire(status: Status) -> usize {
        let response = status.into_http::<()>();
        response.headers().iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
    }

    #[test]
    fn stays_small_however_much_is_wrong() {
        for text in ["x", "ش", " ", "\u{1}"] {
            for fields in 1..100 {
                let mut problem = Problem::new(Code::InvalidArgument, "BAD", text.repeat(9_000));
                for i in 0..fields {
                    problem = problem.field(format!("ids[{i}]{}", text.repeat(9)), "must be x");
                }
                let status = problem.into_status("test.azeer");
                let named = status.get_details_bad_request().unwrap().field_violations;
                assert!(named[0].field.starts_with("ids[0]"));
                assert_eq!(status.get_details_error_info().unwrap().reason, "BAD");
                assert!(on_the_wire(status) < 6 * 1024 - 200, "room for other headers");
            }
        }
    }

    #[test]
    fn names_many_fields_as_long_as_they_fit() {
        let problem = Problem::new(Code::InvalidArgument, "BAD", "bad");
        let problem = (0..1_000).fold(problem, |problem, i| {
            problem.field(format!("ids[{i}]"), "must be a UUID ".repeat(99))
        });
        let status = problem.into_status("test.azeer");
        assert!(status.details().len() <= MOST_DETAIL_BYTES);
        assert!(status.get_details_bad_request().unwrap().field_violations.len() > 5);
    }
}
