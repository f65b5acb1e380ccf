//! What a rule sees of a case: the send, the facts, and its own numbers.

use azeer_domain::{ActorKind, Time};
use chrono::TimeDelta;

use crate::facts::{Conversation, Facts, KnownTemplate, Template};
use crate::policy::Policy;
use crate::rule::{Parameter, Rule, Unit};
use crate::send::{Category, Content, Justification, Send};
use crate::time::later;

/// What a rule judges.
#[derive(Debug)]
pub struct Case<'a> {
    /// What is to be sent.
    pub send: &'a Send,
    /// What is known.
    pub facts: &'a Facts,
    /// The instant of the decision, by the policy's clock.
    pub now: Time,
    /// The instant at which the window is judged, by conversation-state's clock.
    pub window_now: Time,
    pub(crate) policy: &'a Policy,
    pub(crate) rule: &'static Rule,
}

// === The rule's numbers ===

impl Case<'_> {
    /// A number of the rule, as the tenant has it.
    pub(crate) fn count(&self, parameter: &'static Parameter) -> i64 {
        self.policy.value(self.rule, parameter)
    }

    /// A duration of the rule, as the tenant has it.
    pub(crate) fn duration(&self, parameter: &'static Parameter) -> TimeDelta {
        TimeDelta::seconds(self.count(parameter))
    }

    /// A parameter as a value behind a refusal.
    pub(crate) fn told(&self, parameter: &'static Parameter) -> String {
        let number = self.count(parameter);
        match parameter.unit {
            Unit::Count => number.to_string(),
            Unit::Seconds => format!("{number}s"),
        }
    }

    /// Until when as many as the parameter says lie within a period before the decision; none if
    /// they are fewer.
    pub(crate) fn full_until(
        &self,
        mut newest_first: impl Iterator<Item = Time>,
        limit: &'static Parameter,
        period: TimeDelta,
    ) -> Option<Time> {
        let before_it = usize::try_from(self.count(limit) - 1).unwrap_or_default();
        let until = later(newest_first.nth(before_it)?, period);
        self.if_to_come(until)
    }

    /// The instant, if it is still to come.
    pub(crate) fn if_to_come(&self, at: Time) -> Option<Time> {
        (at > self.now).then_some(at)
    }
}

// === The send and the facts ===

impl<'a> Case<'a> {
    /// The conversation, if there is one.
    pub(crate) fn conversation(&self) -> Option<&'a Conversation> {
        self.facts.conversation.as_ref()
    }

    /// Whether the sender is of this kind.
    pub(crate) fn is_sent_by(&self, kind: ActorKind) -> bool {
        self.send.sender == kind
    }

    /// The name and language of the template, if it is one.
    pub(crate) fn asked_template(&self) -> Option<(&'a str, &'a str)> {
        match &self.send.content {
            Content::FreeForm => None,
            Content::Template { name, language } => Some((name, language)),
        }
    }

    /// Whether it is a template.
    pub(crate) fn is_template(&self) -> bool {
        self.asked_template().is_some()
    }

    /// The template, if it is one that the account has.
    pub(crate) fn template(&self) -> Option<&'a KnownTemplate> {
        self.asked_template()?;
        match &self.facts.template {
            Some(Template::Known(known)) => Some(known),
            _ => None,
        }
    }

    /// The template's category now; none for anything else and for what nobody knows.
    pub(crate) fn category(&self) -> Option<Category> {
        self.template()?.category_at(self.now)
    }

    /// The template's category, unless it is AUTHENTICATION: codes that the customer asks for are
    /// neither counted nor justified.
    pub(crate) fn counted_category(&self) -> Option<Category> {
        self.category().filter(|category| *category != Category::Authentication)
    }

    /// Whether it is a MARKETING template.
    pub(crate) fn is_marketing(&self) -> bool {
        self.category() == Some(Category::Marketing)
    }

    /// Whether the window is open, and not about to end.
    pub(crate) fn is_in_window(&self) -> bool {
        self.facts.is_in_window(self.policy, self.window_now)
    }

    /// The category of a template that needs a justification: any but AUTHENTICATION, outside the
    /// window.
    pub(crate) fn category_to_justify(&self) -> Option<Category> {
        if self.is_in_window() { None } else { self.counted_category() }
    }

    /// The justification, where one is needed and given, and the category that it is for.
    pub(crate) fn justified(&self) -> Option<(Category, &'a Justification)> {
        Some((self.category_to_justify()?, self.send.justification.as_ref()?))
    }
}
