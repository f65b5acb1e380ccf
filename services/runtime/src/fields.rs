//! Checks the fields of a request and tells all the bad ones at once.

use std::fmt::Display;

use tonic::Code;
use tracing::error;
use uuid::Uuid;

use crate::problem::Problem;

/// The bad fields found so far.
#[derive(Debug, Default)]
pub struct Fields {
    bad: Vec<(String, String)>,
}

impl Fields {
    /// None found yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a bad field and what it must be.
    pub fn bad(&mut self, path: impl Into<String>, must_be: impl Display) {
        self.bad.push((path.into(), must_be.to_string()));
    }

    /// Takes what was parsed, or notes why it could not be.
    pub fn take<T, E: Display>(&mut self, path: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|error| self.bad(path, error)).ok()
    }

    /// As [`Self::take`], for a field that may be empty.
    pub fn optional<T, E: Display>(
        &mut self,
        path: &str,
        text: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        if text.is_empty() { None } else { self.take(path, parse(text)) }
    }

    /// Notes the field as bad unless the condition holds.
    pub fn require(&mut self, path: &str, holds: bool, must_be: &str) {
        if !holds {
            self.bad(path, must_be);
        }
    }

    /// Gives the request made of the parsed fields, or all that is wrong with it. `make` gives
    /// none only where a field was noted as bad: else the fault is ours, not the caller's.
    pub fn finish<T>(self, make: impl FnOnce() -> Option<T>) -> Result<T, Problem> {
        if self.bad.is_empty() {
            return make().ok_or_else(nothing_noted);
        }
        let mut message = String::from("the request is not valid: ");
        let told: Vec<String> =
            self.bad.iter().take(5).map(|(path, must_be)| format!("{path} {must_be}")).collect();
        message.push_str(&told.join("; "));
        let problem = Problem::new(Code::InvalidArgument, "INVALID_FIELD", message);
        Err(self
            .bad
            .into_iter()
            .fold(problem, |problem, (path, must_be)| problem.field(path, must_be)))
    }
}

fn nothing_noted() -> Problem {
    let id = Uuid::new_v4();
    error!(request_id = %id, "a request was refused, but none of its fields");
    Problem::internal(id)
}

#[cfg(test)]
mod tests {
    use tonic_types::StatusExt as _;

    use super::*;

    #[test]
    fn a_refusal_without_a_bad_field_is_our_fault() {
        let status = Fields::new().finish(|| None::<()>).unwrap_err().into_status("test.azeer");
        assert_eq!(status.code(), Code::Internal);
        assert_eq!(status.get_details_error_info().unwrap().reason, "INTERNAL");
        assert!(status.get_details_request_info().is_some());
    }

    #[test]
    fn bad_fields_are_the_callers() {
        let mut fields = Fields::new();
        fields.bad("name", "must be set");
        let status = fields.finish(|| Some(())).unwrap_err().into_status("test.azeer");
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), "the request is not valid: name must be set");
    }
}
