//! The platform says that the window is closed: then it is.

use super::*;

#[test]
fn the_window_ends_where_the_platform_says() {
    let hello = wrote(hour(0));
    let cases = [
        ("while open", vec![hello.clone()], refused(hour(5)), Some(State::Expired)),
        (
            "told later",
            vec![hello.clone()],
            refused(hour(5)).recorded(hour(6)),
            Some(State::Expired),
        ),
        (
            "sent at the instant of the customer's message",
            vec![hello.clone()],
            refused(hour(0)),
            Some(State::Expired),
        ),
        (
            "the customer wrote again since",
            vec![hello.clone(), wrote(hour(6))],
            refused(hour(5)).recorded(hour(7)),
            None,
        ),
        (
            "the customer wrote a microsecond after it",
            vec![hello.clone(), wrote(hour(5) + MICROSECOND)],
            refused(hour(5)).recorded(hour(7)),
            None,
        ),
        (
            "told twice",
            vec![hello.clone(), refused(hour(5))],
            refused(hour(5)).recorded(hour(7)),
            None,
        ),
        (
            "an earlier one is told after a later one",
            vec![hello.clone(), refused(hour(5))],
            refused(hour(4)).recorded(hour(7)),
            None,
        ),
        ("while closed", vec![hello, closed(hour(1))], refused(hour(5)), Some(State::Closed)),
    ];
    for (name, story, report, expected) in cases {
        let before = after(&people_channel(), &story);
        let outcome =
            apply(&before, &Identity::default(), &report.command, &people_channel(), report.now)
                .unwrap();
        let Some(state) = expected else {
            assert_eq!(outcome, Outcome::Unchanged, "{name}");
            continue;
        };
        let Outcome::Applied(applied) = outcome else { panic!("{name}: unchanged") };
        let Applied { conversation, events } = *applied;
        assert_eq!(conversation.state(report.now), state, "{name}");
        assert!(conversation.window_expires_at < before.window_expires_at, "{name}");
        assert_eq!(conversation.version, before.version + 1, "{name}");
        assert_eq!(conversation.last_inbound_at, before.last_inbound_at, "{name}");
        let [event] = events.as_slice() else { panic!("{name}: {events:?}") };
        assert_eq!(event.event_type, EventType::WindowCorrected, "{name}");
        assert_eq!(event.from_state, Some(before.announced_state), "{name}");
        assert_eq!(event.to_state, Some(state), "{name}");
    }
}

#[test]
fn only_a_newer_message_opens_it_again() {
    let open = vec![wrote(hour(0)), refused(hour(5))];
    let ended = vec![wrote(hour(0)), refused(hour(25))];
    let never = vec![ali_template(hour(0)), refused(hour(5))];
    let twice = vec![wrote(hour(0)), refused(hour(5)), refused(hour(6))];
    let at = |said_at: Time| wrote(said_at).recorded(hour(26));
    let cases = [
        ("a newer message", &open, at(hour(6)), State::Open),
        ("a message of the next microsecond", &open, at(hour(5) + MICROSECOND), State::Open),
        ("a message of that very instant", &open, at(hour(5)), State::Expired),
        ("an older message that comes late", &open, at(hour(4)), State::Expired),
        ("a newer call", &open, called(hour(6)), State::Open),
        ("a newer reaction", &open, reacted(hour(6)), State::Expired),
        ("an outbound message", &open, ali_said(hour(6)), State::Expired),
        (
            "an older message, where the window had ended by itself",
            &ended,
            at(hour(10)),
            State::Expired,
        ),
        ("a newer one, where the window had ended by itself", &ended, at(hour(26)), State::Open),
        ("an older message, where there was no window", &never, at(hour(4)), State::Expired),
        ("a message between two such answers", &twice, at(hour(6)), State::Expired),
        ("a message after both", &twice, at(hour(7)), State::Open),
    ];
    for (name, story, message, expected) in cases {
        let before = after(&people_channel(), story);
        let later = step(&before, &message, &people_channel()).conversation;
        assert_eq!(later.state(message.now), expected, "{name}");
    }
}

#[test]
fn a_window_that_had_ended_by_itself_keeps_its_end() {
    let ended = after(&people_channel(), &[wrote(hour(0)), refused(hour(25))]);
    assert_eq!(ended.window_expires_at, Some(hour(24)));
    let never = after(&people_channel(), &[ali_template(hour(0)), refused(hour(25))]);
    assert_eq!(never.window_expires_at, None);
}

#[test]
fn a_correction_leaves_the_conversation_with_its_handler() {
    let conversation = after(&bot_channel(), &[wrote(hour(0)), refused(hour(5))]);
    assert_eq!(handler(&conversation), "bot");
    assert_eq!(conversation.state(hour(5)), State::Expired);
    assert!(conversation.awaiting_reply(), "the customer's message is as unanswered as before");
    // It told the end of the window itself: there is nothing left to announce.
    assert_eq!(announce_expiry(&conversation, hour(30)), None);
}
