//! What the business's messages do: facts that are always recorded.

use super::*;

#[test]
fn a_person_who_writes_takes_the_conversation_from_the_bot() {
    let hello = wrote(minute(0));
    let someone = |at| sent(at, Actor::SOMEONE, OutboundKind::FreeForm);
    // The bot gets it back at minute 20 and seven tenths of a second.
    let back_at = minute(20) + TimeDelta::milliseconds(700);
    let returned = [hello.clone(), ali_said(minute(1)), return_by(ali(), back_at)];
    let then = |step: Step| [&returned[..], &[step.recorded(minute(30))]].concat();
    let cases = [
        ("an agent's free-form", vec![hello.clone(), ali_said(minute(5))], "/ali"),
        ("someone at the phone app", vec![hello.clone(), someone(minute(5))], "/"),
        ("an agent's template does not", vec![hello.clone(), ali_template(minute(5))], "bot"),
        ("the bot's own message does not", vec![hello.clone(), bot_said(minute(5))], "bot"),
        ("the system's message does not", vec![hello.clone(), system_said(minute(5))], "bot"),
        ("newer than the last change of handler", then(ali_said(minute(21))), "/ali"),
        ("at the instant of the change", then(ali_said(back_at)), "/ali"),
        ("a microsecond older than the change", then(ali_said(back_at - MICROSECOND)), "bot"),
        ("told in whole seconds, the second of the change", then(someone(minute(20))), "/"),
        (
            "told in whole seconds, the second before the change",
            then(someone(minute(20) - TimeDelta::seconds(1))),
            "bot",
        ),
        ("also where it is closed", vec![hello, closed(minute(4)), ali_said(minute(5))], "/ali"),
    ];
    for (name, story, expected) in cases {
        let (before, applied) = tell(&bot_channel(), &story);
        let before = before.unwrap().handler;
        let grown = i64::from(expected != "bot");
        assert_eq!(handler(&applied.conversation), expected, "{name}");
        assert_eq!(applied.conversation.handler.epoch, before.epoch + grown, "{name}");
        assert_eq!(applied.events[0].event_type, EventType::OutboundRecorded, "{name}");
        assert_eq!(applied.events[0].handler, applied.conversation.handler, "{name}");
    }
}

#[test]
fn a_takeover_opens_it_to_people() {
    let (_, applied) = tell(&bot_channel(), &[wrote(hour(0)), ali_said(hour(1))]);
    let [event] = applied.events.as_slice() else { panic!("{:?}", applied.events) };
    assert_eq!((event.from_state, event.to_state), (Some(State::Bot), Some(State::Open)));
    assert_eq!((&event.actor, event.occurred_at), (&ali(), hour(1)));
    assert_eq!(applied.conversation.handler_since, hour(1));
}

#[test]
fn people_keep_it_whoever_writes() {
    let before = after(&people_channel(), &[wrote(hour(0)), assigned(minute(1))]);
    let mona = actor(ActorKind::Agent, "mona");
    let cases = [
        ("another agent", sent(minute(5), mona, OutboundKind::FreeForm)),
        ("someone at the phone app", sent(minute(5), Actor::SOMEONE, OutboundKind::FreeForm)),
        ("the bot", bot_said(minute(5))),
        ("the system", system_template(minute(5))),
    ];
    for (name, message) in cases {
        let later = step(&before, &message, &bot_channel()).conversation;
        assert_eq!(later.handler, before.handler, "{name}");
    }
}

#[test]
fn out_of_turn_is_recorded_and_marked() {
    let open = vec![wrote(minute(0)), assigned(minute(1))];
    let ended = [&open[..], &[closed(minute(2))]].concat();
    let cases = [
        ("no epoch told", &open, bot_said(minute(5)), false),
        ("the present epoch", &open, bot_said(minute(5)).knowing(2), false),
        ("an old epoch", &open, bot_said(minute(5)).knowing(1), true),
        ("an agent with an old epoch", &open, ali_said(minute(5)).knowing(1), true),
        ("closed", &ended, ali_said(minute(5)), true),
        ("closed, the present epoch", &ended, ali_template(minute(5)).knowing(2), true),
        ("closed, the system's template", &ended, system_template(minute(5)), true),
        (
            "closed, written before the closing",
            &ended,
            ali_said(minute(1)).recorded(minute(5)),
            true,
        ),
    ];
    for (name, story, message, expected) in cases {
        let story = [&story[..], &[message]].concat();
        let (before, applied) = tell(&people_channel(), &story);
        let event = &applied.events[0];
        assert_eq!(event.out_of_turn, expected, "{name}");
        assert_eq!(event.event_type, EventType::OutboundRecorded, "{name}");
        assert_eq!(event.from_state, event.to_state, "{name}: it leaves the state as it is");
        assert_eq!(applied.conversation.closing, before.unwrap().closing, "{name}");
        assert!(applied.conversation.last_outbound_at.is_some(), "{name}");
    }
}

#[test]
fn the_last_outbound_is_the_newest() {
    let story = [wrote(hour(0)), ali_said(hour(5)), bot_said(hour(3)).recorded(hour(6))];
    assert_eq!(after(&people_channel(), &story).last_outbound_at, Some(hour(5)));
}

#[test]
fn templates_count_until_the_customer_writes() {
    let template = |n| ali_template(minute(n));
    let cases = [
        ("none", vec![wrote(minute(0))], 0),
        ("free-form is none", vec![wrote(minute(0)), ali_said(minute(1))], 0),
        ("one", vec![wrote(minute(0)), template(1)], 1),
        (
            "whoever sends them",
            vec![template(0), bot_template(minute(1)), system_template(minute(2))],
            3,
        ),
        ("the customer's message clears them", vec![template(0), template(1), wrote(minute(2))], 0),
        ("a call clears them", vec![template(0), called(minute(2))], 0),
        ("a reaction does not", vec![template(0), reacted(minute(2))], 1),
        ("they count anew", vec![template(0), template(1), wrote(minute(2)), template(3)], 1),
        (
            "a second message, told as of the same second, clears them too",
            vec![wrote(minute(0)), template(0), wrote(minute(0)).recorded(minute(1))],
            0,
        ),
        (
            "a late message, older than the customer's last, clears none",
            vec![wrote(minute(5)), template(6), wrote(minute(3)).recorded(minute(7))],
            1,
        ),
        (
            "a late template, older than the customer's last, is answered",
            vec![wrote(minute(5)), template(3).recorded(minute(7))],
            0,
        ),
        (
            "a message that leaves it closed clears them too",
            vec![template(0), closed(minute(1)), wrote(minute(2))],
            0,
        ),
    ];
    for (name, story, expected) in cases {
        let conversation = after(&people_channel(), &story);
        assert_eq!(conversation.unanswered_templates, expected, "{name}");
    }
}
