//! Message templates as the platform lists them, and what each requires of a send.
//!
//! `listing` reads the answer of the platform, `approved` one template's components into the
//! normalised form of `components`, which is what a service stores. `check` holds a send against
//! it, with `buttons` and `carousel`; `mismatch` says what differs.

mod approved;
mod buttons;
mod carousel;
mod check;
mod components;
mod given;
mod listing;
mod mismatch;
mod placeholders;

pub use components::{Button, Components, Header, Parts, Variables};
pub use listing::{Invalid, ListedTemplate, Listing, ListingError, parse_listing};
pub use mismatch::{Mismatch, Problem};

/// One key for all spellings of a language: `en-US`, `en_us` and `en_US` are one.
#[must_use]
pub fn language_key(code: &str) -> String {
    code.trim().to_ascii_lowercase().replace('-', "_")
}
