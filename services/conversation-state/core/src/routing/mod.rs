//! Keyword routing: which team a customer's message goes to while the bot has the conversation.
//!
//! A channel has rules in Arabic and Latin script, compiled once, when they are first needed. One pass
//! over a text finds all words that any rule knows; of the rules that match, the first by priority
//! wins.
//!
//! # Arabic, for those who don't read it
//!
//! People write one word in many ways, so keywords and texts are folded alike
//! ([`azeer_domain::fold`]): vowel signs are optional, a line may stretch a word (tatweel), and a few letters are exchanged freely
//! (alef with or without its hamza, the two forms of final yaa, taa marbuta and haa).
//!
//! Short words are written together with the next one (`clitics`): "and", "so" (one letter each,
//! و ف), then "with", "like", "for" (ب ك ل), then "the" (ال; "for the" is لل). So "and for the
//! support" is one word, وللدعم. A keyword must find its word in all these, but never inside another
//! word:
//!
//! | [`MatchKind`] | the text must have | a word of the text may bear clitics |
//! |---|---|---|
//! | `Word` | the keyword's words, adjacent | yes, as long as three letters stay without them |
//! | `Phrase` | the keyword's words, adjacent | no |
//! | `Exact` | the keyword's words and no others | no |
//!
//! Nobody can tell a clitic from a word's own first letter without a dictionary: كلام ("speech")
//! is not "like لام". So each way to read a word counts, and none is preferred. A `Word` keyword
//! that bears "the" itself also stands for the word without it.

mod clitics;
mod keyword;
mod matcher;
mod paths;
mod terms;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::{Arc, OnceLock};

pub use keyword::{InvalidKeyword, Keyword};

use azeer_domain::{TeamId, text_id};
use matcher::Matcher;
use strum::{EnumString, IntoStaticStr};

text_id!(
    /// A routing rule of a channel.
    RuleId, azeer_domain::id::is_name, "1-64 of A-Z a-z 0-9 _ -"
);

/// Passes conversations to a team by words of the customer's message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutingRule {
    /// Names the rule within its channel.
    pub id: RuleId,
    /// Any one of them is enough.
    pub keywords: Vec<Keyword>,
    /// How they are looked for.
    pub match_kind: MatchKind,
    /// Who gets the conversation.
    pub team: TeamId,
    /// The lowest wins; among equals the lowest id.
    pub priority: i32,
    /// Whether the rule is in use.
    pub enabled: bool,
}

/// How a text must hold a keyword. In all of them punctuation and spaces don't count, and the
/// keyword's words are never found inside other words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, IntoStaticStr, EnumString)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum MatchKind {
    /// Its words side by side, each with any Arabic clitics before it.
    #[default]
    Word,
    /// Its words side by side, just as they are.
    Phrase,
    /// It is the whole text.
    Exact,
}

/// A channel's rules. Cheap to clone, and what was compiled is shared; equal if the rules are.
#[derive(Clone, Default)]
pub struct Routing(Arc<Shared>);

#[derive(Default)]
struct Shared {
    rules: Vec<RoutingRule>,
    compiled: OnceLock<Compiled>,
}

struct Compiled {
    /// The enabled rules, by their places, the first to win first.
    order: Vec<usize>,
    matcher: Matcher,
}

// === impl Routing ===

impl Routing {
    /// Takes the rules.
    #[must_use]
    pub fn new(rules: Vec<RoutingRule>) -> Self {
        Self(Arc::new(Shared { rules, compiled: OnceLock::new() }))
    }

    /// The rules, as they were given.
    #[must_use]
    pub fn rules(&self) -> &[RoutingRule] {
        &self.0.rules
    }

    /// The rule that takes this text, if any does.
    #[must_use]
    pub fn route(&self, text: &str) -> Option<&RoutingRule> {
        let compiled = self.compiled();
        let rank = compiled.matcher.search(text).best?;
        Some(&self.0.rules[compiled.order[rank]])
    }

    /// Costs time and memory in proportion to the keywords, the first time.
    fn compiled(&self) -> &Compiled {
        self.0.compiled.get_or_init(|| {
            let rules = &self.0.rules;
            let mut order: Vec<usize> = (0..rules.len()).filter(|&at| rules[at].enabled).collect();
            order.sort_by_key(|&at| (rules[at].priority, &rules[at].id));
            let matcher = Matcher::new(order.iter().map(|&at| &rules[at]));
            Compiled { order, matcher }
        })
    }
}

impl PartialEq for Routing {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.rules() == other.rules()
    }
}

impl Eq for Routing {}

impl fmt::Debug for Routing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Routing").field(&self.rules()).finish()
    }
}
