//! What people read of a violation: what is the matter and what helps, in English and Arabic.
//!
//! The texts are a table ([`entries`]), the words for values another one ([`words`]); nothing here
//! knows a rule.

mod entries;
mod span;
mod words;

use azeer_domain::Time;

use crate::decision::Violation;
use entries::{ENTRIES, Entry, Text, UNKNOWN};

/// The languages of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// English.
    English,
    /// Arabic, with Arabic digits.
    Arabic,
}

impl Language {
    /// The language for a code such as `ar`, `ar-SA` or `en_US`: Arabic, and English for all others.
    #[must_use]
    pub fn of(code: &str) -> Self {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("ar") { Self::Arabic } else { Self::English }
    }
}

/// What an agent reads of a violation, as it is at an instant.
#[must_use]
pub fn message(violation: &Violation, now: Time, language: Language) -> String {
    let entry = ENTRIES.iter().find(|entry| entry.code == violation.code).unwrap_or(&UNKNOWN);
    let Text { message, passes } = entry.text(language);
    let mut told = String::with_capacity(message.len() + passes.len() + 64);
    fill(&mut told, message, |name| {
        let value = violation.values.get(name)?;
        Some(words::value(name, value, language))
    });
    let waits = violation.earliest_allowed_at.filter(|at| *at > now);
    if let Some(at) = waits.filter(|_| !passes.is_empty()) {
        told.push(' ');
        fill(&mut told, passes, |_| Some(span::wait(at - now, language)));
    }
    told
}

impl Entry {
    fn text(&self, language: Language) -> &Text {
        match language {
            Language::English => &self.english,
            Language::Arabic => &self.arabic,
        }
    }
}

/// Adds a text with `{name}`s filled. What was recorded long ago may lack a value: its place is told.
fn fill(told: &mut String, text: &str, value: impl Fn(&str) -> Option<String>) {
    let mut rest = text;
    while let Some((before, name, after)) = next_place(rest) {
        told.push_str(before);
        told.push_str(value(name).as_deref().unwrap_or("…"));
        rest = after;
    }
    told.push_str(rest);
}

/// The text before the next place, the place's name, and the text after it.
fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests;
