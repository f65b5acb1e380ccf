//! Why a command may not be.

use thiserror::Error;

/// A transition that the conversation's state or handler forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
pub enum Refusal {
    /// It is closed, and so was the wish.
    #[error("the conversation is closed already")]
    AlreadyClosed,
    /// It is closed; it must be reopened first.
    #[error("the conversation is closed; reopen it first")]
    Closed,
    /// Only a closed one can be reopened.
    #[error("the conversation is not closed")]
    NotClosed,
    /// The customer waits for an answer.
    #[error("the customer's last message is unanswered; answer it or set acknowledge_unanswered")]
    LastMessageUnanswered,
    /// Neither the bot nor the system closes.
    #[error("only an agent may close a conversation")]
    OnlyAgentMayClose,
    /// The channel's bot is off.
    #[error("the channel's bot is off; turn it on with UpsertChannel")]
    BotDisabled,
    /// The bot has the conversation.
    #[error("the bot has the conversation; hand it off first")]
    BotIsHandler,
    /// The handler changed since the caller looked.
    #[error("the handler has changed; read the conversation again")]
    HandlerEpochStale,
    /// A bot hands off only what it has; the rest is an agent's or the system's.
    #[error("a bot may only hand off, and only what it has, with the current epoch")]
    ActorNotAllowed,
    /// What the bots gathered, together, is more than a conversation holds.
    #[error("together with what is known, collected exceeds 64 keys or 4096 bytes")]
    CollectedTooLarge,
}

impl Refusal {
    /// The name that clients know it by.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::AlreadyClosed => "CONVERSATION_ALREADY_CLOSED",
            Self::Closed => "CONVERSATION_CLOSED",
            Self::NotClosed => "CONVERSATION_NOT_CLOSED",
            Self::LastMessageUnanswered => "LAST_MESSAGE_UNANSWERED",
            Self::OnlyAgentMayClose => "ONLY_AGENT_MAY_CLOSE",
            Self::BotDisabled => "BOT_DISABLED",
            Self::BotIsHandler => "BOT_IS_HANDLER",
            Self::HandlerEpochStale => "HANDLER_EPOCH_STALE",
            Self::ActorNotAllowed => "ACTOR_NOT_ALLOWED",
            Self::CollectedTooLarge => "COLLECTED_TOO_LARGE",
        }
    }
}
