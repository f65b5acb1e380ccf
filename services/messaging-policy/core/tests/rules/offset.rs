//! Times as the case files tell them: `-3h` is three hours ago, `+24h1us` a microsecond more than a
//! day ahead, `now` is now.

use azeer_domain::Time;
use chrono::TimeDelta;
use serde::{Deserialize, Deserializer};

/// A time, told from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Offset(TimeDelta);

const UNITS: [(&str, TimeDelta); 6] = [
    ("us", TimeDelta::microseconds(1)),
    ("ms", TimeDelta::milliseconds(1)),
    ("s", TimeDelta::seconds(1)),
    ("m", TimeDelta::minutes(1)),
    ("h", TimeDelta::hours(1)),
    ("d", TimeDelta::days(1)),
];

/// The instant at which all cases are judged.
pub(crate) fn now() -> Time {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

impl Offset {
    /// The instant.
    pub(crate) fn at(self) -> Time {
        now() + self.0
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text == "now" {
            return Some(Self(TimeDelta::zero()));
        }
        let (sign, mut rest) = text.split_at_checked(1)?;
        let sign = match sign {
            "-" => -1,
            "+" => 1,
            _ => return None,
        };
        let mut sum = TimeDelta::zero();
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit())?;
            let (count, after) = rest.split_at(digits);
            let letters = after.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(after.len());
            let (name, after) = after.split_at(letters);
            let (_, unit) = UNITS.iter().find(|(known, _)| *known == name)?;
            sum += *unit * count.parse::<i32>().ok()?;
            rest = after;
        }
        Some(Self(sum * sign))
    }
}

impl<'de> Deserialize<'de> for Offset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("{text:?} is no time such as -3h, +24h1us or now"))
        })
    }
}

#[test]
fn offsets() {
    let told = |text| Offset::parse(text).map(|offset| offset.0);
    assert_eq!(told("now"), Some(TimeDelta::zero()));
    assert_eq!(told("-3h"), Some(TimeDelta::hours(-3)));
    assert_eq!(told("+24h1us"), Some(TimeDelta::days(1) + TimeDelta::microseconds(1)));
    assert_eq!(told("-1d2h3m4s5ms"), Some(-TimeDelta::milliseconds(93_784_005)));
    for bad in ["", "3h", "-h", "-3", "-3y", "- 3h", "+1.5h", "yesterday"] {
        assert_eq!(told(bad), None, "{bad}");
    }
}
