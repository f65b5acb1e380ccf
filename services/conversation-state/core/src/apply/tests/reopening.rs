//! What the customer's messages do to a closed conversation.

use super::*;
use crate::channel::OnInboundWhenClosed::{self, Reopen, ReopenToBot, StayClosed};

/// The stories close at minute 10; the agent is found again for an hour.
const CLOSED_AT: i64 = 10;
const REUNION: TimeDelta = TimeDelta::hours(1);

fn channel(on_inbound_when_closed: OnInboundWhenClosed, bot_enabled: bool) -> Channel {
    Channel {
        bot_enabled,
        on_inbound_when_closed,
        reopen_to_last_agent_within: REUNION,
        ..Channel::default()
    }
}

/// Ali of sales had it, or the bot, when it was closed.
fn closed_with(handler: &str) -> Conversation {
    let close = closed(minute(CLOSED_AT));
    match handler {
        "bot" => after(&bot_channel(), &[wrote(hour(0)), close]),
        _ => after(&people_channel(), &[wrote(hour(0)), assigned(minute(1)), close]),
    }
}

#[test]
fn who_finds_a_closed_conversation_again() {
    let end = minute(CLOSED_AT) + REUNION;
    let soon = end;
    let later = end + MICROSECOND;
    let ali = "sales/ali";
    // name; setting; bot on; who had it; when the customer writes; who has it then
    let cases = [
        ("reopen at once", Reopen, false, ali, minute(11), ali),
        ("reopen at the last instant of the reunion", Reopen, false, ali, soon, ali),
        ("reopen a microsecond later: the team only", Reopen, false, ali, later, "sales/"),
        ("reopen months later: the team only", Reopen, false, ali, hour(9999), "sales/"),
        ("reopen while the channel has a bot", Reopen, true, ali, soon, ali),
        ("reopen later while the channel has a bot", Reopen, true, ali, later, "sales/"),
        ("reopen what the bot had", Reopen, true, "bot", soon, "bot"),
        ("reopen later what the bot had", Reopen, true, "bot", later, "bot"),
        ("reopen what the bot had, bot off by now", Reopen, false, "bot", soon, "bot"),
        ("to the bot at once", ReopenToBot, true, ali, soon, "bot"),
        ("to the bot later", ReopenToBot, true, ali, later, "bot"),
        ("to the bot that had it", ReopenToBot, true, "bot", soon, "bot"),
        ("to the bot that had it, later", ReopenToBot, true, "bot", later, "bot"),
        ("to a bot that is off: as reopen", ReopenToBot, false, ali, soon, ali),
        ("to a bot that is off, later: as reopen", ReopenToBot, false, ali, later, "sales/"),
        ("to the bot that had it and is off by now", ReopenToBot, false, "bot", soon, "bot"),
    ];
    for (name, setting, bot_on, before, at, expected) in cases {
        let closed = closed_with(before);
        for message in [wrote(at), called(at)] {
            let Applied { conversation, events } =
                step(&closed, &message, &channel(setting, bot_on));
            assert_eq!(handler(&conversation), expected, "{name}");
            let grown = i64::from(before != expected);
            assert_eq!(conversation.handler.epoch, closed.handler.epoch + grown, "{name}");
            assert_eq!(conversation.closing, None, "{name}");

            let state = if expected == "bot" { State::Bot } else { State::Open };
            let [event] = events.as_slice() else { panic!("{name}: {events:?}") };
            assert_eq!(event.event_type, EventType::Reopened, "{name}");
            assert_eq!(event.from_state, Some(State::Closed), "{name}");
            assert_eq!((event.to_state, &event.actor), (Some(state), &Actor::CUSTOMER), "{name}");
            assert_eq!(event.handler, conversation.handler, "{name}");
        }
    }
}

#[test]
fn a_closed_conversation_may_stay_closed() {
    for before in ["sales/ali", "bot"] {
        let closed = closed_with(before);
        let message = wrote(hour(2));
        let Applied { conversation, events } = step(&closed, &message, &channel(StayClosed, true));
        assert_eq!(conversation.state(hour(2)), State::Closed);
        assert_eq!(conversation.closing, closed.closing);
        assert_eq!(conversation.handler, closed.handler);
        assert_eq!(conversation.last_inbound_at, Some(hour(2)));
        assert_eq!(conversation.window_expires_at, Some(hour(26)), "the window moves");
        assert!(!conversation.awaiting_reply(), "closed ones don't count");
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(event.event_type, EventType::InboundRecorded);
        assert_eq!((event.from_state, event.to_state), (Some(State::Closed), Some(State::Closed)));

        // When somebody reopens it, the customer's message is found waiting.
        let reopened = step(&conversation, &reopen_by(ali(), hour(3)), &channel(StayClosed, true));
        assert!(reopened.conversation.awaiting_reply());
    }
}

#[test]
fn a_message_reopens_however_old_it_is() {
    let closed = after(
        &people_channel(),
        &[wrote(hour(30)), assigned(hour(31)), ali_said(hour(32)), closed(hour(33))],
    );
    let cases = [
        ("written before the closing", hour(32), hour(34), State::Open, hour(32)),
        ("written before all others", hour(1), hour(34), State::Open, hour(30)),
        ("told when every window has ended", hour(31), hour(99), State::Expired, hour(31)),
    ];
    for (name, said_at, now, state, last_inbound_at) in cases {
        let message = wrote(said_at).recorded(now);
        let Applied { conversation, events } = step(&closed, &message, &people_channel());
        assert_eq!(events.last().unwrap().event_type, EventType::Reopened, "{name}");
        assert_eq!(conversation.state(now), state, "{name}");
        assert_eq!(handler(&conversation), "sales/ali", "{name}");
        assert_eq!(conversation.last_inbound_at, Some(last_inbound_at), "{name}");
    }
}

#[test]
fn a_reaction_reopens_only_where_it_counts() {
    let closed = closed_with("sales/ali");
    let reaction = reacted(hour(1));
    for setting in [Reopen, ReopenToBot, StayClosed] {
        let applied = step(&closed, &reaction, &channel(setting, true));
        let unread =
            Conversation { version: closed.version + 1, update_time: hour(1), ..closed.clone() };
        assert_eq!(applied.conversation, unread, "{setting:?}");

        let counting = Channel { reactions_open_window: true, ..channel(setting, true) };
        let counted = step(&closed, &reaction, &counting).conversation;
        assert_eq!(counted.closing.is_some(), setting == StayClosed, "{setting:?}");
        assert_eq!(counted.window_expires_at, Some(hour(25)), "{setting:?}");
    }
}

#[test]
fn the_wait_begins_with_the_message_that_reopens() {
    let base = [wrote(minute(5)), ali_said(minute(10)), wrote(minute(15))];
    let cases = [
        ("what was unanswered at the closing was seen to", 3, minute(30), minute(30)),
        ("after an answered conversation", 2, minute(30), minute(30)),
        ("a late message, newer than the last answer", 3, minute(12), minute(12)),
        ("a late one that was answered: the newer one waits", 3, minute(7), minute(15)),
    ];
    for (name, steps, said_at, waiting_since) in cases {
        let story =
            [&base[..steps], &[closed(minute(20)), wrote(said_at).recorded(minute(30))]].concat();
        let conversation = after(&people_channel(), &story);
        assert!(conversation.awaiting_reply(), "{name}");
        assert_eq!(conversation.waiting_since, Some(waiting_since), "{name}");
    }

    let answered = [&base[..2], &[closed(minute(20)), wrote(minute(7)).recorded(minute(30))]];
    let conversation = after(&people_channel(), &answered.concat());
    assert!(!conversation.awaiting_reply(), "the agent answered after that message");
}
