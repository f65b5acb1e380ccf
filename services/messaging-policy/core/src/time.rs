//! Instants moved by durations, for facts of any origin: none of them makes a decision fail.

use azeer_domain::Time;
use chrono::TimeDelta;

/// So much later, or the end of time.
pub(crate) fn later(at: Time, by: TimeDelta) -> Time {
    at.checked_add_signed(by).unwrap_or(Time::MAX_UTC)
}

/// So much earlier, or the beginning of time.
pub(crate) fn earlier(at: Time, by: TimeDelta) -> Time {
    at.checked_sub_signed(by).unwrap_or(Time::MIN_UTC)
}
