//! The development launcher's library: a private `PostgreSQL` for a working copy, without
//! administration and without a trace on the system; and a tenant full of conversations. The
//! binary and the tests share it.

pub mod postgres;
pub mod seed;
