//! What became of sends: what is told of it, what it teaches, and what it gives back.
//!
//! - [`reports`]: what each report does after each other one; [`statuses`]: failures that the
//!   platform tells, before or after a report
//! - [`lessons`]: what the next send meets after each code; [`numbers`]: what numbers and templates
//!   are after it, whoever the message was for
//! - [`giving_back`]: every cap, and what does not give back; [`crowd`]: hundreds at once for it
//! - [`kept`]: what was known before is there afterwards
//! - [`outbox`]: what conversation-state is to be told

mod crowd;
mod giving_back;
mod kept;
mod lessons;
mod numbers;
mod outbox;
mod reports;
mod statuses;
