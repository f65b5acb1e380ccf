//! What the log tells of an erasure, and what it does not.

use super::*;
use crate::event::EventType;

#[test]
fn it_is_told_after_an_expiry_that_nobody_told() {
    use EventType::{ContactErased, Expired};
    let open = after(&people_channel(), &[wrote(hour(0))]);
    let shut = after(&people_channel(), &[wrote(hour(0)), closed(hour(1))]);
    let cases: [(&str, &Conversation, i64, &[EventType], State); 4] = [
        ("open", &open, 24, &[ContactErased], State::Open),
        ("its window has ended", &open, 25, &[Expired, ContactErased], State::Expired),
        ("closed", &shut, 2, &[ContactErased], State::Closed),
        ("closed, and its window has ended", &shut, 25, &[ContactErased], State::Closed),
    ];
    for (name, conversation, hours, types, from) in cases {
        let events = erase(conversation, hour(hours));
        let told: Vec<_> = events.iter().map(|event| event.event_type).collect();
        assert_eq!(told, types, "{name}");
        let erased = events.last().unwrap();
        assert_eq!((erased.from_state, erased.to_state), (Some(from), None), "{name}");
        assert_eq!((&erased.actor, erased.occurred_at), (&Actor::SYSTEM, hour(hours)), "{name}");
        assert_eq!(erased.version, conversation.version + 1, "{name}");
    }
}

#[test]
fn who_had_it_is_told_and_nobody_waits_any_more() {
    let waiting = after(&people_channel(), &[wrote(hour(0)), assigned(hour(1))]);
    assert!(waiting.awaiting_reply());
    let [event] = erase(&waiting, hour(2)).try_into().unwrap();
    assert_eq!((&event.handler, event.awaiting_reply), (&waiting.handler, false));
    assert_eq!(event.changed_from(), Some(&Placement::of(&waiting)));
    assert_eq!((event.note, event.reason, event.merged), (None, None, vec![]));
}
