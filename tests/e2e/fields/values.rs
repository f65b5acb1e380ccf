//! What fields of each kind may hold and may not, up to the bounds.

use azeer_proto::common::v1::{Actor, ActorKind};
use chrono::TimeDelta;
use prost_types::{Duration, Timestamp};

use crate::support::noon;

/// Values that are refused, and values at the bounds that are taken.
pub(crate) struct Values<V> {
    pub(crate) bad: Vec<V>,
    pub(crate) good: Vec<V>,
}

/// Values that are refused, each with the fields that are named.
pub(crate) type Named<V> = Vec<(V, Vec<String>)>;

fn texts(bad: &[&str], good: &[&str]) -> Values<String> {
    let owned = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
    Values { bad: owned(bad), good: owned(good) }
}

impl Values<String> {
    pub(crate) fn or_empty(mut self) -> Self {
        self.bad.retain(|text| !text.is_empty());
        self.good.push(String::new());
        self
    }
}

/// Tenants, channels, teams and agents.
pub(crate) fn names() -> Values<String> {
    let bad = ["", " ", "a b", "a.b", "a/b", "ف", "a\0", "a\n", &"x".repeat(65)];
    texts(&bad, &["A", "Az-09_", "106540352242922", &"x".repeat(64)])
}

/// Contacts and messages.
pub(crate) fn printable(most: usize) -> Values<String> {
    let long = ["x", "ش"].map(|c| c.repeat(most + 1));
    let bad = ["", " ", "a b", "a\u{a0}b", "a\tb", "a\0b", "\u{7f}", &long[0], &long[1]];
    let good = ["x", "+966", "US.13491208655302741918", &"ش".repeat(most)];
    texts(&bad, &good)
}

pub(crate) fn uuids() -> Values<String> {
    let good = ["01890a5d-ac96-774b-bcce-b302099a8057", "00000000-0000-0000-0000-000000000000"];
    let short = &good[0][1..];
    let long = format!("{}0", good[0]);
    let letters = good[0].replace('a', "g");
    texts(&["", " ", "x", "\0", short, &long, &letters], &good)
}

/// Texts for people.
pub(crate) fn prose(most: usize) -> Values<String> {
    let long = ["x", "ش"].map(|c| c.repeat(most + 1));
    texts(&["a\0b", &long[0], &long[1]], &["", "سطر\nline\t“”", &"ش".repeat(most)])
}

pub(crate) fn phone_numbers() -> Values<String> {
    let bad = ["+966 x", "٠١٢", "1.2", "1\0", &"1".repeat(33)];
    texts(&bad, &["", "+966 (55) 123-4567", &"1".repeat(32)])
}

pub(crate) fn page_tokens() -> Values<String> {
    texts(&["x", "0", "e30", "bnVsbA", "!", "\0", "ف", &"A".repeat(5_000)], &[""])
}

/// Codes of languages, known or not.
pub(crate) fn language_codes() -> Values<String> {
    let long = "x".repeat(36);
    texts(&["a b", "a.b", "é", "a\0", &long], &["", "ar", "en-US", "zh_Hans_CN", &long[1..]])
}

/// Bad ones; what good ones are is the service's secret.
pub(crate) fn resume_tokens() -> Values<String> {
    let other_tenant = "eyJ0Ijoib3RoZXIiLCJyIjowfQ";
    let negative = "eyJ0IjoiYWNtZSIsInIiOi0xfQ";
    texts(&["x", "e30", "bnVsbA", "!", "ف", other_tenant, negative, &"A".repeat(5_000)], &[""])
}

pub(crate) fn page_sizes() -> Values<i32> {
    Values { bad: vec![-1, i32::MIN], good: vec![0, 1, 500, 501, i32::MAX] }
}

/// An enum whose numbers go up to `last`; `unset` tells whether 0 is taken.
pub(crate) fn numbers(last: i32, unset: bool) -> Values<i32> {
    let (mut bad, mut good) = (vec![-1, i32::MIN, i32::MAX, last + 1], (1..=last).collect());
    if unset { &mut good } else { &mut bad }.push(0);
    Values { bad, good }
}

/// When something happened. The first are refused for what the time is now, the others always.
pub(crate) fn times() -> Values<Option<Timestamp>> {
    let time = |seconds, nanos| Some(Timestamp { seconds, nanos });
    let ahead = (noon() + TimeDelta::minutes(5)).timestamp();
    let began = 1_230_768_000;
    let bad = vec![
        time(ahead, 500_001_000),
        time(253_402_300_799, 0),
        None,
        time(0, 0),
        time(began - 1, 999_999_999),
        time(began, -1),
        time(began, 1_000_000_000),
        time(i64::MIN, 0),
        time(i64::MAX, 0),
    ];
    Values { bad, good: vec![time(began, 0), time(began, 999_999_999), time(ahead, 500_000_000)] }
}

/// The same where it may be missing and may lie ahead.
pub(crate) fn bounds_of_time() -> Values<Option<Timestamp>> {
    let Values { bad, good } = times();
    // The first two lie ahead, the third is missing.
    let taken = bad[..3].iter().chain(&good).copied().collect();
    Values { bad: bad[3..].to_vec(), good: taken }
}

/// Durations in whole microseconds within bounds.
pub(crate) fn durations(least: TimeDelta, most: TimeDelta) -> Values<Option<Duration>> {
    let of = |d: TimeDelta| Duration { seconds: d.num_seconds(), nanos: d.subsec_nanos() };
    let micro = TimeDelta::microseconds(1);
    let bad = vec![
        of(least - micro),
        of(most + micro),
        Duration { seconds: -1, nanos: 0 },
        Duration { seconds: i64::MIN, nanos: 0 },
        Duration { seconds: i64::MAX, nanos: 999_999_999 },
        Duration { seconds: 60, nanos: 1 },
        Duration { seconds: 60, nanos: 1_001 },
        // No durations at all: the signs differ, or the nanoseconds make a second.
        Duration { seconds: 60, nanos: -1_000 },
        Duration { seconds: 60, nanos: 1_000_000_000 },
    ];
    let good = [least, most, TimeDelta::seconds(60) + micro].map(of);
    let some = |durations: &[Duration]| durations.iter().copied().map(Some).collect();
    Values { bad: some(&bad), good: [some(&good), vec![None]].concat() }
}

fn actor(kind: impl Into<i32>, id: &str) -> Actor {
    Actor { kind: kind.into(), id: id.into() }
}

/// Who did something, or no one, in a field.
pub(crate) fn bad_actors(field: &str) -> Named<Option<Actor>> {
    let (kind, id) = (&*format!("{field}.kind"), &*format!("{field}.id"));
    let long = "x".repeat(65);
    let bad: [(_, &[&str]); 11] = [
        (actor(ActorKind::Unspecified, "sara"), &[kind]),
        (actor(ActorKind::Customer, ""), &[kind]),
        (actor(5, "sara"), &[kind]),
        (actor(-1, "sara"), &[kind]),
        (actor(ActorKind::Agent, ""), &[id]),
        (actor(ActorKind::Agent, &long), &[id]),
        (actor(ActorKind::Agent, "a b"), &[id]),
        (actor(ActorKind::Bot, "a\0b"), &[id]),
        (actor(ActorKind::System, &long), &[id]),
        (actor(ActorKind::System, "ف"), &[id]),
        (actor(ActorKind::Customer, "a b"), &[kind, id]),
    ];
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    let bad = bad.map(|(actor, fields)| (Some(actor), names(fields)));
    [(None, names(&[field]))].into_iter().chain(bad).collect()
}

pub(crate) fn good_actors() -> Vec<Option<Actor>> {
    let long = "x".repeat(64);
    let (bot, system) = (ActorKind::Bot, ActorKind::System);
    let good =
        [actor(ActorKind::Agent, &long), actor(bot, ""), actor(bot, &long), actor(system, "")];
    good.map(Some).into()
}
