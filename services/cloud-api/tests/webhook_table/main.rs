//! What becomes of each kind of webhook body.

mod bodies;
mod contacts;
mod fixtures;
mod malformed;
mod robustness;
mod table;
