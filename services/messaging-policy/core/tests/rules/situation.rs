//! The situations of the case files, and the facts, send and policy that they stand for.

use std::collections::BTreeMap;

use azeer_domain::ActorKind;
use messaging_policy_core::facts::{
    CategoryChange, Consent, Contact, Conversation, Handler, KnownTemplate, Portfolio, Quality,
    Restriction, Sender, SenderStatus, SentTemplate, Template,
};
use messaging_policy_core::{
    Category, Content, Facts, Justification, Mode, Note, Policy, Reason, Send,
};
use serde::Deserialize;

use crate::offset::{Offset, now};

/// All that a case rests on. What no situation names is not known, or has not happened.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Situation {
    sender: ActorKind,
    sender_knows_epoch: Option<i64>,
    sends: Sends,
    justification: Option<JustificationTold>,
    conversation: Option<ConversationTold>,
    template: Option<TemplateTold>,
    recipient_matches: Option<bool>,
    referred_message: Option<Offset>,
    number: Option<NumberTold>,
    consent: Option<Consent>,
    marketing_suppressed_until: Option<Offset>,
    #[serde(default)]
    sent_before: Vec<SentTold>,
    same_sent: Option<Offset>,
    rate_free: Option<Offset>,
    #[serde(default)]
    note_used_for: Vec<NoteUsesTold>,
    portfolio: Option<PortfolioTold>,
    #[serde(default)]
    policy: BTreeMap<String, BTreeMap<String, SettingTold>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Sends {
    FreeForm,
    Template,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct JustificationTold {
    reason: Reason,
    has_reference: bool,
    note: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ConversationTold {
    closed: bool,
    handler: Handler,
    epoch: i64,
    customer_wrote: Option<Offset>,
    window_ends: Option<Offset>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TemplateTold {
    name: String,
    language: String,
    /// Whether the account has it.
    found: Found,
    #[serde(default)]
    other_languages: Vec<String>,
    status: String,
    category: Option<Category>,
    becomes: Option<ChangeTold>,
    #[serde(default)]
    mismatches: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Found {
    Yes,
    OtherLanguages,
    No,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeTold {
    category: Option<Category>,
    at: Offset,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NumberTold {
    quality: Option<Quality>,
    status: Option<SenderStatus>,
    restricted: Option<RestrictionTold>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RestrictionTold {
    until: Option<Offset>,
}

/// Templates of one category that were sent at one instant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SentTold {
    category: Category,
    at: Offset,
    #[serde(default = "one")]
    times: usize,
}

/// Other contacts for whom the note was used at one instant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteUsesTold {
    contacts: usize,
    at: Offset,
}

fn one() -> usize {
    1
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PortfolioTold {
    limit: Option<i64>,
    reached: i64,
    has_reached_contact: bool,
    frees: Option<Offset>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum SettingTold {
    Mode(Mode),
    Value(i64),
}

// === impl Situation ===

impl Situation {
    pub(crate) fn send(&self) -> Send {
        let content = match (self.sends, &self.template) {
            (Sends::FreeForm, _) => Content::FreeForm,
            (Sends::Template, Some(TemplateTold { name, language, .. })) => {
                Content::Template { name: name.clone(), language: language.clone() }
            }
            (Sends::Template, None) => panic!("which template is sent?"),
        };
        let justification = self.justification.as_ref().map(|told| Justification {
            reason: told.reason,
            has_reference: told.has_reference,
            note: Note::of(&told.note),
        });
        Send { sender: self.sender, handler_epoch: self.sender_knows_epoch, content, justification }
    }

    pub(crate) fn facts(&self) -> Facts {
        let sends_template = self.sends == Sends::Template;
        let template = self.template.as_ref().filter(|_| sends_template).map(TemplateTold::facts);
        Facts {
            as_of: now(),
            conversation: self.conversation.as_ref().map(ConversationTold::facts),
            recipient_matches: self.recipient_matches,
            template,
            referred_message_at: self.referred_message.map(Offset::at),
            sender: self.number.as_ref().map(NumberTold::facts).unwrap_or_default(),
            consent: self.consent,
            marketing_suppressed_until: self.marketing_suppressed_until.map(Offset::at),
            contact: self.contact(),
            note_used_for_others: self.note_uses(),
            portfolio: self.portfolio.as_ref().map(PortfolioTold::facts),
        }
    }

    fn contact(&self) -> Contact {
        let each = self.sent_before.iter().flat_map(|told| {
            let sent = SentTemplate { at: told.at.at(), category: told.category };
            std::iter::repeat_n(sent, told.times)
        });
        let mut templates: Vec<_> = each.collect();
        templates.sort_by_key(|sent| std::cmp::Reverse(sent.at));
        Contact {
            templates,
            same_sent_at: self.same_sent.map(Offset::at),
            rate_free_at: self.rate_free.map(Offset::at),
        }
    }

    fn note_uses(&self) -> Vec<azeer_domain::Time> {
        let each = self.note_used_for.iter();
        let mut uses: Vec<_> =
            each.flat_map(|told| std::iter::repeat_n(told.at.at(), told.contacts)).collect();
        uses.sort_by_key(|at| std::cmp::Reverse(*at));
        uses
    }

    pub(crate) fn policy(&self) -> Policy {
        let mut policy = Policy::default();
        for (code, settings) in &self.policy {
            for (name, setting) in settings {
                let set = match setting {
                    SettingTold::Mode(mode) if name == "mode" => policy.set_mode(code, *mode),
                    SettingTold::Value(value) => policy.set_value(code, name, *value),
                    SettingTold::Mode(mode) => panic!("{code}: {name}: {mode:?}"),
                };
                set.unwrap_or_else(|error| panic!("{code}: {name}: {error}"));
            }
        }
        policy
    }
}

impl ConversationTold {
    fn facts(&self) -> Conversation {
        Conversation {
            closed: self.closed,
            handler: self.handler,
            handler_epoch: self.epoch,
            last_inbound_at: self.customer_wrote.map(Offset::at),
            window_expires_at: self.window_ends.map(Offset::at),
        }
    }
}

impl TemplateTold {
    fn facts(&self) -> Template {
        let change = self.becomes.as_ref();
        match self.found {
            Found::No => Template::Unknown,
            Found::OtherLanguages => Template::OtherLanguages(self.other_languages.clone()),
            Found::Yes => Template::Known(KnownTemplate {
                status: self.status.clone(),
                category: self.category,
                category_change: change
                    .map(|change| CategoryChange { to: change.category, at: change.at.at() }),
                mismatches: self.mismatches.clone(),
            }),
        }
    }
}

impl NumberTold {
    fn facts(&self) -> Sender {
        let restriction = self.restricted.as_ref();
        Sender {
            quality: self.quality.unwrap_or_default(),
            status: self.status.unwrap_or_default(),
            restriction: restriction.map(|it| Restriction { until: it.until.map(Offset::at) }),
        }
    }
}

impl PortfolioTold {
    fn facts(&self) -> Portfolio {
        Portfolio {
            limit: self.limit,
            reached: self.reached,
            has_reached_contact: self.has_reached_contact,
            frees_at: self.frees.map(Offset::at),
        }
    }
}
