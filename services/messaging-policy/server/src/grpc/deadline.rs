//! How much of a caller's time may go into asking for the facts.

use std::time::Duration;

use tokio::time::Instant;
use tonic::metadata::MetadataMap;

/// Of callers who set no deadline.
const UNSET: Duration = Duration::from_secs(2);
/// Nobody waits longer for the facts.
const LONGEST: Duration = Duration::from_millis(500);
/// The part of what is left, in percent.
const PERCENT: u32 = 70;

/// Until when the facts must be there.
pub(super) fn for_facts(metadata: &MetadataMap) -> Instant {
    let left = metadata.get("grpc-timeout").and_then(|value| parse(value.to_str().ok()?));
    Instant::now() + (left.unwrap_or(UNSET) * PERCENT / 100).min(LONGEST)
}

/// Reads a `grpc-timeout`: up to eight digits and a unit, by gRPC's protocol over HTTP/2.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let amount: u32 = digits.parse().ok()?;
    let unit = match unit {
        "H" => Duration::from_hours(1),
        "M" => Duration::from_mins(1),
        "S" => Duration::from_secs(1),
        "m" => Duration::from_millis(1),
        "u" => Duration::from_micros(1),
        "n" => Duration::from_nanos(1),
        _ => return None,
    };
    Some(unit.saturating_mul(amount).min(Duration::from_hours(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_the_protocol_has_them() {
        let cases = [
            ("1S", Some(Duration::from_secs(1))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999H", Some(Duration::from_hours(1))),
            ("100u", Some(Duration::from_micros(100))),
            ("7n", Some(Duration::from_nanos(7))),
            ("2M", Some(Duration::from_mins(2))),
            ("0m", Some(Duration::ZERO)),
            ("", None),
            ("S", None),
            ("1", None),
            ("1s", None),
            ("-1S", None),
            ("123456789m", None),
            ("1é", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
