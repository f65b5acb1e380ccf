//! All that is wrong with a body, gathered while it is read.

use std::fmt;

use crate::lenient::Malformed;

/// Why a body can't be sent, and what each of its malformed fields must be. Quotes no value of the
/// body.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MalformedSend {
    /// The fields, in the order in which they were looked at: at least one. The path is empty
    /// where it is the body as a whole.
    pub fields: Vec<Malformed>,
}

/// What was found so far.
#[derive(Default)]
pub(super) struct Faults(Vec<Malformed>);

// === impl MalformedSend ===

impl fmt::Display for MalformedSend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Malformed { field, must_be }) in self.fields.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            let field = if field.is_empty() { "the body" } else { field };
            write!(f, "{separator}{field} must be {must_be}")?;
        }
        Ok(())
    }
}

impl From<Malformed> for MalformedSend {
    fn from(malformed: Malformed) -> Self {
        Self { fields: vec![malformed] }
    }
}

impl From<Faults> for MalformedSend {
    fn from(faults: Faults) -> Self {
        Self { fields: faults.0 }
    }
}

// === impl Faults ===

impl Faults {
    pub(super) fn add(&mut self, malformed: Malformed) {
        self.0.push(malformed);
    }

    /// What was read, unless it is malformed.
    pub(super) fn note<T>(&mut self, read: Result<T, Malformed>) -> Option<T> {
        read.map_err(|malformed| self.add(malformed)).ok()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
