//! Caps are exact: under any concurrency, over all replicas, to the microsecond, and for people
//! rather than ids.
//!
//! - [`stand`]: two replicas of both services, and how their tenant has its sends judged
//! - [`crowd`]: hundreds at once for the last free places
//! - [`people`]: several ids of one person
//! - [`windows`]: when a place is free again
//! - [`recount`]: what is kept, counted again from what was decided
//! - [`model`]: random histories, beside a model that keeps a plain list

mod crowd;
mod model;
mod people;
pub(crate) mod recount;
pub(crate) mod stand;
mod windows;
