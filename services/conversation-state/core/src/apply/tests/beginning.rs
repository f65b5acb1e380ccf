//! The first message, of either side, begins a conversation.

use super::*;

#[test]
fn who_gets_a_new_conversation_and_in_which_state() {
    let (people, with_bot) = (people_channel(), bot_channel());
    let someone = sent(hour(0), Actor::SOMEONE, OutboundKind::FreeForm);
    let cases = [
        ("customer writes, no bot", &people, wrote(hour(0)), "/", State::Open),
        ("customer writes, bot on", &with_bot, wrote(hour(0)), "bot", State::Bot),
        ("customer calls, bot on", &with_bot, called(hour(0)), "bot", State::Bot),
        ("customer reacts, no bot", &people, reacted(hour(0)), "/", State::Expired),
        ("customer reacts, bot on", &with_bot, reacted(hour(0)), "bot", State::Expired),
        ("agent begins, bot on", &with_bot, ali_template(hour(0)), "/ali", State::Expired),
        ("agent begins free-form", &with_bot, ali_said(hour(0)), "/ali", State::Expired),
        ("someone at the phone app begins", &with_bot, someone, "/", State::Expired),
        ("bot begins, bot on", &with_bot, bot_template(hour(0)), "bot", State::Expired),
        ("bot begins, bot off", &people, bot_template(hour(0)), "/", State::Expired),
        ("system begins, bot on", &with_bot, system_template(hour(0)), "bot", State::Expired),
        ("system begins, bot off", &people, system_template(hour(0)), "/", State::Expired),
        (
            "the first message is told when its window has ended",
            &people,
            wrote(hour(0)).recorded(hour(24) + MICROSECOND),
            "/",
            State::Expired,
        ),
        (
            "the first message is told at the very end of its window",
            &people,
            wrote(hour(0)).recorded(hour(24)),
            "/",
            State::Open,
        ),
    ];
    for (name, channel, first, expected_handler, expected_state) in cases {
        let (_, applied) = tell(channel, std::slice::from_ref(&first));
        let conversation = &applied.conversation;
        assert_eq!(handler(conversation), expected_handler, "{name}");
        assert_eq!(conversation.state(first.now), expected_state, "{name}");
        assert_eq!(conversation.announced_state, expected_state, "{name}");
        assert_eq!((conversation.version, conversation.handler.epoch), (1, 1), "{name}");
        assert_eq!(conversation.create_time, first.now, "{name}");
        assert_eq!(conversation.update_time, first.now, "{name}");

        // A window that had ended before anybody knew of it never was open to anyone: CREATED
        // is the only event.
        let [event] = applied.events.as_slice() else { panic!("{name}: {:?}", applied.events) };
        assert_eq!(event.event_type, EventType::Created, "{name}");
        assert_eq!((event.from_state, event.to_state), (None, Some(expected_state)), "{name}");
        assert_eq!((event.version, event.out_of_turn), (1, false), "{name}");
    }
}

#[test]
fn created_tells_the_first_message() {
    let cases = [
        ("a message", wrote(minute(1)), Actor::CUSTOMER, Reason::Inbound(InboundKind::Message)),
        ("a call", called(minute(1)), Actor::CUSTOMER, Reason::Inbound(InboundKind::Call)),
        ("a template", ali_template(minute(1)), ali(), Reason::Outbound(OutboundKind::Template)),
    ];
    for (name, first, actor, reason) in cases {
        let (_, applied) = tell(&people_channel(), &[first.recorded(minute(5))]);
        let event = &applied.events[0];
        assert_eq!(event.actor, actor, "{name}");
        assert_eq!(event.reason, Some(reason), "{name}");
        assert_eq!(event.occurred_at, minute(1), "{name}");
    }
}

#[test]
fn the_first_message_is_recorded_like_any_other() {
    let inbound = after(&people_channel(), &[wrote(hour(0))]);
    assert_eq!(inbound.last_inbound_at, Some(hour(0)));
    assert_eq!(inbound.window_expires_at, Some(hour(24)));
    assert_eq!(inbound.waiting_since, Some(hour(0)));
    assert_eq!(inbound.last_outbound_at, None);

    let template = after(&people_channel(), &[ali_template(hour(0))]);
    assert_eq!(template.last_outbound_at, Some(hour(0)));
    assert_eq!(template.unanswered_templates, 1);
    assert_eq!((template.last_inbound_at, template.window_expires_at), (None, None));
    assert!(!template.awaiting_reply());
}

#[test]
fn only_messages_begin_a_conversation() {
    let cases = [
        ("a closed window", refused(hour(0))),
        ("a closing", closed(hour(0))),
        ("a reopening", reopen_by(ali(), hour(0))),
        ("a hand-off", hand_off_by(ali(), "sales", "", hour(0))),
        ("a return to the bot", return_by(ali(), hour(0))),
        ("an assignment", assigned(hour(0))),
    ];
    for (name, step) in cases {
        assert_eq!(begin(&key(), &step.command, &bot_channel(), step.now), None, "{name}");
    }
}
