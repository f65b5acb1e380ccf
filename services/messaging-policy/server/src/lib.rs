//! The service that decides for every outbound send whether it may go.
//!
//! [`conversation`] asks conversation-state for the facts.

pub mod conversation;
