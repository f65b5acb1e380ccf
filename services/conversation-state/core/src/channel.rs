//! How a channel's conversations behave. Storing the settings is the server's work.

use chrono::TimeDelta;
use strum::{EnumString, IntoStaticStr};

use crate::routing::Routing;

/// The settings of a channel that matter to its conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Whether new conversations go to the bot.
    pub bot_enabled: bool,
    /// How long a customer's message keeps the window open.
    pub window_duration: TimeDelta,
    /// Whether a reaction is taken for a message in all respects.
    pub reactions_open_window: bool,
    /// What a customer's message does to a closed conversation.
    pub on_inbound_when_closed: OnInboundWhenClosed,
    /// How long after its closing a conversation finds the same agent again.
    pub reopen_to_last_agent_within: TimeDelta,
    /// Which words of a customer pass the bot's conversations to which team.
    pub routing: Routing,
}

/// What a customer's message does to a closed conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum OnInboundWhenClosed {
    /// It opens it again, with who had it.
    Reopen,
    /// It opens it again and gives it to the bot.
    ReopenToBot,
    /// It is recorded; the conversation stays closed.
    StayClosed,
}

impl Channel {
    /// The platform's service window: 24 hours.
    pub const FULL_WINDOW: TimeDelta = TimeDelta::hours(24);
    /// The shortest window that can be set.
    pub const SHORTEST_WINDOW: TimeDelta = TimeDelta::seconds(1);
    /// The longest time after which a conversation may find its agent again.
    pub const LONGEST_REUNION: TimeDelta = TimeDelta::days(365);
}

impl Default for Channel {
    /// What holds for a channel that nobody set up.
    fn default() -> Self {
        Self {
            bot_enabled: false,
            window_duration: Self::FULL_WINDOW,
            reactions_open_window: false,
            on_inbound_when_closed: OnInboundWhenClosed::Reopen,
            reopen_to_last_agent_within: TimeDelta::hours(24),
            routing: Routing::default(),
        }
    }
}
