//! What the platform's error codes teach: one table. Codes and times change there; they change here.

use azeer_domain::Time;
use chrono::TimeDelta;

use crate::facts::Restriction;

/// What a code means for the next sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lesson {
    /// The conversation's window is closed, whatever is known of it.
    WindowClosed,
    /// The platform has another template than the one that is known.
    ImportNeeded,
    /// The template has this status.
    TemplateStatus(&'static str),
    /// The contact gets no marketing for so long.
    MarketingSuppressed(TimeDelta),
    /// The contact wants no marketing.
    OptedOut,
    /// The rate of the channel and the contact is full.
    PairRateFull,
    /// The number may not send for so long; none: until that is lifted.
    SenderRestricted(Option<TimeDelta>),
}

/// A row: codes, what they teach, and whether the send counts all the same.
type Row = (&'static [i32], Option<Lesson>, Counts);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// It was as if it had not been sent.
    No,
    /// The platform took it and tried.
    Yes,
}

const DAY: TimeDelta = TimeDelta::days(1);

/// A code that is not here teaches nothing, and what it refused does not count.
const TABLE: &[Row] = &[
    (&[131_047], Some(Lesson::WindowClosed), Counts::No),
    (&[132_001, 132_007], Some(Lesson::ImportNeeded), Counts::No),
    (&[132_015], Some(Lesson::TemplateStatus("PAUSED")), Counts::No),
    (&[132_016], Some(Lesson::TemplateStatus("DISABLED")), Counts::No),
    (&[131_049], Some(Lesson::MarketingSuppressed(DAY)), Counts::Yes),
    (&[131_050], Some(Lesson::OptedOut), Counts::No),
    (&[131_056], Some(Lesson::PairRateFull), Counts::No),
    (&[130_429], Some(Lesson::SenderRestricted(Some(TimeDelta::seconds(30)))), Counts::No),
    (&[80_007], Some(Lesson::SenderRestricted(Some(TimeDelta::minutes(5)))), Counts::No),
    (&[131_048, 131_064], Some(Lesson::SenderRestricted(Some(DAY))), Counts::No),
    (&[131_031, 368, 130_497, 131_042], Some(Lesson::SenderRestricted(None)), Counts::No),
    (&[131_026, 130_472], None, Counts::Yes),
];

fn row(code: i32) -> Option<&'static Row> {
    TABLE.iter().find(|(codes, ..)| codes.contains(&code))
}

/// What a code teaches, if it teaches anything.
#[must_use]
pub fn of(code: i32) -> Option<Lesson> {
    row(code)?.1
}

/// Whether a send that failed with a code gives back what it had reserved.
#[must_use]
pub fn gives_back(code: i32) -> bool {
    row(code).is_none_or(|(.., counts)| *counts == Counts::No)
}

/// How a number is restricted by a failure, `lasting` from then `at` on (none: until that is lifted).
/// None if that has passed, or if what is `held` comes close: many failures in a row are to be few
/// changes of settings.
#[must_use]
pub fn restriction(
    lasting: Option<TimeDelta>,
    held: Option<&Restriction>,
    at: Time,
    now: Time,
) -> Option<Restriction> {
    let held_until = held.map(|held| held.until);
    let Some(lasting) = lasting else {
        return (held_until != Some(None)).then_some(Restriction { until: None });
    };
    let until = at + lasting;
    let comes_close = match held_until {
        None => false,
        Some(None) => true,
        Some(Some(held_until)) => held_until >= until - lasting / 2,
    };
    (until > now && !comes_close).then_some(Restriction { until: Some(until) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_is_in_one_row() {
        let mut codes: Vec<i32> = TABLE.iter().flat_map(|(codes, ..)| *codes).copied().collect();
        let all = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), all);
    }

    #[test]
    fn what_codes_teach() {
        use Lesson::{
            ImportNeeded, MarketingSuppressed, OptedOut, PairRateFull, SenderRestricted,
            TemplateStatus, WindowClosed,
        };
        let for_seconds = |seconds| SenderRestricted(Some(TimeDelta::seconds(seconds)));
        // The code, what it teaches, and whether it gives back.
        let rows = [
            (131_047, Some(WindowClosed), true),
            (132_000, None, true),
            (132_001, Some(ImportNeeded), true),
            (132_005, None, true),
            (132_007, Some(ImportNeeded), true),
            (132_012, None, true),
            (132_018, None, true),
            (132_015, Some(TemplateStatus("PAUSED")), true),
            (132_016, Some(TemplateStatus("DISABLED")), true),
            (131_049, Some(MarketingSuppressed(TimeDelta::hours(24))), false),
            (131_050, Some(OptedOut), true),
            (131_056, Some(PairRateFull), true),
            (130_429, Some(for_seconds(30)), true),
            (80_007, Some(for_seconds(300)), true),
            (131_048, Some(for_seconds(86_400)), true),
            (131_064, Some(for_seconds(86_400)), true),
            (131_031, Some(SenderRestricted(None)), true),
            (368, Some(SenderRestricted(None)), true),
            (130_497, Some(SenderRestricted(None)), true),
            (131_042, Some(SenderRestricted(None)), true),
            (131_026, None, false),
            (130_472, None, false),
            (0, None, true),
            (1, None, true),
            (999_999, None, true),
        ];
        for (code, lesson, back) in rows {
            assert_eq!((of(code), gives_back(code)), (lesson, back), "{code}");
        }
    }

    #[test]
    fn many_failures_are_few_changes() {
        let now: Time = "2026-03-01T12:00:00Z".parse().unwrap();
        let seconds = TimeDelta::seconds;
        let until = |by| Restriction { until: Some(now + seconds(by)) };
        let lifted = Restriction { until: None };
        // How long it lasts, what is held, how long ago it failed, and what follows.
        let rows = [
            (Some(30), None, 0, Some(until(30))),
            (Some(30), None, 20, Some(until(10))),
            (Some(30), None, 30, None),
            (Some(30), Some(until(-5)), 0, Some(until(30))),
            (Some(30), Some(until(14)), 0, Some(until(30))),
            (Some(30), Some(until(15)), 0, None),
            (Some(30), Some(until(9_000)), 0, None),
            (Some(30), Some(lifted.clone()), 0, None),
            (None, None, 0, Some(lifted.clone())),
            (None, None, 9_000, Some(lifted.clone())),
            (None, Some(until(9_000)), 0, Some(lifted.clone())),
            (None, Some(lifted), 0, None),
        ];
        for (lasting, held, ago, follows) in rows {
            let told = restriction(lasting.map(seconds), held.as_ref(), now - seconds(ago), now);
            assert_eq!(told, follows, "{lasting:?} {held:?} {ago}");
        }
    }
}
