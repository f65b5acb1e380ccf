//! Closing and reopening: what they do. What is refused is in `refusals`, passing on in
//! `handing`.

use super::*;
use crate::conversation::Closing;

#[test]
fn an_agent_closes() {
    let answered = vec![wrote(hour(0)), ali_said(hour(1))];
    let waiting = vec![wrote(hour(0))];
    let never_wrote = vec![ali_template(hour(0))];
    let cases = [
        ("answered, nothing to acknowledge", &answered, false, hour(2), State::Open),
        ("waiting, acknowledged", &waiting, true, hour(2), State::Open),
        ("the customer never wrote", &never_wrote, false, hour(2), State::Expired),
        ("expired and answered", &answered, false, hour(30), State::Expired),
    ];
    for (name, story, acknowledged, now, from_state) in cases {
        let before = after(&people_channel(), story);
        let Applied { conversation, events } =
            step(&before, &close_by(ali(), acknowledged, now), &people_channel());
        let closing = Closing { at: now, by: ali(), reason: CloseReason::Resolved };
        assert_eq!(conversation.closing, Some(closing), "{name}");
        assert_eq!(conversation.handler, before.handler, "{name}");
        assert_eq!(conversation.window_expires_at, before.window_expires_at, "{name}");
        assert!(!conversation.awaiting_reply(), "{name}");
        let event = events.last().unwrap();
        assert_eq!(event.event_type, EventType::Closed, "{name}");
        assert_eq!(
            (event.from_state, event.to_state),
            (Some(from_state), Some(State::Closed)),
            "{name}"
        );
    }
}

#[test]
fn an_agent_closes_what_the_bot_has() {
    let conversation = after(
        &bot_channel(),
        &[wrote(hour(0)), bot_said(hour(1)), close_by(ali(), false, hour(2))],
    );
    assert_eq!(conversation.state(hour(2)), State::Closed);
    assert_eq!(handler(&conversation), "bot");
}

#[test]
fn a_reopened_conversation_is_what_the_facts_say() {
    let people = after(&people_channel(), &[wrote(hour(0)), assigned(hour(1)), closed(hour(2))]);
    let with_bot = after(&bot_channel(), &[wrote(hour(0)), closed(hour(2))]);
    let no_window = after(&people_channel(), &[ali_template(hour(0)), closed(hour(2))]);
    let cases = [
        ("people's", &people, hour(3), State::Open),
        ("people's, at the very end of the window", &people, hour(24), State::Open),
        ("people's, after the window", &people, hour(24) + MICROSECOND, State::Expired),
        ("the bot's", &with_bot, hour(3), State::Bot),
        ("the bot's, after the window", &with_bot, hour(30), State::Expired),
        ("without a window", &no_window, hour(3), State::Expired),
    ];
    for (name, before, now, expected) in cases {
        for actor in [ali(), Actor::SYSTEM] {
            let Applied { conversation, events } =
                step(before, &reopen_by(actor.clone(), now), &people_channel());
            assert_eq!(conversation.state(now), expected, "{name}");
            assert_eq!(conversation.closing, None, "{name}");
            assert_eq!(conversation.handler, before.handler, "{name}: the same handler");
            let [event] = events.as_slice() else { panic!("{name}: {events:?}") };
            assert_eq!(event.event_type, EventType::Reopened, "{name}");
            assert_eq!(event.from_state, Some(State::Closed), "{name}");
            assert_eq!((event.to_state, &event.actor), (Some(expected), &actor), "{name}");
        }
    }
}

#[test]
fn closing_tells_its_reason_and_note() {
    let reasons = [
        CloseReason::Resolved,
        CloseReason::OrderCompleted,
        CloseReason::NoResponse,
        CloseReason::Spam,
        CloseReason::Other,
    ];
    let open = after(&people_channel(), &[wrote(hour(0)), ali_said(hour(1))]);
    for reason in reasons {
        let note = Some("تم الحل".to_owned());
        let ask = Close { actor: ali(), reason, note: note.clone(), acknowledge_unanswered: false };
        let applied = step(&open, &Step::new(hour(2), Command::Close(ask)), &people_channel());
        assert_eq!(applied.conversation.closing.unwrap().reason, reason);
        assert_eq!(applied.events[0].reason, Some(Reason::Close(reason)));
        assert_eq!(applied.events[0].note, note);
    }
}
