//! Errors for people at a terminal: with all that caused them, each said once.

use std::error::Error;
use std::iter;

/// An error and what caused it, without what the text before has said already.
#[must_use]
pub fn told(error: &(dyn Error + 'static)) -> String {
    iter::successors(Some(error), |&error| error.source()).fold(String::new(), |told, error| {
        match error.to_string() {
            text if told.is_empty() => text,
            text if told.contains(&text) => told,
            text => format!("{told}: {text}"),
        }
    })
}

#[cfg(test)]
mod tests {
    use thiserror::Error;

    use super::*;

    #[derive(Debug, Error)]
    enum Nested {
        #[error("cannot begin: {0}")]
        Quoting(#[source] Box<Nested>),
        #[error("cannot connect")]
        Silent(#[source] Box<Nested>),
        #[error("refused")]
        Last,
    }

    #[test]
    fn every_cause_is_told_once() {
        let error = Nested::Quoting(Nested::Silent(Nested::Last.into()).into());
        assert_eq!(told(&error), "cannot begin: cannot connect: refused");
        let error = Nested::Quoting(Nested::Last.into());
        assert_eq!(told(&error), "cannot begin: refused");
    }
}
