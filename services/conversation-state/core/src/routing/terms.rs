//! Tells of each word of a text which terms it meets. One pass of one automaton, for all rules.
//!
//! A term is what keywords ask of one word. Its forms are the automaton's patterns, each with the
//! space that ends a word. So a form is found at the end of words only, each time as another
//! ending of that word: a text makes at most as many finds as it has letters, whatever the rules.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::clitics;
use super::keyword::Word;

/// What keywords ask of one word, or of a place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Term(usize);

/// The terms of a channel's keywords.
#[derive(Default)]
pub(super) struct Terms {
    /// None if there are no keywords.
    automaton: Option<AhoCorasick>,
    /// By the automaton's patterns.
    forms: Vec<Form>,
}

/// Gathers the terms, each once.
#[derive(Default)]
pub(super) struct TermsBuilder {
    terms: HashMap<(Word, Clitics), Term>,
    patterns: HashMap<String, usize>,
    forms: Vec<Form>,
}

/// Whether a word of the text may bear clitics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Clitics {
    Allowed,
    Refused,
}

/// The terms that a word meets if it is this form, or if it is clitics and this form.
#[derive(Default)]
struct Form {
    bare: Vec<Term>,
    with_clitics: Vec<Term>,
}

// === impl Term ===

impl Term {
    /// Before the first word.
    pub(super) const BEGIN: Self = Self(0);
    /// After the last word.
    pub(super) const END: Self = Self(1);
    const RESERVED: usize = 2;
}

// === impl TermsBuilder ===

impl TermsBuilder {
    pub(super) fn term(&mut self, word: &Word, clitics: Clitics) -> Term {
        let key = (word.clone(), clitics);
        if let Some(&term) = self.terms.get(&key) {
            return term;
        }
        let term = Term(Term::RESERVED + self.terms.len());
        self.terms.insert(key, term);
        self.form(&word.letters, term, clitics);
        if let (Clitics::Allowed, Some(at)) = (clitics, word.without_article) {
            self.form(&word.letters[at..], term, clitics);
        }
        term
    }

    fn form(&mut self, letters: &str, term: Term, clitics: Clitics) {
        let next = self.forms.len();
        let at = *self.patterns.entry(format!("{letters} ")).or_insert(next);
        if at == next {
            self.forms.push(Form::default());
        }
        let form = &mut self.forms[at];
        form.bare.push(term);
        if clitics == Clitics::Allowed {
            form.with_clitics.push(term);
        }
    }

    pub(super) fn build(self) -> Terms {
        if self.patterns.is_empty() {
            return Terms::default();
        }
        let mut patterns = vec![String::new(); self.forms.len()];
        for (pattern, at) in self.patterns {
            patterns[at] = pattern;
        }
        // Many channels are in memory at once: a DFA would take many times the space. The builder
        // refuses only gigabytes of keywords. Then no rule matches: the bot goes on.
        let kind = Some(AhoCorasickKind::ContiguousNFA);
        let automaton = AhoCorasick::builder().kind(kind).build(patterns).ok();
        Terms { automaton, forms: self.forms }
    }
}

// === impl Terms ===

impl Terms {
    pub(super) fn is_empty(&self) -> bool {
        self.automaton.is_none()
    }

    /// Gives `visit`, for each word of a folded text in order, the terms that it meets, each once.
    /// Returns how many forms were found.
    pub(super) fn read(&self, folded: &str, mut visit: impl FnMut(&[Term])) -> usize {
        let Some(automaton) = &self.automaton else { return 0 };
        let mut finds = automaton.find_overlapping_iter(folded).peekable();
        let (mut count, mut start, mut met) = (0, 0, Vec::new());
        for (end, _) in folded.match_indices(' ') {
            met.clear();
            while let Some(find) = finds.next_if(|find| find.end() == end + 1) {
                count += 1;
                let form = &self.forms[find.pattern().as_usize()];
                if find.start() == start {
                    met.extend_from_slice(&form.bare);
                } else if !form.with_clitics.is_empty()
                    && clitics::may_part(&folded[start..find.start()], &folded[find.start()..end])
                {
                    met.extend_from_slice(&form.with_clitics);
                }
            }
            // A word may be two forms of one term.
            met.sort_unstable();
            met.dedup();
            visit(&met);
            start = end + 1;
        }
        count
    }
}
