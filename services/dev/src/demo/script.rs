//! What a story is made of. The stories themselves are in `scenes`.

use std::borrow::Cow;

use conversation_state_core::State;

/// A phone number of the business.
pub(super) struct Line {
    pub(super) channel_id: &'static str,
    pub(super) name: &'static str,
    pub(super) bot_enabled: bool,
    pub(super) window_seconds: i64,
    /// Words that pass the bot's conversations on: each list with the team.
    pub(super) routes: &'static [(&'static [&'static str], &'static str)],
}

/// Someone who writes to a line, or is written to.
pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) contact_id: &'static str,
    pub(super) line: &'static Line,
}

/// Some steps that belong together.
pub(super) struct Scene {
    pub(super) title: &'static str,
    pub(super) steps: &'static [Step],
}

/// One thing that happens, and what must come of it.
pub(super) struct Step {
    /// By the story's clock.
    pub(super) at: &'static str,
    pub(super) customer: &'static Customer,
    /// A sentence for people.
    pub(super) what: &'static str,
    pub(super) act: Act,
    pub(super) outcome: Outcome,
    /// The conversation's state after it.
    pub(super) then: State,
}

/// What someone does. The words are what was said.
#[derive(Clone, Copy)]
pub(super) enum Act {
    CustomerWrites(&'static str),
    /// The platform tells with the message that they are also known by another id.
    CustomerWritesAs(&'static str, &'static Customer),
    BotWrites(&'static str),
    /// It doesn't know yet that somebody else has the conversation.
    BotWritesLate(&'static str),
    AgentWrites(&'static str, &'static str),
    /// A reply from the business's phone app, as the platform's webhook tells it.
    PhoneAppWrites(&'static str),
    /// The last webhook comes a second time.
    WebhookAgain,
    BotHandsOff {
        team: &'static str,
        collected: &'static [(&'static str, &'static str)],
        note: &'static str,
    },
    Assign {
        team: &'static str,
        agent: &'static str,
    },
    ReturnToBot {
        agent: &'static str,
    },
    Close {
        agent: &'static str,
        acknowledge_unanswered: bool,
    },
    AgentSendsTemplate(&'static str, &'static str),
    SystemSendsTemplate(&'static str),
    /// Nobody does anything: time passes.
    WindowEnds,
}

/// What the service makes of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    OutOfTurn,
    Duplicate,
    /// By the error's reason.
    Refused(Cow<'static, str>),
}

// === impl Act ===

impl Act {
    /// What is shown as said, or passed on.
    pub(super) fn words(self) -> Option<String> {
        match self {
            Self::CustomerWrites(words)
            | Self::CustomerWritesAs(words, _)
            | Self::BotWrites(words)
            | Self::BotWritesLate(words)
            | Self::AgentWrites(_, words)
            | Self::PhoneAppWrites(words) => Some(words.to_owned()),
            Self::BotHandsOff { collected, note, .. } => {
                let known = collected.iter().map(|(key, value)| format!("{key}: {value}"));
                Some(format!("{}. {note}", known.collect::<Vec<_>>().join(", ")))
            }
            _ => None,
        }
    }
}

// === impl Outcome ===

impl Outcome {
    /// What a reader should know about it; nothing about what simply worked.
    pub(super) fn told(&self) -> Option<String> {
        match self {
            Self::Done => None,
            Self::OutOfTurn => Some("recorded, and marked out_of_turn".to_owned()),
            Self::Duplicate => Some("seen before: nothing changes".to_owned()),
            Self::Refused(reason) => Some(format!("refused: {reason}")),
        }
    }
}
