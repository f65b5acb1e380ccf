//! How instants that the platform tells compare with our own.

use azeer_domain::Time;
use chrono::{DurationRound as _, TimeDelta};

/// Whether what `told` says happened can have happened at `recorded` or after it.
///
/// The platform tells times in whole seconds: `12:00:05` stands for that whole second. Our own
/// instants have microseconds, so that a message sent right after a hand-off would seem to be
/// older than it. A time told in whole seconds is therefore not older than any instant of its
/// second.
#[must_use]
pub fn not_older(told: Time, recorded: Time) -> bool {
    let whole_second = told.timestamp_subsec_micros() == 0;
    let floor = if whole_second {
        recorded.duration_trunc(TimeDelta::seconds(1)).unwrap_or(recorded)
    } else {
        recorded
    };
    told >= floor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_second_stands_for_all_its_instants() {
        let at = |s: &str| s.parse::<Time>().unwrap();
        let cases = [
            ("12:00:05Z", "12:00:05.7Z", true),
            ("12:00:05Z", "12:00:06Z", false),
            ("12:00:05.600Z", "12:00:05.7Z", false),
            ("12:00:05.700Z", "12:00:05.7Z", true),
            ("12:00:06Z", "12:00:05.7Z", true),
        ];
        for (told, recorded, expected) in cases {
            let day = |t: &str| at(&format!("2026-03-01T{t}"));
            assert_eq!(not_older(day(told), day(recorded)), expected, "{told} {recorded}");
        }
    }
}
