//! The instants of the domain. The rules about them live with what they rule.

use chrono::{DateTime, Utc};

/// An instant, exact to the microsecond, as the databases keep it.
pub type Time = DateTime<Utc>;

/// No message is older than the platform: 2009-01-01T00:00:00Z.
pub const PLATFORM_BEGAN: Time = match DateTime::from_timestamp(1_230_768_000, 0) {
    Some(at) => at,
    // INVARIANT: the compiler has been past it.
    None => panic!("2009 is a year"),
};
