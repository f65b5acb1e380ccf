//! What becomes of each kind of webhook body.

mod bodies;
mod business;
#[path = "../common/mod.rs"]
mod common;
mod contacts;
mod fixtures;
mod limits;
mod malformed;
mod people;
mod robustness;
mod table;
