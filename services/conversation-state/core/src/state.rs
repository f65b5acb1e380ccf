//! The states, the inbox's tabs, and what each state allows.

use azeer_domain::Time;
use strum::{EnumString, IntoStaticStr};

use crate::conversation::{Conversation, HandlerKind};

/// What a conversation allows and where it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum State {
    /// The window is open and people handle it.
    Open,
    /// The window has ended or never began.
    Expired,
    /// A member of the team ended it.
    Closed,
    /// The window is open and the bot handles it.
    Bot,
}

/// A tab of the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tab {
    /// Open conversations: the main tab.
    Open,
    /// Expired ones.
    Expired,
    /// Closed ones.
    Closed,
    /// The bot's.
    Bot,
    /// All of them.
    All,
}

/// What may be done with a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AllowedAction {
    /// Send any kind of message.
    SendFreeForm,
    /// Send an approved template.
    SendTemplate,
    /// Close it.
    Close,
    /// Reopen it.
    Reopen,
    /// Pass it on.
    HandOff,
    /// Give it back to the bot.
    ReturnToBot,
    /// Change team and agent.
    Assign,
}

// === impl State ===

impl State {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Open, Self::Expired, Self::Closed, Self::Bot];

    /// Whether the window is open and its end will be told.
    #[must_use]
    pub fn is_live(self) -> bool {
        matches!(self, Self::Open | Self::Bot)
    }

    /// What may be done in this state. The policy may refuse more, such as an agent's free-form
    /// message while the bot has the conversation.
    #[must_use]
    pub fn allowed_actions(self, handler: HandlerKind) -> &'static [AllowedAction] {
        use AllowedAction::{
            Assign, Close, HandOff, Reopen, ReturnToBot, SendFreeForm, SendTemplate,
        };
        match (self, handler) {
            (Self::Closed, _) => &[Reopen],
            (Self::Open, _) => &[SendFreeForm, SendTemplate, Close, HandOff, ReturnToBot, Assign],
            (Self::Bot, _) => &[SendFreeForm, SendTemplate, Close, HandOff],
            (Self::Expired, HandlerKind::Human) => {
                &[SendTemplate, Close, HandOff, ReturnToBot, Assign]
            }
            (Self::Expired, HandlerKind::Bot) => &[SendTemplate, Close, HandOff],
        }
    }

    /// The state's name for people: Arabic for `ar` and its regions, else English.
    #[must_use]
    pub fn label(self, language_code: &str) -> &'static str {
        let language = language_code.split(['-', '_']).next().unwrap_or_default();
        match (self, language.eq_ignore_ascii_case("ar")) {
            (Self::Open, true) => "مفتوحة",
            (Self::Expired, true) => "منتهية",
            (Self::Closed, true) => "مغلقة",
            (Self::Bot, true) => "روبوت",
            (Self::Open, false) => "Open",
            (Self::Expired, false) => "Expired",
            (Self::Closed, false) => "Closed",
            (Self::Bot, false) => "Bot",
        }
    }
}

impl Conversation {
    /// The state at `now`. At the very end of the window it is still open; a microsecond later it
    /// is not.
    #[must_use]
    pub fn state(&self, now: Time) -> State {
        let ended = self.window_expires_at.is_none_or(|end| now > end);
        if self.closing.is_some() {
            State::Closed
        } else if ended {
            State::Expired
        } else if self.handler.kind == HandlerKind::Bot {
            State::Bot
        } else {
            State::Open
        }
    }
}
