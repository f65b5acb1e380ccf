//! Listings of templates, and sends that fit them or don't.

mod bodies;
mod buttons;
mod check;
#[path = "../common/mod.rs"]
mod common;
mod fixtures;
mod listing;
mod malformed;
mod robustness;
mod stored;
