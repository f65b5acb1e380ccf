//! Finds the best rule for a text: the terms that its words meet, along the keywords' paths.

use azeer_domain::fold;

use super::keyword::Keyword;
use super::paths::{Paths, Search};
use super::terms::{Clitics, Term, Terms, TermsBuilder};
use super::{MatchKind, RoutingRule};

#[derive(Default)]
pub(super) struct Matcher {
    pub(super) terms: Terms,
    paths: Paths,
}

impl Matcher {
    /// Of rules in the order in which they win.
    pub(super) fn new<'a>(rules: impl Iterator<Item = &'a RoutingRule>) -> Self {
        let (mut terms, mut paths) = (TermsBuilder::default(), Paths::default());
        for (rank, rule) in rules.enumerate() {
            for keyword in &rule.keywords {
                paths.add(path(keyword, rule.match_kind, &mut terms), rank);
            }
        }
        Self { terms: terms.build(), paths }
    }

    pub(super) fn search(&self, text: &str) -> Search {
        if self.terms.is_empty() {
            return Search::default();
        }
        let mut walk = self.paths.walk();
        walk.step(&[Term::BEGIN]);
        self.terms.read(&fold(text), |met| walk.step(met));
        walk.step(&[Term::END]);
        walk.end()
    }
}

fn path(keyword: &Keyword, kind: MatchKind, terms: &mut TermsBuilder) -> Vec<Term> {
    let clitics = match kind {
        MatchKind::Word => Clitics::Allowed,
        MatchKind::Phrase | MatchKind::Exact => Clitics::Refused,
    };
    let words = keyword.words().iter().map(|word| terms.term(word, clitics));
    if kind == MatchKind::Exact {
        [Term::BEGIN].into_iter().chain(words).chain([Term::END]).collect()
    } else {
        words.collect()
    }
}
