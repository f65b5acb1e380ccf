//! What the log tells: one event for each write, and versions without a gap.

use super::*;

#[test]
fn a_day_in_events() {
    use EventType::{
        Assigned, Closed, Created, HandedOff, InboundRecorded, OutboundRecorded, Reopened,
        ReturnedToBot, WindowCorrected,
    };
    use State::{Bot, Expired, Open};
    let day = [
        (wrote(hour(0)), Created, Bot),
        (bot_said(hour(1)), OutboundRecorded, Bot),
        (wrote(hour(2)), InboundRecorded, Bot),
        (hand_off_by(bot(), "sales", "", hour(3)).knowing(1), HandedOff, Open),
        (assign_by(ali(), "sales", "ali", hour(4)), Assigned, Open),
        (ali_said(hour(5)), OutboundRecorded, Open),
        (close_by(ali(), false, hour(6)), Closed, State::Closed),
        (wrote(hour(7)), Reopened, Open),
        (return_by(ali(), hour(8)), ReturnedToBot, Bot),
        (ali_said(hour(9)), OutboundRecorded, Open),
        (refused(hour(10)), WindowCorrected, Expired),
        (wrote(hour(11)), InboundRecorded, Open),
        (closed(hour(12)), Closed, State::Closed),
        (reopen_by(Actor::SYSTEM, hour(13)), Reopened, Open),
    ];
    let story: Vec<Step> = day.iter().map(|(step, ..)| step.clone()).collect();
    let mut from = None;
    for (count, (step, event_type, to)) in day.into_iter().enumerate() {
        let (before, applied) = tell(&bot_channel(), &story[..=count]);
        let conversation = applied.conversation;
        let [event] = applied.events.as_slice() else { panic!("{:?}", applied.events) };
        assert_eq!(event.event_type, event_type);
        assert_eq!((event.from_state, event.to_state), (from, Some(to)), "{event_type:?}");
        assert_eq!(conversation.version, i64::try_from(count).unwrap() + 1);
        assert_eq!(event.version, conversation.version);
        assert_eq!(conversation.announced_state, to);
        assert_eq!(conversation.update_time, step.now);
        assert_eq!(event.handler, conversation.handler);
        assert_eq!(conversation.create_time, hour(0));
        if let Some(before) = before {
            assert_eq!((conversation.id, conversation.contact_id), (before.id, before.contact_id));
        }
        from = Some(to);
    }
}

#[test]
fn messages_tell_when_they_were_written_commands_when_they_were_given() {
    let cases = [
        ("a late message", wrote(hour(1)).recorded(hour(9)), hour(1)),
        ("a late outbound message", ali_said(hour(1)).recorded(hour(9)), hour(1)),
        ("a late report", refused(hour(2)).recorded(hour(9)), hour(2)),
        ("a closing", closed(hour(9)), hour(9)),
        ("an assignment", assigned(hour(9)), hour(9)),
    ];
    for (name, last, occurred_at) in cases {
        let (_, applied) = tell(&people_channel(), &[wrote(hour(0)), last]);
        assert_eq!(applied.events[0].occurred_at, occurred_at, "{name}");
        assert_eq!(applied.conversation.update_time, hour(9), "{name}");
    }
}

#[test]
fn notes_are_told() {
    let note = Some("see the order".to_owned());
    let ended = after(&bot_channel(), &[ali_template(hour(0)), closed(hour(1))]);
    let open = after(&bot_channel(), &[ali_template(hour(0)), wrote(hour(1))]);
    let cases = [
        (&ended, Command::Reopen(Reopen { actor: ali(), note: note.clone() })),
        (&open, Command::ReturnToBot(ReturnToBot { actor: ali(), note: note.clone() })),
    ];
    for (before, command) in cases {
        let applied = step(before, &Step::new(hour(2), command), &bot_channel());
        assert_eq!(applied.events[0].note, note);
    }
}
