//! When a row is due again that was not told.

use std::time::Duration;

/// The first pause of a row that was refused, or that alone is not answered.
const FIRST: Duration = Duration::from_secs(1);
/// The longest of one that was refused: somebody may mend what is wrong with it.
const LONGEST: Duration = Duration::from_hours(1);
/// The longest of one that is not answered: replicas that are slow can be its reason too.
const LONGEST_UNANSWERED: Duration = Duration::from_mins(1);

/// What came of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Came {
    /// It is known there, or about nobody who is.
    Told,
    /// As it is, it will never be taken.
    Refused(String),
    /// No replica said anything to it.
    Unanswered(String),
    /// There is more to do than can be done.
    Overloaded { cause: String, retry_after: Option<Duration> },
    /// It was not tried, since others before it were not answered.
    Untried,
}

impl Came {
    /// Whether others need not be tried now.
    pub(super) fn is_trouble(&self) -> bool {
        matches!(self, Self::Unanswered(_) | Self::Overloaded { .. } | Self::Untried)
    }

    /// Whether somebody answered who can be told things.
    pub(super) fn is_answer(&self) -> bool {
        matches!(self, Self::Told | Self::Refused(_))
    }

    /// How long the row pauses. `others_answered`: if others of its batch got an answer, then it may
    /// be the row that makes replicas fail, and it must not do so all the time.
    pub(super) fn pause(&self, tries: i32, others_answered: bool) -> Duration {
        match self {
            Self::Refused(_) => growing(tries).min(LONGEST),
            Self::Unanswered(_) if others_answered => growing(tries).min(LONGEST_UNANSWERED),
            Self::Told | Self::Unanswered(_) | Self::Overloaded { .. } | Self::Untried => {
                Duration::ZERO
            }
        }
    }
}

/// Twice as long at each try.
fn growing(tries: i32) -> Duration {
    let doublings = u32::try_from(tries - 1).unwrap_or(0).min(16);
    FIRST * 2_u32.pow(doublings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_pause_for_what_is_their_own_fault() {
        let (refused, unanswered) = (Came::Refused(String::new()), Came::Unanswered(String::new()));
        let overloaded = Came::Overloaded { cause: String::new(), retry_after: None };
        let cases = [
            (&refused, 1, false, 1),
            (&refused, 2, true, 2),
            (&refused, 3, true, 4),
            (&refused, 12, true, 2_048),
            (&refused, 13, true, 3_600),
            (&refused, i32::MAX, true, 3_600),
            (&unanswered, 1, true, 1),
            (&unanswered, 5, true, 16),
            (&unanswered, 9, true, 60),
            (&unanswered, 5, false, 0),
            (&overloaded, 5, true, 0),
            (&Came::Untried, 5, true, 0),
        ];
        for (came, tries, others_answered, seconds) in cases {
            let pause = came.pause(tries, others_answered);
            assert_eq!(pause, Duration::from_secs(seconds), "{came:?} {tries} {others_answered}");
        }
    }
}
