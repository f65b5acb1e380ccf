//! Passing a conversation on: hand-off, return to the bot, assignment; and the handler's epoch,
//! which grows exactly when kind, team or agent changes.

use super::*;

#[test]
fn who_has_it_after_it_was_passed_on() {
    use EventType::{Assigned, HandedOff, ReturnedToBot};
    // The bot's at epoch 1; people's (sales/ali) at epoch 2.
    let with_bot = after(&bot_channel(), &[wrote(minute(0))]);
    let first = hand_off_by(ali(), "sales", "ali", minute(1));
    let people = step(&with_bot, &first, &bot_channel()).conversation;
    let system = Actor::SYSTEM;
    let now = minute(5);
    // name; before; the command; who has it then; does the epoch grow; the event
    let cases = [
        (
            "bot to a team",
            &with_bot,
            hand_off_by(bot(), "sales", "", now),
            "sales/",
            true,
            HandedOff,
        ),
        ("bot to a person", &with_bot, hand_off_by(bot(), "", "ali", now), "/ali", true, HandedOff),
        ("bot to anyone", &with_bot, hand_off_by(bot(), "", "", now), "/", true, HandedOff),
        (
            "bot that knows its epoch",
            &with_bot,
            hand_off_by(bot(), "sales", "", now).knowing(1),
            "sales/",
            true,
            HandedOff,
        ),
        ("agent takes it", &with_bot, hand_off_by(ali(), "", "ali", now), "/ali", true, HandedOff),
        (
            "a rule takes it",
            &with_bot,
            hand_off_by(system.clone(), "sales", "", now),
            "sales/",
            true,
            HandedOff,
        ),
        (
            "person to another team",
            &people,
            hand_off_by(ali(), "support", "", now),
            "support/",
            true,
            HandedOff,
        ),
        (
            "person, who knows the epoch",
            &people,
            hand_off_by(ali(), "sales", "mona", now).knowing(2),
            "sales/mona",
            true,
            HandedOff,
        ),
        (
            "person to whom it is already",
            &people,
            hand_off_by(ali(), "sales", "ali", now),
            "sales/ali",
            false,
            HandedOff,
        ),
        ("back to the bot", &people, return_by(ali(), now), "bot", true, ReturnedToBot),
        ("back by the system", &people, return_by(system.clone(), now), "bot", true, ReturnedToBot),
        (
            "another agent",
            &people,
            assign_by(ali(), "sales", "mona", now),
            "sales/mona",
            true,
            Assigned,
        ),
        (
            "another team",
            &people,
            assign_by(system, "support", "", now),
            "support/",
            true,
            Assigned,
        ),
        ("to nobody", &people, assign_by(ali(), "", "", now), "/", true, Assigned),
        ("as it is", &people, assign_by(ali(), "sales", "ali", now), "sales/ali", false, Assigned),
    ];
    for (name, before, pass_on, expected, grows, event_type) in cases {
        let Applied { conversation, events } = step(before, &pass_on, &bot_channel());
        assert_eq!(handler(&conversation), expected, "{name}");
        let epoch = before.handler.epoch + i64::from(grows);
        assert_eq!(conversation.handler.epoch, epoch, "{name}");
        let since = if grows { now } else { before.handler_since };
        assert_eq!(conversation.handler_since, since, "{name}");
        assert_eq!(conversation.version, before.version + 1, "{name}: a write all the same");
        assert_eq!(conversation.window_expires_at, before.window_expires_at, "{name}");

        let state = if expected == "bot" { State::Bot } else { State::Open };
        let [event] = events.as_slice() else { panic!("{name}: {events:?}") };
        assert_eq!(event.event_type, event_type, "{name}");
        assert_eq!(event.from_state, Some(before.announced_state), "{name}");
        assert_eq!(event.to_state, Some(state), "{name}");
        assert_eq!(event.handler, conversation.handler, "{name}");
        assert_eq!(event.occurred_at, now, "{name}");
    }
}

#[test]
fn an_expired_conversation_is_passed_on_all_the_same() {
    let with_bot = after(&bot_channel(), &[wrote(hour(0))]);
    let late = hour(30);
    let people = step(&with_bot, &hand_off_by(bot(), "sales", "", late), &bot_channel());
    assert_eq!(people.conversation.state(late), State::Expired);
    assert_eq!(handler(&people.conversation), "sales/");
    let back = step(&people.conversation, &return_by(ali(), late), &bot_channel());
    assert_eq!(back.conversation.state(late), State::Expired);
    assert_eq!(handler(&back.conversation), "bot");
}

#[test]
fn a_bot_that_is_turned_off_may_still_hand_off() {
    let with_bot = after(&bot_channel(), &[wrote(hour(0))]);
    let ask = hand_off_by(bot(), "sales", "", hour(1)).knowing(1);
    let people = step(&with_bot, &ask, &people_channel()).conversation;
    assert_eq!(handler(&people), "sales/");
}

#[test]
fn what_the_bot_gathered_is_kept_and_added_to() {
    let hand_off = |at: Time, collected: &[(&str, &str)]| {
        let collected = collected.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let ask = HandOff {
            actor: bot(),
            team: team("sales"),
            agent: None,
            note: Some("asks for a price".to_owned()),
            collected,
            handler_epoch: None,
        };
        Step::new(at, Command::HandOff(ask))
    };
    let story = [
        wrote(minute(0)),
        hand_off(minute(1), &[("name", "منى"), ("order", "1")]),
        return_by(ali(), minute(2)),
        hand_off(minute(3), &[("order", "2"), ("city", "جدة")]),
    ];
    let (_, applied) = tell(&bot_channel(), &story);
    let collected: Vec<_> =
        applied.conversation.collected.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(collected, [("city", "جدة"), ("name", "منى"), ("order", "2")]);
    assert_eq!(applied.events[0].note.as_deref(), Some("asks for a price"));
}
