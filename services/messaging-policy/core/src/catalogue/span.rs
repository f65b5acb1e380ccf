//! Spans of time in words: "25 minutes", "٢٥ دقيقة".

use chrono::TimeDelta;

use super::Language;
use super::words::number;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// From here on spans are told in days.
const LONG: i64 = 2 * DAY;

/// A unit of time and its words. Arabic has five forms, as Unicode's plural rules call them: one,
/// two, few (3-10), many (11-99) and other (100-102, 200 …), and all are in the genitive: the texts
/// put them after a preposition only.
struct Unit {
    seconds: i64,
    english: [&'static str; 2],
    arabic: [&'static str; 5],
}

static SECONDS: Unit = Unit {
    seconds: 1,
    english: ["second", "seconds"],
    arabic: ["ثانية", "ثانيتين", "ثوانٍ", "ثانية", "ثانية"],
};
static MINUTES: Unit = Unit {
    seconds: MINUTE,
    english: ["minute", "minutes"],
    arabic: ["دقيقة", "دقيقتين", "دقائق", "دقيقة", "دقيقة"],
};
static HOURS: Unit = Unit {
    seconds: HOUR,
    english: ["hour", "hours"],
    arabic: ["ساعة", "ساعتين", "ساعات", "ساعة", "ساعة"],
};
static DAYS: Unit = Unit {
    seconds: DAY,
    english: ["day", "days"],
    arabic: ["يوم", "يومين", "أيام", "يومًا", "يوم"],
};

/// How long to wait: "in 25 minutes".
pub(super) fn wait(wait: TimeDelta, language: Language) -> String {
    // Never less than it takes.
    let seconds = wait.num_seconds() + i64::from(wait.subsec_nanos() > 0);
    let span = span(seconds, language);
    match language {
        Language::English => format!("in {span}"),
        Language::Arabic => format!("بعد {span}"),
    }
}

/// So many seconds, in no more than two units, rounded up in the smaller one.
pub(super) fn span(seconds: i64, language: Language) -> String {
    let up_to = |unit: i64| seconds.max(0).saturating_add(unit - 1) / unit * unit;
    match seconds {
        ..MINUTE => one(seconds.max(0), &SECONDS, language),
        _ if up_to(MINUTE) < HOUR => one(up_to(MINUTE), &MINUTES, language),
        _ if up_to(MINUTE) < LONG => two(up_to(MINUTE), &HOURS, &MINUTES, language),
        _ => two(up_to(HOUR), &DAYS, &HOURS, language),
    }
}

fn two(seconds: i64, larger: &Unit, smaller: &Unit, language: Language) -> String {
    let told = one(seconds, larger, language);
    match seconds % larger.seconds {
        0 => told,
        rest => {
            let rest = one(rest, smaller, language);
            match language {
                Language::English => format!("{told} and {rest}"),
                // The conjunction is written as one with what follows.
                Language::Arabic => format!("{told} و{rest}"),
            }
        }
    }
}

fn one(seconds: i64, unit: &Unit, language: Language) -> String {
    let count = seconds / unit.seconds;
    let digits = number(&count.to_string(), language);
    match language {
        Language::English => {
            let [singular, plural] = unit.english;
            format!("{digits} {}", if count == 1 { singular } else { plural })
        }
        Language::Arabic => {
            let [one, two, few, many, other] = unit.arabic;
            match (count, count % 100) {
                (1, _) => one.to_owned(),
                (2, _) => two.to_owned(),
                (_, 3..=10) => format!("{digits} {few}"),
                (_, 11..=99) => format!("{digits} {many}"),
                _ => format!("{digits} {other}"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_rounded_up_and_told_in_two_units_at_most() {
        let rows = [
            (0, "0 seconds", "٠ ثانية"),
            (1, "1 second", "ثانية"),
            (2, "2 seconds", "ثانيتين"),
            (3, "3 seconds", "٣ ثوانٍ"),
            (11, "11 seconds", "١١ ثانية"),
            (59, "59 seconds", "٥٩ ثانية"),
            (60, "1 minute", "دقيقة"),
            (61, "2 minutes", "دقيقتين"),
            (10 * MINUTE, "10 minutes", "١٠ دقائق"),
            (25 * MINUTE, "25 minutes", "٢٥ دقيقة"),
            (HOUR - 30, "1 hour", "ساعة"),
            (HOUR + 1, "1 hour and 1 minute", "ساعة ودقيقة"),
            (2 * HOUR + 5 * MINUTE, "2 hours and 5 minutes", "ساعتين و٥ دقائق"),
            (3 * HOUR, "3 hours", "٣ ساعات"),
            (DAY, "24 hours", "٢٤ ساعة"),
            (LONG - 1, "2 days", "يومين"),
            (LONG + 1, "2 days and 1 hour", "يومين وساعة"),
            (7 * DAY, "7 days", "٧ أيام"),
            (30 * DAY, "30 days", "٣٠ يومًا"),
            (100 * DAY, "100 days", "١٠٠ يوم"),
            (102 * DAY, "102 days", "١٠٢ يوم"),
            (103 * DAY, "103 days", "١٠٣ أيام"),
            (111 * DAY, "111 days", "١١١ يومًا"),
            (200 * DAY, "200 days", "٢٠٠ يوم"),
        ];
        for (seconds, english, arabic) in rows {
            assert_eq!(span(seconds, Language::English), english, "{seconds} s");
            assert_eq!(span(seconds, Language::Arabic), arabic, "{seconds} s");
        }
    }

    #[test]
    fn a_wait_is_never_told_shorter_than_it_is() {
        let just_over = TimeDelta::seconds(25 * 60) + TimeDelta::microseconds(1);
        assert_eq!(wait(just_over, Language::English), "in 26 minutes");
        assert_eq!(wait(TimeDelta::seconds(25 * 60), Language::Arabic), "بعد ٢٥ دقيقة");
        assert_eq!(wait(TimeDelta::MAX, Language::English), "in 106751991167 days and 8 hours");
    }
}
