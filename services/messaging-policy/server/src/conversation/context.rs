//! What is asked about a conversation and what is told, parsed once.

use std::fmt;

use azeer_domain::{ChannelId, ContactId, ConversationId, MessageId, Target, TenantId, Time};
use azeer_edge::tell;
use azeer_proto::conversation::v1 as pb;
use chrono::{DateTime, TimeDelta};
use tokio::time::Instant;
use uuid::Uuid;

/// A question about one conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The tenant.
    pub tenant: TenantId,
    /// Which conversation.
    pub subject: Target,
    /// Messages to verify: are they the customer's, in this very conversation? At most 10.
    pub inbound_messages: Vec<MessageId>,
}

/// What is known of a conversation at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// The instant of the facts, by conversation-state's database.
    pub as_of: Time,
    /// When the facts were asked for, by this process's monotonic clock: before `as_of`.
    pub read_at: Instant,
    /// The facts; none: there is no such conversation.
    pub conversation: Option<Facts>,
}

impl Context {
    /// The time of an instant, by conversation-state's clock. It is never earlier than the true
    /// one, and later by no more than it took to ask: a window may be judged by it.
    #[must_use]
    pub fn time_at(&self, instant: Instant) -> Time {
        let passed = instant.saturating_duration_since(self.read_at);
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        self.as_of.checked_add_signed(passed).unwrap_or(Time::MAX_UTC)
    }
}

/// The facts about a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The conversation; of one that was merged away, what it became.
    pub id: ConversationId,
    /// Grows by one at each write.
    pub version: i64,
    /// The business phone number.
    pub channel: ChannelId,
    /// All ids of the contact: the conversation's own first.
    pub contacts: Vec<ContactId>,
    /// Whether it is closed.
    pub closed: bool,
    /// Who has it.
    pub handler: Handler,
    /// The last instant of the window; none: there is no window.
    pub window_expires_at: Option<Time>,
    /// When the customer last wrote; none: never.
    pub last_inbound_at: Option<Time>,
    /// Of the messages asked about, those that the customer sent in it.
    pub inbound_messages: Vec<InboundMessage>,
}

/// Who has a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handler {
    /// The bot or people.
    pub kind: HandlerKind,
    /// Grows with each change of handler.
    pub epoch: i64,
}

/// The kinds of handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandlerKind {
    /// The channel's bot.
    Bot,
    /// A team, an agent, or people in general.
    Human,
}

/// A message that the customer sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundMessage {
    /// The platform's id.
    pub id: MessageId,
    /// When, by the platform's clock.
    pub occurred_at: Time,
}

/// An answer that is not what the contract says: the field that is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable(&'static str);

impl Unreadable {
    /// There is not one context for each request.
    pub(super) const CONTEXTS: Self = Self("contexts");
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the answer's {} cannot be read", self.0)
    }
}

// === impl Ask ===

impl From<&Ask> for pb::GetSendContextRequest {
    fn from(ask: &Ask) -> Self {
        let (conversation_id, contact) = tell::target(&ask.subject);
        Self {
            tenant_id: ask.tenant.to_string(),
            conversation_id,
            contact,
            inbound_message_ids: ask.inbound_messages.iter().map(ToString::to_string).collect(),
        }
    }
}

// === impl Facts ===

impl TryFrom<pb::SendContext> for Facts {
    type Error = Unreadable;

    fn try_from(told: pb::SendContext) -> Result<Self, Unreadable> {
        let messages = told.inbound_messages.iter().map(InboundMessage::try_from);
        let mut contacts: Vec<ContactId> = Vec::with_capacity(told.contact_ids.len());
        for id in &told.contact_ids {
            let id = ContactId::parse(id).map_err(|_| Unreadable("contact_ids"))?;
            // What is counted for an id counts once.
            if !contacts.contains(&id) {
                contacts.push(id);
            }
        }
        if contacts.is_empty() {
            return Err(Unreadable("contact_ids"));
        }
        Ok(Self {
            id: Uuid::try_parse(&told.conversation_id)
                .map(ConversationId)
                .map_err(|_| Unreadable("conversation_id"))?,
            version: told.version,
            channel: ChannelId::parse(&told.channel_id).map_err(|_| Unreadable("channel_id"))?,
            contacts,
            closed: told.closed,
            handler: told.handler.as_ref().ok_or(Unreadable("handler"))?.try_into()?,
            window_expires_at: optional_time(told.window_expires_at, "window_expires_at")?,
            last_inbound_at: optional_time(told.last_inbound_at, "last_inbound_at")?,
            inbound_messages: messages.collect::<Result<_, _>>()?,
        })
    }
}

impl TryFrom<&pb::Handler> for Handler {
    type Error = Unreadable;

    fn try_from(told: &pb::Handler) -> Result<Self, Unreadable> {
        let kind = match told.kind() {
            pb::HandlerKind::Bot => HandlerKind::Bot,
            pb::HandlerKind::Human => HandlerKind::Human,
            pb::HandlerKind::Unspecified => return Err(Unreadable("handler.kind")),
        };
        Ok(Self { kind, epoch: told.epoch })
    }
}

impl TryFrom<&pb::InboundMessage> for InboundMessage {
    type Error = Unreadable;

    fn try_from(told: &pb::InboundMessage) -> Result<Self, Unreadable> {
        const FIELD: &str = "inbound_messages";
        let id = MessageId::parse(&told.message_id).map_err(|_| Unreadable(FIELD))?;
        Ok(Self { id, occurred_at: time(told.occurred_at, FIELD)? })
    }
}

/// An instant that must be there.
pub(super) fn time(
    told: Option<prost_types::Timestamp>,
    field: &'static str,
) -> Result<Time, Unreadable> {
    optional_time(told, field)?.ok_or(Unreadable(field))
}

fn optional_time(
    told: Option<prost_types::Timestamp>,
    field: &'static str,
) -> Result<Option<Time>, Unreadable> {
    let parse = |at: prost_types::Timestamp| {
        DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?)
    };
    told.map(|at| parse(at).ok_or(Unreadable(field))).transpose()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    type Spoil = fn(&mut pb::SendContext);

    fn told() -> pb::SendContext {
        let at = |seconds| Some(prost_types::Timestamp { seconds, nanos: 1_000 });
        pb::SendContext {
            found: true,
            conversation_id: Uuid::nil().to_string(),
            channel_id: "main".into(),
            contact_ids: vec!["100".into(), "SA.1".into(), "100".into()],
            closed: true,
            handler: Some(pb::Handler {
                kind: pb::HandlerKind::Human.into(),
                epoch: 3,
                ..Default::default()
            }),
            window_expires_at: at(1),
            last_inbound_at: at(2),
            version: 7,
            inbound_messages: vec![pb::InboundMessage {
                message_id: "m1".into(),
                occurred_at: at(3),
            }],
        }
    }

    #[test]
    fn facts_are_what_was_told() {
        let at = |seconds| Time::from_timestamp(seconds, 1_000).unwrap();
        let expected = Facts {
            id: ConversationId(Uuid::nil()),
            version: 7,
            channel: ChannelId::parse("main").unwrap(),
            contacts: ["100", "SA.1"].map(|id| ContactId::parse(id).unwrap()).to_vec(),
            closed: true,
            handler: Handler { kind: HandlerKind::Human, epoch: 3 },
            window_expires_at: Some(at(1)),
            last_inbound_at: Some(at(2)),
            inbound_messages: vec![InboundMessage {
                id: MessageId::parse("m1").unwrap(),
                occurred_at: at(3),
            }],
        };
        assert_eq!(Facts::try_from(told()), Ok(expected));
        let never = pb::SendContext { window_expires_at: None, last_inbound_at: None, ..told() };
        let never = Facts::try_from(never).unwrap();
        assert_eq!((never.window_expires_at, never.last_inbound_at), (None, None));
    }

    #[test]
    fn what_the_contract_does_not_allow_is_no_fact() {
        let spoil: [(_, Spoil); 8] = [
            ("conversation_id", |c| c.conversation_id.clear()),
            ("channel_id", |c| c.channel_id.clear()),
            ("contact_ids", |c| c.contact_ids[1].clear()),
            ("contact_ids", |c| c.contact_ids.clear()),
            ("handler", |c| c.handler = None),
            ("handler.kind", |c| c.handler.as_mut().unwrap().kind = 9),
            ("window_expires_at", |c| c.window_expires_at.as_mut().unwrap().nanos = -1),
            ("inbound_messages", |c| c.inbound_messages[0].occurred_at = None),
        ];
        for (field, spoil) in spoil {
            let mut context = told();
            spoil(&mut context);
            assert_eq!(Facts::try_from(context), Err(Unreadable(field)));
        }
    }

    #[test]
    fn time_goes_on_from_when_it_was_asked() {
        let as_of = Time::from_timestamp(1_000, 0).unwrap();
        let read_at = Instant::now();
        let context = Context { as_of, read_at, conversation: None };
        assert_eq!(context.time_at(read_at), as_of);
        let later = read_at + Duration::from_micros(1_500);
        assert_eq!(context.time_at(later), as_of + TimeDelta::microseconds(1_500));
    }
}
