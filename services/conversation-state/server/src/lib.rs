//! The service that owns the state of each conversation, its transitions and the inbox's tabs.
//!
//! [`store`] keeps everything in PostgreSQL, `watch` tells what happens there, `grpc` serves it; the
//! rules are those of
//! `conversation_state_core`.

mod config;
mod grpc;
mod retention;
mod serve;
pub mod store;
mod watch;

pub use config::{Cli, Command, Config};
pub use retention::Retention;
pub use serve::{Error, Server, migrate, run};
