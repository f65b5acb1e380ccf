//! How a send's parameters differ from what was approved. Never with a value of a parameter: those
//! are personal, and what is told here is recorded and shown.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::send::ParameterType;

/// One way in which a send differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mismatch {
    /// Where: `header`, `body`, `button[0]`, `card[1].body`, `carousel`, `limited_time_offer`.
    pub place: String,
    /// What.
    pub problem: Problem,
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Problem {
    /// More or fewer than there must be: parameters, or cards of a carousel.
    Count {
        /// How many there must be.
        expected: u32,
        /// How many there are.
        given: u32,
    },
    /// No parameter of this name.
    MissingName(String),
    /// A parameter of a name that no variable has.
    UnknownName,
    /// A parameter without a name, where variables have names.
    Unnamed,
    /// A parameter of another type.
    WrongType {
        /// The type that it must be of.
        expected: ParameterType,
        /// The type that it is of.
        given: ParameterType,
    },
    /// A parameter whose value is missing, empty, or of another shape than its type says.
    MissingValue,
    /// A text with a line break, a tab, or more than four spaces in a row.
    BadText,
    /// A component that must be named, though it needs no parameters.
    MissingComponent,
    /// A component that the template doesn't have.
    UnexpectedComponent,
    /// A button taken for one of another kind.
    WrongButton,
    /// A component, or a name, that was given before.
    Duplicate,
}

// === impl Problem ===

impl Problem {
    /// The stable name, as clients and metrics see it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Count { .. } => "COUNT",
            Self::MissingName(_) => "MISSING_NAME",
            Self::UnknownName => "UNKNOWN_NAME",
            Self::Unnamed => "UNNAMED",
            Self::WrongType { .. } => "WRONG_TYPE",
            Self::MissingValue => "MISSING_VALUE",
            Self::BadText => "BAD_TEXT",
            Self::MissingComponent => "MISSING_COMPONENT",
            Self::UnexpectedComponent => "UNEXPECTED_COMPONENT",
            Self::WrongButton => "WRONG_BUTTON",
            Self::Duplicate => "DUPLICATE",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { expected, given } => write!(f, "must have {expected}, has {given}"),
            Self::MissingName(name) => write!(f, "lacks the parameter {name}"),
            Self::UnknownName => f.write_str("has no variable of a name that was given"),
            Self::Unnamed => f.write_str("has a parameter without a name"),
            Self::WrongType { expected, given } => {
                write!(f, "must have a parameter of type {}, has {}", expected.name(), given.name())
            }
            Self::MissingValue => f.write_str("has a parameter without a usable value"),
            Self::BadText => f.write_str(
                "has a text with a line break, a tab, or more than four spaces in a row",
            ),
            Self::MissingComponent => f.write_str("must be named"),
            Self::UnexpectedComponent => f.write_str("is not in the template"),
            Self::WrongButton => f.write_str("is a button of another kind"),
            Self::Duplicate => f.write_str("is given twice"),
        }
    }
}

// === impl Mismatch ===

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.place, self.problem)
    }
}
