//! What became of a send that was allowed, and what a report changes of it. Reports are repeated, and
//! come late: the same one changes nothing, another one is refused, but that a message which was sent
//! has failed.

use azeer_domain::{MessageId, Time};
use chrono::TimeDelta;
use strum::{EnumString, IntoStaticStr};
use thiserror::Error;

/// How far ahead of now a message may be said to have been sent: clocks differ.
const TOLERATED_AHEAD: TimeDelta = TimeDelta::minutes(5);

/// Kinds of outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OutcomeKind {
    /// The platform took it.
    Sent,
    /// The platform refused it, at once or later.
    Failed,
    /// It was never posted.
    Abandoned,
}

/// What became of a send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendOutcome {
    /// What was reported last.
    pub kind: OutcomeKind,
    /// The platform's id of the message; empty: it was never sent, or the contact is erased.
    pub message_id: String,
    /// When it was sent; none: never.
    pub sent_at: Option<Time>,
    /// The same as it was reported: it may be ahead of the service.
    pub told_sent_at: Option<Time>,
    /// The platform's code; 0: it did not fail, or nobody knows why.
    pub error_code: i32,
    /// What the platform said; may be empty.
    pub error_message: String,
    /// When it was recorded.
    pub report_time: Time,
}

/// What somebody reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The platform took it.
    Sent {
        /// The platform's id of the message.
        message_id: MessageId,
        /// When it was posted.
        sent_at: Time,
    },
    /// The platform refused it.
    Failed {
        /// The platform's code; 0: not known.
        error_code: i32,
        /// What the platform said; may be empty.
        error_message: String,
    },
    /// It was never posted.
    Abandoned,
}

/// Why a report is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NotTaken {
    /// Something else was reported before.
    #[error("another outcome was reported before")]
    AlreadyReported,
    /// It is said to have been sent too far ahead of now.
    #[error("it is said to have been sent too far ahead of now")]
    AheadOfTime,
}

/// What is known once a report is taken; none: nothing new.
pub fn take(
    known: Option<&SendOutcome>,
    report: &Report,
    now: Time,
) -> Result<Option<SendOutcome>, NotTaken> {
    match known {
        Some(known) if repeats(known, report) => Ok(None),
        Some(known) => match (known.kind, report) {
            (OutcomeKind::Sent, Report::Failed { error_code, error_message }) => {
                Ok(Some(SendOutcome {
                    kind: OutcomeKind::Failed,
                    error_code: *error_code,
                    error_message: error_message.clone(),
                    report_time: now,
                    ..known.clone()
                }))
            }
            _ => Err(NotTaken::AlreadyReported),
        },
        None => first(report, now).map(Some),
    }
}

fn first(report: &Report, now: Time) -> Result<SendOutcome, NotTaken> {
    let none = SendOutcome {
        kind: OutcomeKind::Abandoned,
        message_id: String::new(),
        sent_at: None,
        told_sent_at: None,
        error_code: 0,
        error_message: String::new(),
        report_time: now,
    };
    Ok(match report {
        Report::Sent { sent_at, .. } if *sent_at > now + TOLERATED_AHEAD => {
            return Err(NotTaken::AheadOfTime);
        }
        Report::Sent { message_id, sent_at } => SendOutcome {
            kind: OutcomeKind::Sent,
            message_id: message_id.to_string(),
            sent_at: Some((*sent_at).min(now)),
            told_sent_at: Some(*sent_at),
            ..none
        },
        Report::Failed { error_code, error_message } => SendOutcome {
            kind: OutcomeKind::Failed,
            error_code: *error_code,
            error_message: error_message.clone(),
            ..none
        },
        Report::Abandoned => none,
    })
}

/// Whether a report tells what is known. That it was sent is told again by whoever did not hear that
/// this was taken, also when it has failed since.
fn repeats(known: &SendOutcome, report: &Report) -> bool {
    match report {
        Report::Sent { message_id, sent_at } => {
            let same_message =
                known.message_id.is_empty() || known.message_id == message_id.as_str();
            same_message && known.told_sent_at == Some(*sent_at)
        }
        Report::Failed { error_code, .. } => {
            known.kind == OutcomeKind::Failed && known.error_code == *error_code
        }
        Report::Abandoned => known.kind == OutcomeKind::Abandoned,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Time {
        "2026-03-01T12:00:00Z".parse().unwrap()
    }

    fn seconds(by: i64) -> TimeDelta {
        TimeDelta::seconds(by)
    }

    fn sent(message: &str, ahead: i64) -> Report {
        let message_id = MessageId::parse(message).unwrap();
        Report::Sent { message_id, sent_at: now() + seconds(ahead) }
    }

    fn failed(error_code: i32) -> Report {
        Report::Failed { error_code, error_message: format!("no {error_code}") }
    }

    /// What is known after reports, a second apart, and what came of the last one.
    fn told(reports: &[Report]) -> (Option<SendOutcome>, Result<bool, NotTaken>) {
        let mut known = None;
        let mut last = Ok(false);
        for (report, second) in reports.iter().zip(0..) {
            let taken = take(known.as_ref(), report, now() + seconds(second));
            last = taken.as_ref().map(Option::is_some).map_err(|error| *error);
            known = taken.ok().flatten().or(known);
        }
        (known, last)
    }

    #[test]
    fn what_each_report_does_after_each() {
        use NotTaken::AlreadyReported;
        let (changes, repeats, refused) = (Ok(true), Ok(false), Err(AlreadyReported));
        let a = || sent("a", -9);
        let abandoned = || Report::Abandoned;
        let rows: Vec<(Vec<Report>, _)> = vec![
            (vec![a()], changes),
            (vec![failed(1)], changes),
            (vec![abandoned()], changes),
            (vec![a(), a()], repeats),
            (vec![a(), sent("b", -9)], refused),
            (vec![a(), sent("a", -8)], refused),
            (vec![a(), failed(1)], changes),
            (vec![a(), abandoned()], refused),
            (vec![failed(1), failed(1)], repeats),
            (vec![failed(1), failed(2)], refused),
            (vec![failed(1), a()], refused),
            (vec![failed(1), abandoned()], refused),
            (vec![abandoned(), abandoned()], repeats),
            (vec![abandoned(), a()], refused),
            (vec![abandoned(), failed(1)], refused),
            (vec![a(), failed(1), failed(1)], repeats),
            (vec![a(), failed(1), failed(2)], refused),
            (vec![a(), failed(1), a()], repeats),
            (vec![a(), failed(1), sent("b", -9)], refused),
            (vec![a(), failed(1), sent("a", -8)], refused),
            (vec![a(), failed(1), abandoned()], refused),
        ];
        for (reports, expected) in rows {
            assert_eq!(told(&reports).1, expected, "{reports:?}");
        }
    }

    #[test]
    fn a_failure_keeps_what_was_sent() {
        let (known, _) = told(&[sent("a", -9), failed(131_026), sent("a", -9)]);
        let known = known.unwrap();
        let expected = SendOutcome {
            kind: OutcomeKind::Failed,
            message_id: "a".into(),
            sent_at: Some(now() - seconds(9)),
            told_sent_at: Some(now() - seconds(9)),
            error_code: 131_026,
            error_message: "no 131026".into(),
            report_time: now() + seconds(1),
        };
        assert_eq!(known, expected);
    }

    #[test]
    fn a_little_ahead_is_now_and_told_again_the_same() {
        let ahead = sent("a", 300);
        let (known, repeated) = told(&[ahead.clone(), ahead.clone()]);
        assert_eq!(known.unwrap().sent_at, Some(now()));
        assert_eq!(repeated, Ok(false));
        assert_eq!(told(&[ahead.clone(), sent("a", 0)]).1, Err(NotTaken::AlreadyReported));
        assert_eq!(told(&[ahead.clone(), failed(1), ahead]).1, Ok(false));
        let further = take(None, &sent("a", 300), now() - TimeDelta::microseconds(1));
        assert_eq!(further, Err(NotTaken::AheadOfTime));
    }

    #[test]
    fn of_an_erased_contact_the_message_is_not_known() {
        let (known, _) = told(&[sent("a", 0)]);
        let erased = SendOutcome { message_id: String::new(), ..known.unwrap() };
        assert_eq!(take(Some(&erased), &sent("a", 0), now()), Ok(None));
        let other = take(Some(&erased), &sent("a", -1), now());
        assert_eq!(other, Err(NotTaken::AlreadyReported));
    }
}
