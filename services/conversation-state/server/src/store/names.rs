//! The names by which the database knows the domain's values.

use conversation_state_core::{
    ActorKind, CloseReason, EventType, HandlerKind, InboundKind, OnInboundWhenClosed, OutboundKind,
    Reason, State,
};

use super::error::StoreError;

/// A value that is kept by its name.
pub(super) trait Named: Sized + Copy + PartialEq + 'static {
    /// Every value with its name.
    const NAMES: &'static [(Self, &'static str)];

    fn name(self) -> &'static str {
        // INVARIANT: NAMES is complete; a test below goes through what the compiler can't see.
        Self::NAMES.iter().find(|(value, _)| *value == self).map_or("", |(_, name)| name)
    }

    fn from_name(name: &str) -> Result<Self, StoreError> {
        let found = Self::NAMES.iter().find(|(_, known)| *known == name);
        found.map(|(value, _)| *value).ok_or_else(|| StoreError::UnknownName(name.to_owned()))
    }
}

macro_rules! named {
    ($type:ty { $($value:path => $name:literal),+ $(,)? }) => {
        impl Named for $type {
            const NAMES: &'static [(Self, &'static str)] = &[$(($value, $name)),+];
        }
    };
}

named!(State {
    State::Open => "OPEN",
    State::Expired => "EXPIRED",
    State::Closed => "CLOSED",
    State::Bot => "BOT",
});
named!(HandlerKind { HandlerKind::Bot => "BOT", HandlerKind::Human => "HUMAN" });
named!(ActorKind {
    ActorKind::Agent => "AGENT",
    ActorKind::Bot => "BOT",
    ActorKind::System => "SYSTEM",
    ActorKind::Customer => "CUSTOMER",
});
named!(CloseReason {
    CloseReason::Resolved => "RESOLVED",
    CloseReason::OrderCompleted => "ORDER_COMPLETED",
    CloseReason::NoResponse => "NO_RESPONSE",
    CloseReason::Spam => "SPAM",
    CloseReason::Other => "OTHER",
});
named!(EventType {
    EventType::Created => "CREATED",
    EventType::InboundRecorded => "INBOUND_RECORDED",
    EventType::OutboundRecorded => "OUTBOUND_RECORDED",
    EventType::Closed => "CLOSED",
    EventType::Reopened => "REOPENED",
    EventType::HandedOff => "HANDED_OFF",
    EventType::ReturnedToBot => "RETURNED_TO_BOT",
    EventType::Assigned => "ASSIGNED",
    EventType::Expired => "EXPIRED",
    EventType::WindowCorrected => "WINDOW_CORRECTED",
});
named!(InboundKind {
    InboundKind::Message => "MESSAGE",
    InboundKind::Call => "CALL",
    InboundKind::Reaction => "REACTION",
});
named!(OutboundKind {
    OutboundKind::FreeForm => "FREE_FORM",
    OutboundKind::Template => "TEMPLATE",
});
named!(OnInboundWhenClosed {
    OnInboundWhenClosed::Reopen => "REOPEN",
    OnInboundWhenClosed::ReopenToBot => "REOPEN_TO_BOT",
    OnInboundWhenClosed::StayClosed => "STAY_CLOSED",
});

/// A reason's name is that of what it holds: no two of them are alike.
pub(super) fn reason_name(reason: Reason) -> &'static str {
    match reason {
        Reason::Inbound(kind) => kind.name(),
        Reason::Outbound(kind) => kind.name(),
        Reason::Close(reason) => reason.name(),
    }
}
