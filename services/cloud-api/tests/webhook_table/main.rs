//! What becomes of each kind of webhook body.

mod bodies;
#[path = "../common/mod.rs"]
mod common;
mod contacts;
mod fixtures;
mod malformed;
mod robustness;
mod table;
