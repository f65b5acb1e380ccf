//! The harness: a PostgreSQL for all tests, a database for each, services in and out of the
//! process, and short ways to say what tests say often.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a harness panics to fail")]

pub mod database;
pub mod ops;
pub mod pair;
pub mod policy;
pub mod proxy;
pub mod reevaluation;
pub mod replica;
pub mod service;
pub mod watcher;

pub use database::Database;
pub use pair::Pair;
pub use policy::{Policy, PolicyClients};
pub use proxy::{Mode, Proxy};
pub use replica::Replica;
pub use service::{Clients, Service};
pub use watcher::{Follower, Watch};
