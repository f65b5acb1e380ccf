//! The names by which values are kept and told. Whoever changes one must migrate what is kept.

use std::fmt::Debug;
use std::str::FromStr;

use conversation_state_core::{
    CloseReason, EventType, HandlerKind, MatchKind, OnInboundWhenClosed, State,
};

fn named<T>(table: &[(T, &str)])
where
    T: Copy + Debug + PartialEq + Into<&'static str> + FromStr<Err: Debug + PartialEq>,
{
    for &(value, name) in table {
        assert_eq!(value.into(), name);
        assert_eq!(name.parse(), Ok(value));
        assert!(name.to_lowercase().parse::<T>().is_err());
    }
}

#[test]
fn of_states_and_handlers() {
    named(&[
        (State::Open, "OPEN"),
        (State::Expired, "EXPIRED"),
        (State::Closed, "CLOSED"),
        (State::Bot, "BOT"),
    ]);
    named(&[(HandlerKind::Bot, "BOT"), (HandlerKind::Human, "HUMAN")]);
}

#[test]
fn of_events_and_what_they_tell() {
    named(&[
        (EventType::Created, "CREATED"),
        (EventType::InboundRecorded, "INBOUND_RECORDED"),
        (EventType::OutboundRecorded, "OUTBOUND_RECORDED"),
        (EventType::Closed, "CLOSED"),
        (EventType::Reopened, "REOPENED"),
        (EventType::HandedOff, "HANDED_OFF"),
        (EventType::ReturnedToBot, "RETURNED_TO_BOT"),
        (EventType::Assigned, "ASSIGNED"),
        (EventType::Expired, "EXPIRED"),
        (EventType::WindowCorrected, "WINDOW_CORRECTED"),
        (EventType::AliasAdded, "ALIAS_ADDED"),
        (EventType::AliasRemoved, "ALIAS_REMOVED"),
        (EventType::ConversationMerged, "CONVERSATION_MERGED"),
        (EventType::ContactErased, "CONTACT_ERASED"),
    ]);
    named(&[
        (CloseReason::Resolved, "RESOLVED"),
        (CloseReason::OrderCompleted, "ORDER_COMPLETED"),
        (CloseReason::NoResponse, "NO_RESPONSE"),
        (CloseReason::Spam, "SPAM"),
        (CloseReason::Other, "OTHER"),
    ]);
}

#[test]
fn of_the_settings_of_channels() {
    named(&[
        (OnInboundWhenClosed::Reopen, "REOPEN"),
        (OnInboundWhenClosed::ReopenToBot, "REOPEN_TO_BOT"),
        (OnInboundWhenClosed::StayClosed, "STAY_CLOSED"),
    ]);
    named(&[(MatchKind::Word, "WORD"), (MatchKind::Phrase, "PHRASE"), (MatchKind::Exact, "EXACT")]);
}
