//! Keywords, while the bot has the conversation.

use super::*;
use crate::channel::OnInboundWhenClosed;
use crate::event::EventType;
use crate::routing::{Keyword, MatchKind, Routing, RoutingRule, RuleId};

/// The bot's channel, on which "sales" goes to the sales team.
fn channel() -> Channel {
    let sales = RoutingRule {
        id: RuleId::parse("to-sales").unwrap(),
        keywords: vec![Keyword::parse("sales").unwrap()],
        match_kind: MatchKind::Word,
        team: TeamId::parse("sales").unwrap(),
        priority: 0,
        enabled: true,
    };
    Channel { routing: Routing::new(vec![sales]), ..bot_channel() }
}

fn says(text: &str, at: Time) -> Step {
    let mut step = wrote(at);
    if let Command::Inbound(message) = &mut step.command {
        message.text = Some(text.to_owned());
    }
    step
}

/// An event, by which rule, and who has the conversation after it at which epoch.
type Told = (EventType, Option<&'static str>, &'static str, i64);

/// The last event, by which rule, and who has the conversation after it at which epoch.
fn told(applied: &Applied) -> (EventType, Option<&str>, String, i64) {
    let event = applied.events.last().unwrap();
    let rule = event.routed_by.as_ref().map(RuleId::as_str);
    let conversation = &applied.conversation;
    (event.event_type, rule, handler(conversation), conversation.handler.epoch)
}

#[test]
fn a_keyword_passes_it_on_while_the_bot_has_it() {
    let routed = Some("to-sales");
    let cases: [(&str, Channel, Vec<Step>, Told); 7] = [
        (
            "the first message",
            channel(),
            vec![says("SALES please", hour(0))],
            (EventType::Created, routed, "sales/", 2),
        ),
        (
            "a later message",
            channel(),
            vec![wrote(hour(0)), says("sales?", hour(1))],
            (EventType::HandedOff, routed, "sales/", 2),
        ),
        (
            "other words",
            channel(),
            vec![wrote(hour(0)), says("hello", hour(1))],
            (EventType::InboundRecorded, None, "bot", 1),
        ),
        (
            "people have it",
            channel(),
            vec![wrote(hour(0)), hand_off_by(bot(), "care", "", hour(1)), says("sales", hour(2))],
            (EventType::InboundRecorded, None, "care/", 2),
        ),
        (
            "it had been closed",
            channel(),
            vec![wrote(hour(0)), closed(hour(1)), says("sales", hour(2))],
            (EventType::Reopened, routed, "sales/", 2),
        ),
        (
            "it goes to the bot and on",
            Channel { on_inbound_when_closed: OnInboundWhenClosed::ReopenToBot, ..channel() },
            vec![wrote(hour(0)), ali_said(hour(0)), closed(hour(1)), says("sales", hour(2))],
            (EventType::Reopened, routed, "sales/", 4),
        ),
        (
            "it stays closed",
            Channel { on_inbound_when_closed: OnInboundWhenClosed::StayClosed, ..channel() },
            vec![wrote(hour(0)), closed(hour(1)), says("sales", hour(2))],
            (EventType::InboundRecorded, None, "bot", 1),
        ),
    ];
    for (name, channel, story, expected) in cases {
        let (_, applied) = tell(&channel, &story);
        let (event_type, rule, handler, epoch) = told(&applied);
        assert_eq!((event_type, rule, handler.as_str(), epoch), expected, "{name}");
    }
}

#[test]
fn a_bot_that_was_turned_off_still_passes_on_what_it_has() {
    let current = after(&channel(), &[wrote(hour(0))]);
    let off = Channel { bot_enabled: false, ..channel() };
    let applied = step(&current, &says("sales", hour(1)), &off);
    assert_eq!(told(&applied), (EventType::HandedOff, Some("to-sales"), "sales/".into(), 2));
}

#[test]
fn who_is_passed_on_waits_since_then() {
    let story = [wrote(hour(0)), bot_said(hour(0)), says("sales", hour(1)).recorded(hour(2))];
    let conversation = after(&channel(), &story);
    assert_eq!(conversation.waiting_since, Some(hour(2)));
    assert_eq!(conversation.last_inbound_at, Some(hour(1)));
}

#[test]
fn a_bot_that_did_not_notice_is_out_of_turn() {
    let story = [wrote(hour(0)), says("sales", hour(1)), bot_said(hour(2)).knowing(1)];
    let (_, applied) = tell(&channel(), &story);
    assert!(applied.events[0].out_of_turn && applied.conversation.awaiting_reply());
}
