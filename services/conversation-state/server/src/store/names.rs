//! The names by which the database knows the domain's values.

use std::error::Error;

use bytes::BytesMut;
use conversation_state_core::{
    ActorKind, CloseReason, EventType, HandlerKind, InboundKind, MatchKind, OnInboundWhenClosed,
    OutboundKind, Reason, State,
};
use postgres_types::{FromSql, IsNull, Kind, ToSql, Type, to_sql_checked};

use super::error::StoreError;

/// A value that is kept by its name.
pub(crate) trait Named: Sized + Copy + PartialEq + 'static {
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
    ($type:ty { $($value:expr => $name:literal),+ $(,)? }) => {
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
    EventType::AliasAdded => "ALIAS_ADDED",
    EventType::AliasRemoved => "ALIAS_REMOVED",
    EventType::ConversationMerged => "CONVERSATION_MERGED",
});
named!(OnInboundWhenClosed {
    OnInboundWhenClosed::Reopen => "REOPEN",
    OnInboundWhenClosed::ReopenToBot => "REOPEN_TO_BOT",
    OnInboundWhenClosed::StayClosed => "STAY_CLOSED",
});

named!(MatchKind {
    MatchKind::Word => "WORD",
    MatchKind::Phrase => "PHRASE",
    MatchKind::Exact => "EXACT",
});
// A reason's name is that of what it holds: no two of them are alike.
named!(Reason {
    Reason::Inbound(InboundKind::Message) => "MESSAGE",
    Reason::Inbound(InboundKind::Call) => "CALL",
    Reason::Inbound(InboundKind::Reaction) => "REACTION",
    Reason::Outbound(OutboundKind::FreeForm) => "FREE_FORM",
    Reason::Outbound(OutboundKind::Template) => "TEMPLATE",
    Reason::Close(CloseReason::Resolved) => "RESOLVED",
    Reason::Close(CloseReason::OrderCompleted) => "ORDER_COMPLETED",
    Reason::Close(CloseReason::NoResponse) => "NO_RESPONSE",
    Reason::Close(CloseReason::Spam) => "SPAM",
    Reason::Close(CloseReason::Other) => "OTHER",
});

/// A value on its way to or from the database: one of an enum type there, or a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stored<T>(pub(super) T);

fn is_named(ty: &Type) -> bool {
    *ty == Type::TEXT || matches!(ty.kind(), Kind::Enum(_))
}

impl<T: Named + std::fmt::Debug> ToSql for Stored<T> {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0.name().as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        is_named(ty)
    }

    to_sql_checked!();
}

impl<'a, T: Named> FromSql<'a> for Stored<T> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(T::from_name(std::str::from_utf8(raw)?)?))
    }

    fn accepts(ty: &Type) -> bool {
        is_named(ty)
    }
}
