//! What is measured: a private PostgreSQL, databases with populations, a service on each, and who
//! used the processors.

pub(crate) mod cpu;
mod database;
pub(crate) mod disk;
pub(crate) mod driver;
pub(crate) mod machine;
pub(crate) mod pgbench;
mod seed;
mod service;

pub(crate) use cpu::Cpu;
pub(crate) use database::{Stand, connect};
pub(crate) use driver::Watching;
pub(crate) use service::{Program, Service};
