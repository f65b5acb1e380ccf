//! What ids of one person, and conversations that turn out to be one person's, make of the facts.

use uuid::Uuid;

use super::*;
use crate::command::Identified;
use crate::event::EventType;

/// Another conversation of the same person, told as a story.
fn other(channel: &Channel, story: &[Step]) -> Conversation {
    let mut other = after(channel, story);
    other.id = ConversationId(Uuid::from_u128(2));
    other.contact_id = ContactId::parse("SA.1").unwrap();
    other
}

fn merged(current: &Conversation, others: Vec<Conversation>, last: &Step) -> Applied {
    let identity = Identity { ids: vec![], merged: others };
    match apply(current, &identity, &last.command, &people_channel(), last.now) {
        Ok(Outcome::Applied(applied)) => *applied,
        other => panic!("{other:?}"),
    }
}

/// Tells that they are one person's, and nothing else.
fn notice(now: Time) -> Step {
    Step::new(now, Command::Identified(Identified { occurred_at: now }))
}

fn together(one: &Conversation, two: &Conversation, now: Time) -> Conversation {
    merged(one, vec![two.clone()], &notice(now)).conversation
}

#[test]
fn a_message_that_merges_is_told_by_one_event() {
    let one = after(&people_channel(), &[wrote(hour(0)), assigned(hour(1))]);
    let two = other(&people_channel(), &[wrote(hour(2))]);
    let applied = merged(&one, vec![two.clone()], &wrote(hour(3)));
    let [event] = applied.events.as_slice() else { panic!("{:?}", applied.events) };
    assert_eq!(event.event_type, EventType::ConversationMerged);
    assert_eq!(
        (event.actor.kind, event.reason),
        (ActorKind::Customer, Some(Reason::Inbound(InboundKind::Message)))
    );
    assert_eq!(event.merged, [two.id]);
    let united = &applied.conversation;
    assert_eq!((united.id, united.version, event.version), (one.id, 3, 3));
    assert_eq!(united.handler.epoch, one.handler.epoch + 1);
    assert_eq!(
        united.contact_ids().map(ContactId::as_str).collect::<Vec<_>>(),
        ["966500000001", "SA.1"]
    );
    assert_eq!(united.last_inbound_at, Some(hour(3)));
}

#[test]
fn version_and_epoch_are_the_greater_plus_one() {
    let one = after(&people_channel(), &[wrote(hour(0))]);
    let story = [wrote(hour(1)), assigned(hour(2)), wrote(hour(3)), wrote(hour(3))];
    let two = other(&people_channel(), &story);
    let united = together(&one, &two, hour(4));
    assert_eq!((united.version, united.handler.epoch), (two.version + 1, two.handler.epoch + 1));
}

#[test]
fn who_has_it() {
    let with_bot = [wrote(hour(0))];
    let with_ali = [wrote(hour(0)), hand_off_by(bot(), "sales", "ali", hour(1))];
    let with_team = [wrote(hour(0)), hand_off_by(bot(), "care", "", hour(2))];
    let shut = [wrote(hour(0)), hand_off_by(bot(), "sales", "omar", hour(1)), closed(hour(2))];
    let cases: [(&str, &[Step], &[Step], &str); 5] = [
        ("people before the bot", &with_bot, &with_ali, "sales/ali"),
        ("also the survivor's", &with_ali, &with_bot, "sales/ali"),
        ("the last to take over", &with_ali, &with_team, "care/"),
        ("not what is closed", &shut, &with_bot, "bot"),
        ("nor the other's that is closed", &with_ali, &shut, "sales/ali"),
    ];
    for (name, one, two, expected) in cases {
        let one = after(&bot_channel(), one);
        let two = other(&bot_channel(), two);
        let united = together(&one, &two, hour(5));
        assert_eq!(handler(&united), expected, "{name}");
        assert!(united.closing.is_none(), "{name}: one of them was open");
    }
}

#[test]
fn both_closed_stay_closed_by_the_later() {
    let one = after(&people_channel(), &[wrote(hour(0)), closed(hour(3))]);
    let two = other(&people_channel(), &[wrote(hour(1)), closed(hour(2))]);
    let united = together(&one, &two, hour(4));
    assert_eq!(united.closing.as_ref().map(|closing| closing.at), Some(hour(3)));
    assert_eq!(united.state(hour(4)), State::Closed);
}

#[test]
fn who_waits_in_either_waits() {
    let asks = [wrote(hour(2))];
    let earlier = [wrote(hour(1))];
    let answered = [wrote(hour(1)), ali_said(hour(3))];
    let shut = [wrote(hour(1)), closed(hour(3))];
    let cases = [
        ("one answered", &answered[..], &asks[..], Some(hour(2))),
        ("both answered", &answered, &answered, None),
        ("the older wait", &asks, &earlier, Some(hour(1))),
        ("a closed one's question was seen to", &shut, &answered, None),
    ];
    for (name, one, two, expected) in cases {
        let one = after(&people_channel(), one);
        let two = other(&people_channel(), two);
        for (one, two) in [(&one, &two), (&two, &one)] {
            assert_eq!(together(one, two, hour(4)).waiting_since, expected, "{name}");
        }
    }
}

#[test]
fn the_newest_message_makes_the_window() {
    let old = after(&people_channel(), &[wrote(hour(0))]);
    let new = other(&people_channel(), &[wrote(hour(5))]);
    let corrected = other(&people_channel(), &[wrote(hour(1)), refused(hour(6))]);
    for (one, two) in [(&old, &new), (&new, &old)] {
        assert_eq!(together(one, two, hour(6)).window_expires_at, Some(hour(29)));
    }
    let united = together(&new, &corrected, hour(7));
    assert_eq!(united.window_expires_at, Some(hour(6) - MICROSECOND), "the platform was right");
}

#[test]
fn an_expiry_that_nobody_told_is_told_first() {
    let one = after(&people_channel(), &[wrote(hour(0))]);
    let two = other(&people_channel(), &[wrote(hour(1))]);
    let applied = merged(&one, vec![two], &wrote(hour(30)));
    let types: Vec<_> = applied.events.iter().map(|event| event.event_type).collect();
    assert_eq!(types, [EventType::Expired, EventType::ConversationMerged]);
    assert_eq!(applied.conversation.state(hour(30)), State::Open);
}

#[test]
fn ids_are_learned_with_messages_and_notices() {
    let ids = ["966500000001", "SA.1"].map(|id| ContactId::parse(id).unwrap()).to_vec();
    let identity = Identity { ids, merged: vec![] };
    let current = after(&people_channel(), &[wrote(hour(0))]);
    let learn = |current: &Conversation, step: &Step| {
        apply(current, &identity, &step.command, &people_channel(), step.now).unwrap()
    };
    for (step, expected) in
        [(wrote(hour(1)), EventType::InboundRecorded), (notice(hour(1)), EventType::AliasAdded)]
    {
        let Outcome::Applied(applied) = learn(&current, &step) else { panic!("it is new") };
        assert_eq!(applied.events[0].event_type, expected);
        assert_eq!((applied.conversation.version, applied.conversation.aliases.len()), (2, 1));
        assert_eq!(learn(&applied.conversation, &notice(hour(2))), Outcome::Unchanged);
    }
}

#[test]
fn an_id_that_changed_hands_is_released() {
    let mut current = after(&people_channel(), &[wrote(hour(0))]);
    let number = current.contact_id.clone();
    assert_eq!(release(&current, &number, hour(1)), None, "it is the only one");
    current.aliases.insert(ContactId::parse("SA.1").unwrap());
    let applied = release(&current, &number, hour(1)).unwrap();
    assert_eq!(applied.conversation.contact_id.as_str(), "SA.1");
    assert_eq!((applied.conversation.version, applied.events.len()), (2, 1));
    assert_eq!(applied.events[0].event_type, EventType::AliasRemoved);
    let others_id = ContactId::parse("1").unwrap();
    assert_eq!(release(&current, &others_id, hour(1)), None);
}
