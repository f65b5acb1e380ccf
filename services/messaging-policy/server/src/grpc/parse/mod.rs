//! Requests to domain values: what each field must be, all bad ones told at once.

mod consent;
mod erasure;
mod history;
mod listings;
mod mask;
mod outcome;
mod policy;
mod replay;
mod send;
mod sender;
mod template;

pub(super) use consent::{Said, contact};
pub(super) use erasure::Erasing;
pub(super) use history::{Listing, Lookup};
pub(super) use listings::{SenderListing, VersionListing};
pub(super) use outcome::Reporting;
pub(super) use policy::{Changing as PolicyChanging, PolicyChange};
pub(super) use replay::Replaying;
pub(super) use send::{Authorizing, Checking};
pub(super) use sender::{Changing as SenderChanging, sender};
pub(super) use template::{Importing, Listing as TemplateListing, Lookup as TemplateLookup};

use azeer_domain::id::is_name;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::wire::version_of;

use crate::names::is_language_code;
use mask::Mask;

/// How much of a decision is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum View {
    Basic,
    Full,
}

fn view(fields: &mut Fields, given: i32) -> Option<View> {
    let parsed = match pb::DecisionView::try_from(given) {
        Ok(pb::DecisionView::Unspecified | pb::DecisionView::Basic) => Ok(View::Basic),
        Ok(pb::DecisionView::Full) => Ok(View::Full),
        Err(_) => Err("must be BASIC or FULL"),
    };
    fields.take("view", parsed)
}

/// A language's code, of whatever language; may be empty.
fn language_code(fields: &mut Fields, path: &str, code: &str) -> Option<String> {
    let well_formed = code.is_empty() || is_language_code(code);
    let parsed = if well_formed { Ok(code.to_owned()) } else { Err("must be a language's code") };
    fields.take(path, parsed)
}

/// The id of an account or portfolio; may be empty.
fn name_or_empty(fields: &mut Fields, path: &str, id: &str) -> Option<String> {
    let well_formed = id.is_empty() || is_name(id);
    let must_be = "must be empty or 1-64 of A-Z a-z 0-9 _ -";
    fields.take(path, if well_formed { Ok(id.to_owned()) } else { Err(must_be) })
}

/// The version that a caller's etag names; none: whatever it is.
fn version(etag: &str) -> Option<i64> {
    (!etag.is_empty()).then(|| version_of(etag))
}
