//! Whether a message may be sent to a contact: facts in, decision out.
//!
//! Everything here is a function of its arguments: no I/O, no clock, no database types. The rules
//! are one file each under [`rules`]; [`evaluate`] asks all of them and gathers what they say.
//! Nothing here holds a personal value: what is decided on is kept, and outlives the contact's data.

pub mod case;
pub mod catalogue;
pub mod decision;
pub mod evaluate;
pub mod facts;
pub mod ledger;
pub mod lesson;
pub mod outcome;
pub mod policy;
pub mod rate;
pub mod replay;
pub mod reservations;
pub mod rule;
pub mod rules;
pub mod send;
pub mod stop_words;
mod time;

pub use catalogue::Language;
pub use decision::{Decision, Outcome, RuleResult, State, Verdict, Violation};
pub use evaluate::evaluate;
pub use facts::Facts;
pub use ledger::Ledger;
pub use lesson::Lesson;
pub use outcome::{OutcomeKind, SendOutcome};
pub use policy::{Mode, Policy, PolicyError};
pub use rate::Rate;
pub use reservations::Reservations;
pub use rule::{Remedy, Rule};
pub use rules::RULES;
pub use send::{Category, Content, Justification, Note, Reason, Send};
