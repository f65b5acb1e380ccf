//! What the customer's messages, calls and reactions do to a conversation that is not closed.

use super::*;

#[test]
fn the_window_follows_the_customers_newest_message() {
    let cases = [
        ("one message", vec![wrote(hour(0))], hour(0), hour(24)),
        ("another restarts it", vec![wrote(hour(0)), wrote(hour(5))], hour(5), hour(29)),
        ("a call restarts it", vec![wrote(hour(0)), called(hour(5))], hour(5), hour(29)),
        (
            "an older one that comes late does not move it back",
            vec![wrote(hour(5)), wrote(hour(0)).recorded(hour(6))],
            hour(5),
            hour(29),
        ),
        (
            "a second one of the same second",
            vec![wrote(hour(5)), wrote(hour(5))],
            hour(5),
            hour(29),
        ),
        (
            "a newer one that comes late counts from when it was written",
            vec![wrote(hour(0)), wrote(hour(5)).recorded(hour(20))],
            hour(5),
            hour(29),
        ),
        (
            "a message opens an expired conversation again",
            vec![wrote(hour(0)), wrote(hour(30))],
            hour(30),
            hour(54),
        ),
        (
            "outbound never moves it",
            vec![wrote(hour(0)), ali_said(hour(5)), ali_template(hour(6)), bot_said(hour(7))],
            hour(0),
            hour(24),
        ),
    ];
    for (name, story, last_inbound_at, window_expires_at) in cases {
        let conversation = after(&people_channel(), &story);
        assert_eq!(conversation.last_inbound_at, Some(last_inbound_at), "{name}");
        assert_eq!(conversation.window_expires_at, Some(window_expires_at), "{name}");
    }
}

#[test]
fn another_window_duration_holds_for_later_messages() {
    let day = people_channel();
    let short = Channel { window_duration: TimeDelta::hours(1), ..people_channel() };
    let cases =
        [("a longer one", &short, &day, hour(34)), ("a shorter one", &day, &short, hour(11))];
    for (name, before, later, expected) in cases {
        let first = after(before, &[wrote(hour(0))]);
        let second = step(&first, &wrote(hour(10)), later).conversation;
        assert_eq!(second.window_expires_at, Some(expected), "{name}");
    }
    assert_eq!(after(&short, &[wrote(hour(0))]).window_expires_at, Some(hour(1)));
}

#[test]
fn a_reaction_counts_only_where_the_channel_says_so() {
    let plain = people_channel();
    let counting = Channel { reactions_open_window: true, ..people_channel() };
    let story = [wrote(hour(0)), ali_template(hour(1)), reacted(hour(2))];

    let recorded = after(&plain, &story);
    assert_eq!(recorded.last_inbound_at, Some(hour(0)));
    assert_eq!(recorded.window_expires_at, Some(hour(24)));
    assert_eq!(recorded.unanswered_templates, 1);
    assert!(!recorded.awaiting_reply());

    let counted = after(&counting, &story);
    assert_eq!(counted.last_inbound_at, Some(hour(2)));
    assert_eq!(counted.window_expires_at, Some(hour(26)));
    assert_eq!(counted.unanswered_templates, 0);
    assert_eq!(counted.waiting_since, Some(hour(2)));
}

#[test]
fn a_reaction_that_does_not_count_is_a_write_that_changes_no_fact() {
    let (before, applied) = tell(&people_channel(), &[wrote(hour(0)), reacted(hour(2))]);
    let before = before.unwrap();
    let only_the_write =
        Conversation { version: before.version + 1, update_time: hour(2), ..before.clone() };
    assert_eq!(applied.conversation, only_the_write);
    let [event] = applied.events.as_slice() else { panic!("{:?}", applied.events) };
    assert_eq!(event.event_type, EventType::InboundRecorded);
    assert_eq!(event.reason, Some(Reason::Inbound(InboundKind::Reaction)));
}

#[test]
fn the_handler_stays_who_it_is() {
    let (people, with_bot) = (people_channel(), bot_channel());
    let cases = [
        ("people's, when the bot is turned on", &people, &with_bot, "/"),
        ("the bot's, when the bot is turned off", &with_bot, &people, "bot"),
    ];
    for (name, before, later, expected) in cases {
        let first = after(before, &[wrote(hour(0))]);
        let second = step(&first, &wrote(hour(1)), later).conversation;
        assert_eq!(handler(&second), expected, "{name}");
        assert_eq!(second.handler.epoch, 1, "{name}");
        // Nor does expiry change it: the customer's next message finds the same handler.
        let third = step(&second, &wrote(hour(99)), later).conversation;
        assert_eq!(handler(&third), expected, "{name}");
    }
}

#[test]
fn the_contacts_name_is_the_last_one_told() {
    let named = |at: Time, name: Option<&str>| {
        let contact_name = name.map(str::to_owned);
        let kind = InboundKind::Message;
        Step::new(at, Command::Inbound(Inbound { occurred_at: at, kind, text: None, contact_name }))
    };
    let cases = [
        ("never told", vec![named(hour(0), None)], None),
        ("told", vec![named(hour(0), Some("منى"))], Some("منى")),
        ("kept", vec![named(hour(0), Some("Mona")), named(hour(1), None)], Some("Mona")),
        ("changed", vec![named(hour(0), Some("Mona")), named(hour(1), Some("منى"))], Some("منى")),
    ];
    let late = |first: Option<&str>, late| {
        let first = after(&people_channel(), &[named(hour(2), first)]);
        let late = Inbound {
            occurred_at: hour(1),
            kind: InboundKind::Message,
            text: None,
            contact_name: Some(String::from(late)),
        };
        let after = step(&first, &Step::new(hour(3), Command::Inbound(late)), &people_channel());
        after.conversation.contact_name
    };
    assert_eq!(late(Some("منى"), "Mona").as_deref(), Some("منى"), "an old one that comes late");
    assert_eq!(late(None, "Mona").as_deref(), Some("Mona"), "late, but better than none");
    for (name, story, expected) in cases {
        let conversation = after(&people_channel(), &story);
        assert_eq!(conversation.contact_name.as_deref(), expected, "{name}");
    }
}
