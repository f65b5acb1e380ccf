//! Time alone ends a window. It is told once: by whoever comes first, a write or the announcer.

use super::*;

#[test]
fn an_expiry_is_announced_once_after_the_windows_end() {
    let with_bot = after(&bot_channel(), &[wrote(hour(0))]);
    let people = after(&people_channel(), &[wrote(hour(0))]);
    for (conversation, was) in [(people, State::Open), (with_bot, State::Bot)] {
        assert_eq!(announce_expiry(&conversation, hour(24) - MICROSECOND), None, "{was:?}");
        assert_eq!(announce_expiry(&conversation, hour(24)), None, "{was:?}: still open");

        let now = hour(24) + MICROSECOND;
        let applied = announce_expiry(&conversation, now).expect("it is due");
        let told = Conversation { announced_state: State::Expired, ..conversation.clone() };
        assert_eq!(applied.conversation, told, "{was:?}: no version, no time of a write");
        let [event] = applied.events.as_slice() else { panic!("{:?}", applied.events) };
        assert_eq!(event.event_type, EventType::Expired);
        assert_eq!((event.from_state, event.to_state), (Some(was), Some(State::Expired)));
        assert_eq!(event.version, conversation.version, "it takes none of its own");
        assert_eq!((&event.actor, event.occurred_at), (&Actor::SYSTEM, hour(24)));

        assert_eq!(announce_expiry(&told, now), None, "{was:?}: not twice");
        assert_eq!(announce_expiry(&told, hour(99)), None, "{was:?}: not later either");
    }
}

#[test]
fn nothing_is_announced_where_nothing_expires() {
    let cases = [
        ("no window ever", vec![ali_template(hour(0))]),
        ("closed before its window ended", vec![wrote(hour(0)), closed(hour(1))]),
        ("ended before it was recorded", vec![wrote(hour(0)).recorded(hour(25))]),
        (
            "reopened after its window had ended",
            vec![wrote(hour(0)), closed(hour(1)), reopen_by(ali(), hour(30))],
        ),
    ];
    for (name, story) in cases {
        let conversation = after(&people_channel(), &story);
        assert_eq!(announce_expiry(&conversation, hour(99)), None, "{name}");
    }
}

#[test]
fn each_window_has_an_end_of_its_own() {
    let first = after(&people_channel(), &[wrote(hour(0))]);
    let told = announce_expiry(&first, hour(25)).unwrap().conversation;
    let again = step(&told, &wrote(hour(26)), &people_channel());
    let [event] = again.events.as_slice() else { panic!("{:?}", again.events) };
    assert_eq!(event.from_state, Some(State::Expired));
    assert_eq!(event.to_state, Some(State::Open));
    let second = announce_expiry(&again.conversation, hour(51)).expect("another window ended");
    assert_eq!(second.events[0].occurred_at, hour(50));
}

#[test]
fn a_write_announces_the_expiry_that_it_meets() {
    use EventType::{
        Assigned, Closed, HandedOff, InboundRecorded, OutboundRecorded, ReturnedToBot,
        WindowCorrected,
    };
    use State::{Bot, Expired, Open};
    let late = hour(25);
    let people = || after(&bot_channel(), &[ali_template(hour(0)), wrote(hour(0))]);
    let with_bot = || after(&bot_channel(), &[wrote(hour(0))]);
    // name; before; the write; its event; the state after it
    let cases = [
        ("customer writes", people(), wrote(late), InboundRecorded, Open),
        ("customer writes to the bot", with_bot(), wrote(late), InboundRecorded, Bot),
        ("customer reacts", people(), reacted(late), InboundRecorded, Expired),
        ("agent sends a template", people(), ali_template(late), OutboundRecorded, Expired),
        ("agent takes over", with_bot(), ali_said(late), OutboundRecorded, Expired),
        ("platform refuses", people(), refused(late), WindowCorrected, Expired),
        ("agent closes", people(), closed(late), Closed, State::Closed),
        ("agent closes the bot's", with_bot(), closed(late), Closed, State::Closed),
        ("hand-off", with_bot(), hand_off_by(ali(), "sales", "", late), HandedOff, Expired),
        ("return to the bot", people(), return_by(ali(), late), ReturnedToBot, Expired),
        ("assignment", people(), assigned(late), Assigned, Expired),
    ];
    for (name, before, write, event_type, to_state) in cases {
        let Applied { conversation, events } = step(&before, &write, &bot_channel());
        let [expiry, event] = events.as_slice() else { panic!("{name}: {events:?}") };
        assert_eq!(expiry.event_type, EventType::Expired, "{name}");
        assert_eq!(expiry.from_state, Some(before.announced_state), "{name}");
        assert_eq!((expiry.to_state, expiry.occurred_at), (Some(Expired), hour(24)), "{name}");
        assert_eq!(expiry.version, before.version, "{name}");
        assert_eq!(expiry.handler, before.handler, "{name}: as it was when the window ended");

        assert_eq!(event.event_type, event_type, "{name}");
        assert_eq!((event.from_state, event.to_state), (Some(Expired), Some(to_state)), "{name}");
        assert_eq!(event.version, before.version + 1, "{name}: one write, one version");
        assert_eq!(conversation.version, event.version, "{name}");

        // The announcer finds nothing left to tell, and a write at the very end of the window
        // would have had nothing to announce either.
        assert_eq!(announce_expiry(&conversation, late), None, "{name}");
    }
}

#[test]
fn a_write_at_the_very_end_meets_no_expiry() {
    let people = after(&people_channel(), &[wrote(hour(0))]);
    let at_the_end = step(&people, &assigned(hour(24)), &people_channel());
    assert_eq!(at_the_end.events.len(), 1);
    let after_it = step(&people, &assigned(hour(24) + MICROSECOND), &people_channel());
    assert_eq!(after_it.events.len(), 2);
}

#[test]
fn what_changes_nothing_announces_nothing() {
    let story = [wrote(hour(0)), wrote(hour(6))];
    let conversation = after(&people_channel(), &story);
    let late = refused(hour(5)).recorded(hour(99));
    let outcome =
        apply(&conversation, &Identity::default(), &late.command, &people_channel(), late.now);
    assert_eq!(outcome, Ok(Outcome::Unchanged));
    let refusal = apply(
        &conversation,
        &Identity::default(),
        &reopen_by(ali(), hour(99)).command,
        &people_channel(),
        hour(99),
    );
    assert_eq!(refusal, Err(Refusal::NotClosed));
}
