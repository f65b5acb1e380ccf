//! The time that a service works with: the database's, so that replicas whose clocks lie decide
//! alike. Tests set it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Utc};

/// Where `now` comes from.
#[derive(Debug, Clone, Default)]
pub struct Clock(Option<Arc<AtomicI64>>);

impl Clock {
    /// The database's clock.
    #[must_use]
    pub fn database() -> Self {
        Self(None)
    }

    /// A clock that stands still until [`Self::set`] is called. Clones share it.
    #[must_use]
    pub fn standing_at(now: DateTime<Utc>) -> Self {
        Self(Some(Arc::new(AtomicI64::new(now.timestamp_micros()))))
    }

    /// Moves a standing clock, in either direction. Does nothing to the database's.
    pub fn set(&self, now: DateTime<Utc>) {
        if let Some(micros) = &self.0 {
            micros.store(now.timestamp_micros(), Ordering::SeqCst);
        }
    }

    /// The instant to use in the database's stead; none: ask the database. Statements take it as
    /// a parameter: `coalesce($1, clock_timestamp())`.
    #[must_use]
    pub fn instead_of_database(&self) -> Option<DateTime<Utc>> {
        let micros = self.0.as_ref()?.load(Ordering::SeqCst);
        DateTime::from_timestamp_micros(micros)
    }
}
