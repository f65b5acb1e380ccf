//! The development launcher's library: a private `PostgreSQL` for a working copy, without
//! administration and without a trace on the system. The binary and the tests share it.

pub mod postgres;
