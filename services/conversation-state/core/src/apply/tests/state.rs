//! State from facts, what a state allows, and what it is called.

use super::*;
use crate::conversation::Closing;
use crate::state::AllowedAction;

#[test]
fn state_follows_from_facts_and_time() {
    use HandlerKind::{Bot, Human};
    let end = hour(24);
    let window = Some(end);
    let cases = [
        ("within the window, with people", false, window, Human, hour(1), State::Open),
        ("a microsecond before the end", false, window, Human, end - MICROSECOND, State::Open),
        ("at exactly the end it is still open", false, window, Human, end, State::Open),
        ("a microsecond after the end", false, window, Human, end + MICROSECOND, State::Expired),
        ("within the window, with the bot", false, window, Bot, hour(1), State::Bot),
        ("at exactly the end, with the bot", false, window, Bot, end, State::Bot),
        ("after the end, with the bot", false, window, Bot, end + MICROSECOND, State::Expired),
        ("long after the end", false, window, Human, hour(24 * 365), State::Expired),
        ("the customer never wrote", false, None, Human, hour(1), State::Expired),
        ("the customer never wrote to the bot", false, None, Bot, hour(1), State::Expired),
        ("closed within the window", true, window, Human, hour(1), State::Closed),
        ("closed within the bot's window", true, window, Bot, hour(1), State::Closed),
        ("closed, then the window ended", true, window, Human, end + MICROSECOND, State::Closed),
        ("closed without any window", true, None, Bot, hour(1), State::Closed),
    ];
    let base = after(&people_channel(), &[wrote(hour(0))]);
    for (name, is_closed, window_expires_at, kind, now, expected) in cases {
        let closing = Closing { at: minute(1), by: ali(), reason: CloseReason::Resolved };
        let conversation = Conversation {
            closing: is_closed.then_some(closing),
            window_expires_at,
            handler: Handler { kind, ..base.handler.clone() },
            ..base.clone()
        };
        assert_eq!(conversation.state(now), expected, "{name}");
    }
}

#[test]
fn labels_are_arabic_or_english() {
    let arabic = ["مفتوحة", "منتهية", "مغلقة", "روبوت"];
    let english = ["Open", "Expired", "Closed", "Bot"];
    let cases = [
        ("ar", arabic),
        ("AR", arabic),
        ("ar-SA", arabic),
        ("ar_EG", arabic),
        ("en", english),
        ("en-US", english),
        ("", english),
        ("-ar", english),
        ("fr", english),
        // Mapudungun only begins like Arabic.
        ("arn", english),
    ];
    for (language_code, expected) in cases {
        assert_eq!(State::ALL.map(|s| s.label(language_code)), expected, "{language_code:?}");
    }
}

/// One conversation for each state and handler, and when it is in it.
fn one_of_each() -> [(&'static str, Conversation, Time, State); 6] {
    // An agent begins the one: it is the people's. The customer begins the other: the bot's.
    let people = [ali_template(hour(0)), wrote(hour(0)), ali_said(minute(1))];
    let with_bot = [wrote(hour(0)), bot_said(minute(1))];
    let story = |story: &[Step]| after(&bot_channel(), story);
    let ended = |story: &[Step]| after(&bot_channel(), &[story, &[closed(minute(2))]].concat());
    [
        ("open", story(&people), hour(1), State::Open),
        ("the bot's", story(&with_bot), hour(1), State::Bot),
        ("people's, expired", story(&people), hour(25), State::Expired),
        ("the bot's, expired", story(&with_bot), hour(25), State::Expired),
        ("people's, closed", ended(&people), hour(1), State::Closed),
        ("the bot's, closed", ended(&with_bot), hour(1), State::Closed),
    ]
}

#[test]
fn each_state_and_handler_allows_its_actions() {
    use AllowedAction::{Assign, Close, HandOff, Reopen, ReturnToBot, SendFreeForm, SendTemplate};
    let expected: [&[AllowedAction]; 6] = [
        &[SendFreeForm, SendTemplate, Close, HandOff, ReturnToBot, Assign],
        &[SendFreeForm, SendTemplate, Close, HandOff],
        &[SendTemplate, Close, HandOff, ReturnToBot, Assign],
        &[SendTemplate, Close, HandOff],
        &[Reopen],
        &[Reopen],
    ];
    for ((name, conversation, now, state), expected) in one_of_each().into_iter().zip(expected) {
        assert_eq!(conversation.state(now), state, "{name}");
        assert_eq!(state.allowed_actions(conversation.handler.kind), expected, "{name}");
    }
}

#[test]
fn what_is_allowed_is_what_an_agent_can_do() {
    for (name, conversation, now, state) in one_of_each() {
        let allowed = state.allowed_actions(conversation.handler.kind);
        let cases = [
            (AllowedAction::Close, closed(now)),
            (AllowedAction::Reopen, reopen_by(ali(), now)),
            (AllowedAction::HandOff, hand_off_by(ali(), "support", "", now)),
            (AllowedAction::ReturnToBot, return_by(ali(), now)),
            (AllowedAction::Assign, assign_by(ali(), "support", "mona", now)),
        ];
        for (action, step) in cases {
            let done =
                apply(&conversation, &Identity::default(), &step.command, &bot_channel(), now)
                    .is_ok();
            assert_eq!(done, allowed.contains(&action), "{name}: {action:?}");
        }
    }
}

#[test]
fn only_open_windows_are_told_to_end() {
    let live = State::ALL.map(|state| (state, state.is_live()));
    let expected =
        [(State::Open, true), (State::Expired, false), (State::Closed, false), (State::Bot, true)];
    assert_eq!(live, expected);
}
