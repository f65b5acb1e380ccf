//! What writes add to the counters, row by row.

use azeer_domain::{ContactId, ConversationId};
use uuid::Uuid;

use super::*;
use crate::conversation::{Handler, HandlerKind};

fn at(time: &str) -> Time {
    format!("2026-03-01T{time}Z").parse().unwrap()
}

/// A conversation as far as the counters see it.
fn seen(announced_state: State, window_end: &str, waits: bool) -> Conversation {
    let kind = HandlerKind::Human;
    Conversation {
        id: ConversationId(Uuid::from_u128(1)),
        channel_id: ChannelId::parse("106540352242922").unwrap(),
        contact_id: ContactId::parse("966500000001").unwrap(),
        aliases: std::collections::BTreeSet::new(),
        contact_name: None,
        handler: Handler { kind, team: None, agent: None, epoch: 1 },
        handler_since: at("00:00:00"),
        last_inbound_at: None,
        last_outbound_at: None,
        window_expires_at: (!window_end.is_empty()).then(|| at(window_end)),
        window_closed_at: None,
        answered_until: None,
        waiting_since: waits.then(|| at("00:00:00")),
        unanswered_templates: 0,
        collected: BTreeMap::new(),
        closing: None,
        announced_state,
        create_time: at("00:00:00"),
        update_time: at("00:00:00"),
        version: 1,
    }
}

/// The rows that are not zero: what they count, and open, bot, expired, closed, awaiting.
fn rows(before: Option<&Conversation>, after: &Conversation) -> Vec<(String, [i64; 5])> {
    let mut delta = CounterDelta::new();
    add_change(&mut delta, before, Some(after));
    let name = |bucket| match bucket {
        Bucket::Total => "total".to_owned(),
        Bucket::Hour(hour) => format!("hour {}", hour.format("%H:%M:%S%.f")),
        Bucket::Minute(minute) => format!("minute {}", minute.format("%H:%M:%S%.f")),
    };
    let counts = |c: Counter| [c.open, c.bot, c.expired, c.closed, c.awaiting_reply];
    let told = delta.into_iter().filter(|(_, counter)| !counter.is_zero());
    told.map(|(key, counter)| (name(key.bucket), counts(counter))).collect()
}

#[test]
fn what_a_new_conversation_adds() {
    use State::{Bot, Closed, Expired, Open};
    let (hour, minute) = ("hour 12:00:00", "minute 12:34:00");
    let cases = [
        (
            "open",
            seen(Open, "12:34:56.789", true),
            vec![("total", [1, 0, 0, 0, 1]), (hour, [1, 0, 0, 0, 0]), (minute, [1, 0, 0, 0, 0])],
        ),
        (
            "the bot's, answered",
            seen(Bot, "12:34:00", false),
            vec![("total", [0, 1, 0, 0, 0]), (hour, [0, 1, 0, 0, 0]), (minute, [0, 1, 0, 0, 0])],
        ),
        (
            "a window that ends with the hour belongs to the next one",
            seen(Open, "12:00:00", false),
            vec![
                ("total", [1, 0, 0, 0, 0]),
                (hour, [1, 0, 0, 0, 0]),
                ("minute 12:00:00", [1, 0, 0, 0, 0]),
            ],
        ),
        (
            "the last microsecond of an hour",
            seen(Open, "12:59:59.999999", false),
            vec![
                ("total", [1, 0, 0, 0, 0]),
                (hour, [1, 0, 0, 0, 0]),
                ("minute 12:59:00", [1, 0, 0, 0, 0]),
            ],
        ),
        (
            "expired: in no bucket",
            seen(Expired, "12:34:56", true),
            vec![("total", [0, 0, 1, 0, 1])],
        ),
        ("expired without a window", seen(Expired, "", false), vec![("total", [0, 0, 1, 0, 0])]),
        (
            "closed within its window: in no bucket",
            seen(Closed, "12:34:56", false),
            vec![("total", [0, 0, 0, 1, 0])],
        ),
    ];
    for (name, conversation, expected) in cases {
        let expected: Vec<_> =
            expected.into_iter().map(|(row, counts)| (row.to_owned(), counts)).collect();
        assert_eq!(rows(None, &conversation), expected, "{name}");
    }
}

#[test]
fn what_a_write_changes() {
    use State::{Bot, Closed, Expired, Open};
    let open = seen(Open, "12:34:56", true);
    let cases = [
        ("nothing that is counted", seen(Open, "12:34:01", true), vec![]),
        ("an answer", seen(Open, "12:34:56", false), vec![("total", [0, 0, 0, 0, -1])]),
        (
            "another minute of the hour",
            seen(Open, "12:35:00", true),
            vec![("minute 12:34:00", [-1, 0, 0, 0, 0]), ("minute 12:35:00", [1, 0, 0, 0, 0])],
        ),
        (
            "the bot gets it",
            seen(Bot, "12:34:56", true),
            vec![
                ("total", [-1, 1, 0, 0, 0]),
                ("hour 12:00:00", [-1, 1, 0, 0, 0]),
                ("minute 12:34:00", [-1, 1, 0, 0, 0]),
            ],
        ),
        (
            "an expiry is announced",
            seen(Expired, "12:34:56", true),
            vec![
                ("total", [-1, 0, 1, 0, 0]),
                ("hour 12:00:00", [-1, 0, 0, 0, 0]),
                ("minute 12:34:00", [-1, 0, 0, 0, 0]),
            ],
        ),
        (
            "it is closed",
            seen(Closed, "12:34:56", false),
            vec![
                ("total", [-1, 0, 0, 1, -1]),
                ("hour 12:00:00", [-1, 0, 0, 0, 0]),
                ("minute 12:34:00", [-1, 0, 0, 0, 0]),
            ],
        ),
    ];
    for (name, after, expected) in cases {
        let expected: Vec<_> =
            expected.into_iter().map(|(row, counts)| (row.to_owned(), counts)).collect();
        assert_eq!(rows(Some(&open), &after), expected, "{name}");
    }
}
