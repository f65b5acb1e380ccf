//! Whether the customer waits for an answer, and since when.

use super::*;

#[test]
fn with_people() {
    let hello = || wrote(minute(5));
    let cases = [
        ("nobody wrote yet", vec![ali_template(minute(0))], None),
        ("the customer wrote", vec![hello()], Some(5)),
        ("the customer called", vec![called(minute(5))], Some(5)),
        ("since the first of several", vec![hello(), wrote(minute(8))], Some(5)),
        ("an agent answered", vec![hello(), ali_said(minute(6))], None),
        ("an agent answered with a template", vec![hello(), ali_template(minute(6))], None),
        (
            "someone answered from the phone app",
            vec![hello(), sent(minute(6), Actor::SOMEONE, OutboundKind::FreeForm)],
            None,
        ),
        ("the bot does not have it", vec![hello(), bot_said(minute(6))], Some(5)),
        ("the system's message is no answer", vec![hello(), system_said(minute(6))], Some(5)),
        ("the system's template is no answer", vec![hello(), system_template(minute(6))], Some(5)),
        ("written again", vec![hello(), ali_said(minute(6)), wrote(minute(7))], Some(7)),
        (
            "an older agent message is no answer",
            vec![hello(), ali_said(minute(4)).recorded(minute(6))],
            Some(5),
        ),
        (
            "it answers the earlier message, not the last",
            vec![hello(), wrote(minute(8)), ali_said(minute(6)).recorded(minute(9))],
            Some(8),
        ),
        (
            "a late message, older than the answer, is answered",
            vec![hello(), ali_said(minute(10)), wrote(minute(7)).recorded(minute(11))],
            None,
        ),
        (
            "a late message, newer than the answer, waits",
            vec![hello(), ali_said(minute(10)), wrote(minute(11)).recorded(minute(20))],
            Some(11),
        ),
        (
            "a late message makes the wait longer",
            vec![hello(), wrote(minute(3)).recorded(minute(6))],
            Some(3),
        ),
        ("a reaction is no message", vec![hello(), ali_said(minute(6)), reacted(minute(7))], None),
        ("an assignment answers nothing", vec![hello(), assigned(minute(6))], Some(5)),
        (
            "a hand-off among people asks nothing new",
            vec![hello(), ali_said(minute(6)), hand_off_by(ali(), "support", "", minute(7))],
            None,
        ),
        ("a closed one does not count", vec![hello(), closed(minute(6))], None),
        (
            "reopened by an agent, still unanswered",
            vec![hello(), closed(minute(6)), reopen_by(ali(), minute(7))],
            Some(5),
        ),
        (
            "answered while closed, then reopened",
            vec![hello(), closed(minute(6)), ali_said(minute(7)), reopen_by(ali(), minute(8))],
            None,
        ),
    ];
    check(&people_channel(), cases.into());
}

#[test]
fn with_the_bot() {
    let hello = || wrote(minute(5));
    let answered = || bot_said(minute(6));
    let to_sales = |at| hand_off_by(bot(), "sales", "", at);
    let cases = [
        ("the customer wrote to the bot", vec![hello()], Some(5)),
        ("the bot answered", vec![hello(), answered()], None),
        ("the bot's template is no answer", vec![hello(), bot_template(minute(6))], Some(5)),
        ("an agent's template is", vec![hello(), ali_template(minute(6))], None),
        ("the bot handed it off", vec![hello(), to_sales(minute(7))], Some(7)),
        (
            "the bot answered and handed it off",
            vec![hello(), answered(), to_sales(minute(7))],
            Some(7),
        ),
        (
            "an agent takes it from the bot by a hand-off",
            vec![hello(), answered(), hand_off_by(ali(), "", "ali", minute(7))],
            Some(7),
        ),
        (
            "handed off without any message of the customer",
            vec![bot_template(minute(0)), to_sales(minute(7))],
            Some(7),
        ),
        (
            "an agent answered after the hand-off",
            vec![hello(), to_sales(minute(7)), ali_said(minute(8))],
            None,
        ),
        (
            "what an agent wrote before the hand-off does not answer it",
            vec![hello(), to_sales(minute(7)), ali_template(minute(6)).recorded(minute(8))],
            Some(7),
        ),
        (
            "what the bot wrote before the hand-off does not either",
            vec![hello(), to_sales(minute(7)), bot_said(minute(6)).recorded(minute(8))],
            Some(7),
        ),
        (
            "the bot talks over the person",
            vec![hello(), to_sales(minute(7)), bot_said(minute(8)).knowing(1)],
            Some(7),
        ),
        (
            "a customer's message after the hand-off",
            vec![hello(), to_sales(minute(7)), wrote(minute(9))],
            Some(7),
        ),
        (
            "a late message from before the hand-off",
            vec![hello(), to_sales(minute(7)), wrote(minute(6)).recorded(minute(9))],
            Some(7),
        ),
        (
            "given back, and the bot answers",
            vec![hello(), to_sales(minute(7)), return_by(ali(), minute(8)), bot_said(minute(9))],
            None,
        ),
        (
            "given back, and the bot is silent",
            vec![hello(), to_sales(minute(7)), return_by(ali(), minute(8))],
            Some(7),
        ),
        (
            "an agent takes over with an answer",
            vec![hello(), answered(), ali_said(minute(7))],
            None,
        ),
        (
            "an agent takes over with an older message: the bot's answer counts no more",
            vec![wrote(minute(1)), hello(), answered(), ali_said(minute(4)).recorded(minute(9))],
            Some(5),
        ),
        (
            "nor for a customer's message that comes late",
            vec![
                wrote(minute(1)),
                bot_said(minute(9)),
                ali_said(minute(4)).recorded(minute(10)),
                hello().recorded(minute(11)),
            ],
            Some(5),
        ),
    ];
    check(&bot_channel(), cases.into());
}

/// The platform tells whole seconds, we keep microseconds: a message told as 12:00:05 may have
/// been written at any instant of that second.
#[test]
fn within_one_second() {
    let second = minute(5);
    let instant = second + TimeDelta::milliseconds(700);
    let handed_off = || hand_off_by(bot(), "sales", "", instant);
    let cases = [
        ("answered in the same second", vec![wrote(second), ali_said(second)], None),
        ("answered within it", vec![wrote(second), ali_said(instant)], None),
        (
            "written in the second of the answer, recorded after it",
            vec![wrote(minute(0)), ali_said(instant), wrote(second).recorded(minute(6))],
            Some(5),
        ),
        (
            "written in the second before the answer",
            vec![
                wrote(minute(0)),
                ali_said(instant),
                wrote(second - TimeDelta::seconds(1)).recorded(minute(6)),
            ],
            None,
        ),
        (
            "answered from the phone app in the second of the hand-off",
            vec![
                wrote(minute(0)),
                handed_off(),
                sent(second, Actor::SOMEONE, OutboundKind::FreeForm).recorded(minute(6)),
            ],
            None,
        ),
        (
            "a message told in microseconds is what it says",
            vec![wrote(minute(0)), ali_said(instant), wrote(instant - MICROSECOND)],
            None,
        ),
    ];
    check(&bot_channel(), cases.into());
}

/// Each story ends with the customer waiting since that minute, or not waiting.
fn check(channel: &Channel, cases: Vec<(&str, Vec<Step>, Option<i64>)>) {
    for (name, story, waiting_since_minute) in cases {
        let conversation = after(channel, &story);
        assert_eq!(conversation.awaiting_reply(), waiting_since_minute.is_some(), "{name}");
        if conversation.awaiting_reply() {
            assert_eq!(conversation.waiting_since, waiting_since_minute.map(minute), "{name}");
        }
    }
}
