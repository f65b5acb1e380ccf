//! The rules, from outside: cases that anybody can read (`cases/*.yaml`), and what holds for any
//! facts whatever.
#![allow(clippy::unwrap_used, reason = "a test unwraps to fail")]

mod book;
mod cases;
mod combinations;
mod generators;
mod giving_back;
mod ledger;
mod messages;
mod offset;
mod policy;
mod properties;
mod rate;
mod replay;
mod situation;
