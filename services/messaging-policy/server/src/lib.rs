//! The service that decides for every outbound send whether it may go.
//!
//! [`conversation`] asks conversation-state for the facts, [`store`] keeps policies, templates,
//! reservations and decisions in PostgreSQL, `grpc` serves it; the rules are those of
//! `messaging_policy_core`.

mod ask;
mod config;
pub mod conversation;
mod grpc;
mod names;
mod serve;
pub mod store;

pub use config::{Cli, Command, Config};
pub use serve::{Error, Server, migrate, run};
