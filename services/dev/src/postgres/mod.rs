//! A private `PostgreSQL`: found, created in a directory, started, stopped.
//! It listens on a Unix socket in a directory closed to other users, and on no network.
//! It never outlives the process that started it, however that process ends.

mod cluster;
mod connection;
mod databases;
mod error;
mod guard;
mod home;
mod lock;
mod previous;
mod process;
mod programs;
mod running;
mod setup;
mod socket;
mod user;

pub use cluster::Cluster;
pub use databases::beside;
pub use error::Error;
pub use programs::Programs;
pub use running::running;
