//! End-to-end tests, by topic. One binary: it links once and starts one PostgreSQL.
#![allow(clippy::unwrap_used, reason = "a test unwraps to fail")]

/// The services as processes of their own.
const PROGRAM: &str = env!("CARGO_BIN_EXE_service-under-test");

mod authorize;
mod boundaries;
mod caps;
mod channels;
mod contexts;
mod crashes;
mod erasure;
mod events;
mod exact_counts;
mod facts;
mod fields;
mod filters;
mod identity;
mod inbox;
mod ingest;
mod life;
mod lists;
mod model;
mod news;
mod outages;
mod outbox;
mod outcomes;
mod parallel;
mod permits;
mod plans;
mod policy;
mod refusals;
mod replay;
mod requests;
mod retention;
mod routing;
mod sends;
mod serving;
mod support;
mod watch;
