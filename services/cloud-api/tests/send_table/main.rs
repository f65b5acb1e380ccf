//! What becomes of each kind of body that is posted to the messages endpoint.

mod bodies;
#[path = "../common/mod.rs"]
mod common;
mod envelope;
mod free_form;
mod robustness;
mod template;
