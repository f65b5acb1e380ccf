//! The service that decides for every outbound send whether it may go.
//!
//! [`conversation`] asks conversation-state for the facts, [`store`] keeps policies, templates,
//! reservations and decisions in PostgreSQL, [`permits`] signs what is allowed, `outbox` tells
//! conversation-state what was sent, `grpc` serves it; the rules are those of
//! `messaging_policy_core`.

mod ask;
mod config;
pub mod conversation;
mod grpc;
mod names;
mod outbox;
pub mod permits;
mod replay;
mod retention;
mod serve;
pub mod store;

pub use config::{Cli, Command, Config};
pub use retention::Retention;
pub use serve::{Error, Server, migrate, run};
