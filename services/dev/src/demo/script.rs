//! What a story is made of. The stories themselves are in `scenes`.

use std::borrow::Cow;

use azeer_proto::policy::v1::JustificationReason;
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
    /// In which templates are sent to them, and whoever serves them reads why something is refused.
    pub(super) language: &'static str,
}

/// A template that the platform approved, in every language of the story.
pub(super) struct Template {
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    /// Each language with the text.
    pub(super) texts: &'static [(&'static str, &'static str)],
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
    /// The same in words that end marketing, as the platform's webhook tells both services.
    CustomerStops(&'static str),
    /// messaging-policy is asked first; what it allows is sent, and reported.
    Send(Sender, Message),
    /// Whoever posts what was allowed last looks at its permit.
    GatewayChecksPermit,
    /// What the bot sent while it had the conversation is recorded only now.
    BotSentBefore(&'static str),
    /// A reply from the business's phone app, as the platform's webhook tells it.
    PhoneAppWrites(&'static str),
    /// The last webhook comes a second time.
    WebhookAgain,
    /// What became of a template, by the name that the platform has for it.
    PlatformSays(&'static str, &'static Template),
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
    /// The customer agrees to marketing.
    OptsIn {
        source: &'static str,
    },
    /// Nobody does anything: time passes.
    WindowEnds,
}

/// Who sends.
#[derive(Clone, Copy)]
pub(super) enum Sender {
    Agent(&'static str),
    Bot,
    /// It doesn't know yet that somebody else has the conversation.
    LateBot,
    System,
}

/// What is sent.
#[derive(Clone, Copy)]
pub(super) enum Message {
    Words(&'static str),
    Template {
        template: &'static Template,
        /// What fills its gaps.
        parameters: &'static [&'static str],
        because: Option<Because>,
    },
}

/// The reason that is given for a template.
#[derive(Clone, Copy)]
pub(super) struct Because {
    pub(super) reason: JustificationReason,
    pub(super) reference: &'static str,
    pub(super) note: &'static str,
}

/// What the services make of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    OutOfTurn,
    Duplicate,
    /// By the error's reason.
    Refused(Text),
    /// messaging-policy let it go.
    Allowed,
    /// messaging-policy did not, by the codes of all its reasons.
    Denied(Text),
}

/// The story's own, or a service's.
pub(super) type Text = Cow<'static, str>;

/// What came of an act, and what whoever did it reads about it.
pub(super) struct Happened {
    pub(super) outcome: Outcome,
    pub(super) advice: Vec<String>,
}

// === impl Act ===

impl Act {
    /// What is shown as said to someone, or passed on.
    pub(super) fn words(self, to: &Customer) -> Option<String> {
        match self {
            Self::CustomerWrites(words)
            | Self::CustomerWritesAs(words, _)
            | Self::CustomerStops(words)
            | Self::BotSentBefore(words)
            | Self::PhoneAppWrites(words)
            | Self::Send(_, Message::Words(words)) => Some(words.to_owned()),
            Self::Send(_, Message::Template { template, parameters, .. }) => {
                Some(template.filled(to.language, parameters))
            }
            Self::BotHandsOff { collected, note, .. } => {
                let known = collected.iter().map(|(key, value)| format!("{key}: {value}"));
                Some(format!("{}. {note}", known.collect::<Vec<_>>().join(", ")))
            }
            _ => None,
        }
    }

    /// What else is told about it, line by line.
    pub(super) fn about(self) -> Vec<String> {
        match self {
            Self::Send(_, message) => message.about(),
            _ => Vec::new(),
        }
    }
}

// === impl Message ===

impl Message {
    /// What is told about it beside its words: a template's name, and why it is sent.
    pub(super) fn about(self) -> Vec<String> {
        let Self::Template { template, because, .. } = self else { return Vec::new() };
        match because {
            Some(Because { reason, reference, note }) => {
                let reason = reason.as_str_name().trim_start_matches("JUSTIFICATION_REASON_");
                let reason = format!("template {}; {reason}, {reference}:", template.name);
                vec![reason, format!("“{note}”")]
            }
            None => vec![format!("template {}", template.name)],
        }
    }
}

// === impl Template ===

impl Template {
    /// What the customer reads.
    fn filled(&self, language: &str, parameters: &[&str]) -> String {
        let text = self.texts.iter().find(|(known, _)| *known == language);
        let text = text.map_or(self.name, |(_, text)| *text).to_owned();
        parameters.iter().zip(1..).fold(text, |text, (parameter, number)| {
            text.replace(&format!("{{{{{number}}}}}"), parameter)
        })
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
            Self::Allowed => Some("ALLOW".to_owned()),
            Self::Denied(codes) => Some(format!("DENY {codes}")),
        }
    }
}

// === impl Happened ===

impl From<Outcome> for Happened {
    fn from(outcome: Outcome) -> Self {
        Self { outcome, advice: Vec::new() }
    }
}
