//! Values as all messages have them: instants, durations, etags. What a request's fields must be is
//! for [`crate::fields`].

use chrono::{DateTime, TimeDelta, Utc};
use prost_types::{Duration, Timestamp};

/// An instant, to the microsecond.
#[must_use]
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(at.timestamp_subsec_micros() * 1_000).unwrap_or_default();
    Timestamp { seconds: at.timestamp(), nanos }
}

/// The instant of a timestamp, its microsecond. None if it is not well formed, or too far away.
#[must_use]
pub fn instant(at: &Timestamp) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(at.nanos).ok().filter(|nanos| *nanos < 1_000_000_000)?;
    DateTime::from_timestamp(at.seconds, nanos / 1_000 * 1_000)
}

/// A duration.
#[must_use]
pub fn duration(delta: TimeDelta) -> Duration {
    Duration { seconds: delta.num_seconds(), nanos: delta.subsec_nanos() }
}

/// How long a duration is. None if it is not well formed, too long, or not of whole microseconds.
#[must_use]
pub fn delta(given: &Duration) -> Option<TimeDelta> {
    let nanos = i64::from(given.nanos);
    // Of a well-formed one both parts have the same sign, and the nanoseconds make no second.
    let well_formed = nanos.abs() < 1_000_000_000 && given.seconds.signum() * nanos.signum() >= 0;
    let whole = well_formed && nanos % 1_000 == 0;
    TimeDelta::try_seconds(given.seconds)
        .filter(|_| whole)
        .and_then(|seconds| seconds.checked_add(&TimeDelta::nanoseconds(nanos)))
}

/// Names a version; what has no version yet has an empty etag.
#[must_use]
pub fn etag(version: i64) -> String {
    if version == 0 { String::new() } else { format!("v{version}") }
}

/// The version that an etag names; one that names none holds for no version.
#[must_use]
pub fn version_of(given: &str) -> i64 {
    let version: Option<i64> = given.strip_prefix('v').and_then(|version| version.parse().ok());
    // Only as it was given out: `v01` is none.
    version.filter(|version| etag(*version) == given).unwrap_or(-1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_keep_their_microsecond() {
        let cases = [(0, 0), (-1, 999_999_000), (1_767_225_600, 1_000)];
        for (seconds, nanos) in cases {
            let given = Timestamp { seconds, nanos };
            assert_eq!(timestamp(instant(&given).unwrap()), given);
        }
        let finer = Timestamp { seconds: 1, nanos: 1_999 };
        assert_eq!(timestamp(instant(&finer).unwrap()).nanos, 1_000);
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (i64::MAX, 0)] {
            assert_eq!(instant(&Timestamp { seconds, nanos }), None, "{seconds} {nanos}");
        }
    }

    #[test]
    fn durations_are_of_whole_microseconds() {
        for (seconds, nanos) in [(0, 0), (1, 1_000), (-1, -1_000), (0, -999_999_000)] {
            let given = Duration { seconds, nanos };
            assert_eq!(duration(delta(&given).unwrap()), given);
        }
        let bad = [(0, 1), (1, -1_000), (-1, 1_000), (0, 1_000_000_000), (i64::MAX, 0)];
        for (seconds, nanos) in bad {
            assert_eq!(delta(&Duration { seconds, nanos }), None, "{seconds} {nanos}");
        }
    }

    #[test]
    fn etags_name_versions() {
        for version in [1, 7, i64::MAX] {
            assert_eq!(version_of(&etag(version)), version);
        }
        for none in ["", "v", "7", "v0", "v01", "v+1", "x7"] {
            assert_eq!(version_of(none), -1, "{none}");
        }
    }
}
