//! Checks the fields of a request and tells all the bad ones at once.

use std::fmt::Display;
use std::ops::RangeBounds;

use chrono::{DateTime, TimeDelta, Utc};
use prost_types::{Duration, Timestamp};
use serde::de::DeserializeOwned;
use tonic::Code;
use tracing::error;
use uuid::Uuid;

use crate::problem::Problem;
use crate::{tokens, wire};

const DEFAULT_PAGE: usize = 50;
const LARGEST_PAGE: usize = 500;
const BAD_TOKEN: &str = "must be the next_page_token of a request with the same arguments";

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

    /// Checks a message within the request: what is bad in it is noted under its path.
    pub fn within<T>(
        &mut self,
        path: impl FnOnce() -> String,
        check: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let mut inner = Self::new();
        let checked = check(&mut inner);
        if !inner.bad.is_empty() {
            let outer = path();
            let bad = inner.bad.into_iter();
            self.bad.extend(bad.map(|(path, must_be)| (format!("{outer}.{path}"), must_be)));
        }
        checked
    }

    /// Notes the field as bad unless the condition holds.
    pub fn require(&mut self, path: &str, holds: bool, must_be: &str) {
        if !holds {
            self.bad(path, must_be);
        }
    }

    /// A text for people: at most so many characters, and without what no database takes. None also
    /// if it is empty.
    pub fn text(&mut self, path: &str, text: &str, most: usize) -> Option<String> {
        // Four bytes at most each: saves counting the characters of a huge text.
        let fits = text.len() <= most * 4 && text.chars().count() <= most;
        if !fits || text.contains('\0') {
            self.bad(path, format_args!("must be at most {most} characters, none of them NUL"));
            return None;
        }
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// An instant within bounds, which must be there. Its parts of microseconds are left out.
    pub fn instant(
        &mut self,
        path: &str,
        given: Option<&Timestamp>,
        bounds: impl RangeBounds<DateTime<Utc>>,
        must_be: &str,
    ) -> Option<DateTime<Utc>> {
        let parsed = given.and_then(wire::instant).filter(|at| bounds.contains(at));
        self.take(path, parsed.ok_or(must_be))
    }

    /// A duration within bounds, whole microseconds.
    pub fn duration(
        &mut self,
        path: &str,
        given: &Duration,
        bounds: impl RangeBounds<TimeDelta>,
        must_be: &str,
    ) -> Option<TimeDelta> {
        let parsed = wire::delta(given).filter(|delta| bounds.contains(delta));
        self.take(path, parsed.ok_or(must_be))
    }

    /// How many a page has at the most, as its `page_size` says.
    pub fn page_size(&mut self, given: i32) -> usize {
        self.require("page_size", given >= 0, "must not be negative");
        match usize::try_from(given).unwrap_or_default() {
            0 => DEFAULT_PAGE,
            size => size.min(LARGEST_PAGE),
        }
    }

    /// A page's `page_token`, if it `fits` the other arguments; an empty one is none.
    pub fn page_token<T: DeserializeOwned>(
        &mut self,
        text: &str,
        fits: impl FnOnce(&T) -> bool,
    ) -> Option<T> {
        if text.is_empty() {
            return None;
        }
        self.take("page_token", tokens::read(text).filter(fits).ok_or(BAD_TOKEN))
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

/// Parses a UUID, for [`Fields::take`] and [`Fields::optional`].
pub fn uuid(text: &str) -> Result<Uuid, &'static str> {
    Uuid::try_parse(text).map_err(|_| "must be a UUID")
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

    /// What a check notes of a field, if it does.
    fn noted<T>(check: impl FnOnce(&mut Fields) -> Option<T>) -> Result<T, Option<String>> {
        let mut fields = Fields::new();
        let checked = check(&mut fields);
        let noted = fields.bad.pop().map(|(path, must_be)| format!("{path} {must_be}"));
        checked.filter(|_| noted.is_none()).ok_or(noted)
    }

    #[test]
    fn texts_are_counted_in_characters() {
        let text = |text: &str| noted(|fields| fields.text("note", text, 3));
        assert_eq!(text("شكر"), Ok("شكر".to_owned()));
        assert_eq!(text(""), Err(None));
        let refused = Err(Some("note must be at most 3 characters, none of them NUL".to_owned()));
        for bad in ["abcd", "شكرا", "a\0"] {
            assert_eq!(text(bad), refused, "{bad:?}");
        }
    }

    #[test]
    fn instants_and_durations_have_bounds() {
        let (from, must_be) = (DateTime::UNIX_EPOCH, "must be later");
        let instant = |seconds| {
            let given = Timestamp { seconds, nanos: 0 };
            noted(|fields| fields.instant("at", Some(&given), from.., must_be))
        };
        assert_eq!(instant(0), Ok(from));
        assert_eq!(instant(-1), Err(Some("at must be later".to_owned())));
        assert!(noted(|fields| fields.instant("at", None, .., must_be)).is_err());

        let bounds = TimeDelta::zero()..=TimeDelta::seconds(1);
        let duration = |seconds| {
            let given = Duration { seconds, nanos: 0 };
            noted(|fields| fields.duration("for", &given, bounds.clone(), "must be short"))
        };
        assert_eq!(duration(1), Ok(TimeDelta::seconds(1)));
        for bad in [-1, 2, i64::MAX] {
            assert_eq!(duration(bad), Err(Some("for must be short".to_owned())));
        }
    }

    #[test]
    fn pages_have_sizes_and_tokens() {
        for (given, size) in [(0, 50), (1, 1), (500, 500), (501, 500), (i32::MAX, 500)] {
            assert_eq!(noted(|fields| Some(fields.page_size(given))), Ok(size));
        }
        assert!(noted(|fields| Some(fields.page_size(-1))).is_err());

        let token = |text: &str| noted(|fields| fields.page_token(text, |last: &i64| *last > 0));
        assert_eq!(token(""), Err(None));
        assert_eq!(token(&tokens::write(&7)), Ok(7));
        for bad in ["x", &tokens::write(&0), &tokens::write(&"7")] {
            assert_eq!(token(bad), Err(Some(format!("page_token {BAD_TOKEN}"))), "{bad}");
        }
    }

    #[test]
    fn what_is_bad_in_a_message_within_is_named_by_its_path() {
        let mut fields = Fields::new();
        let outer = |i: usize| move || format!("items[{i}]");
        let good = fields.within(outer(0), |item| item.take("name", Ok::<_, String>("x")));
        assert_eq!(good, Some("x"));
        fields.within(outer(1), |item| item.bad("name", "must be set"));
        let status = fields.finish(|| Some(())).unwrap_err().into_status("test.azeer");
        assert_eq!(status.message(), "the request is not valid: items[1].name must be set");
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
