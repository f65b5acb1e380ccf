//! The facts about one conversation. Which state they make lives in [`crate::state`], how they
//! change in [`crate::apply`].

use std::collections::{BTreeMap, BTreeSet};

use azeer_domain::{Actor, AgentId, ChannelId, ContactId, ConversationId, TeamId, Time};
use strum::{EnumString, IntoStaticStr};

use crate::command::CloseReason;
use crate::state::State;

/// One contact's conversation with one channel: there is exactly one, for life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The channel.
    pub channel_id: ChannelId,
    /// The contact, by the id that names the conversation: the one met first, as long as it is theirs.
    pub contact_id: ContactId,
    /// The contact's other ids.
    pub aliases: BTreeSet<ContactId>,
    /// The contact's name as last told.
    pub contact_name: Option<String>,
    /// Who handles it.
    pub handler: Handler,
    /// When the handler last changed.
    pub handler_since: Time,
    /// When the customer last wrote or called.
    pub last_inbound_at: Option<Time>,
    /// When the business last wrote.
    pub last_outbound_at: Option<Time>,
    /// The last instant of the window.
    pub window_expires_at: Option<Time>,
    /// The platform said that at this instant the window was closed: only a message after it
    /// opens one again.
    pub window_closed_at: Option<Time>,
    /// The customer's messages before this instant need no answer: one was given, or the bot
    /// passed the conversation on.
    pub answered_until: Option<Time>,
    /// Since when the customer waits for an answer. Kept while the conversation is closed.
    pub waiting_since: Option<Time>,
    /// Templates sent since the customer last wrote.
    pub unanswered_templates: i32,
    /// What the bot gathered.
    pub collected: BTreeMap<String, String>,
    /// Its closing, if it is closed.
    pub closing: Option<Closing>,
    /// The state that the log last told. Time alone can make it out of date, and only from OPEN
    /// or BOT to EXPIRED: then the expiry is still to be announced.
    pub announced_state: State,
    /// When it was first recorded.
    pub create_time: Time,
    /// When it was last written.
    pub update_time: Time,
    /// Grows by one with each write.
    pub version: i64,
}

/// Who handles a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// The bot or people.
    pub kind: HandlerKind,
    /// The team, if people handle it.
    pub team: Option<TeamId>,
    /// The agent, if people handle it.
    pub agent: Option<AgentId>,
    /// Grows by one whenever kind, team or agent changes.
    pub epoch: i64,
}

/// The kinds of handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum HandlerKind {
    /// The channel's bot.
    Bot,
    /// People.
    Human,
}

/// How a conversation was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// When.
    pub at: Time,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: CloseReason,
}

impl Conversation {
    /// Whether the customer waits for an answer. Closed conversations don't count.
    #[must_use]
    pub fn awaiting_reply(&self) -> bool {
        self.closing.is_none() && self.waiting_since.is_some()
    }

    /// Whether the window has ended and the log has not told it yet.
    #[must_use]
    pub fn expiry_is_due(&self, now: Time) -> bool {
        self.announced_state.is_live() && self.state(now) == State::Expired
    }

    /// Lets someone else handle it from `now` on; the epoch grows if that is a change.
    pub(crate) fn set_handler(
        &mut self,
        kind: HandlerKind,
        team: Option<TeamId>,
        agent: Option<AgentId>,
        now: Time,
    ) {
        let same =
            self.handler.kind == kind && self.handler.team == team && self.handler.agent == agent;
        if !same {
            self.handler = Handler { kind, team, agent, epoch: self.handler.epoch + 1 };
            self.handler_since = now;
        }
    }
}
