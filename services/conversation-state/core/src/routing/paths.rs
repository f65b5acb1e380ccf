//! Keywords as paths of terms, and the walk along all of them at once.
//!
//! Keywords that begin alike share their beginning, so the walk follows each different beginning
//! once, however many keywords have it.

use std::collections::HashMap;

use super::terms::Term;

/// Where a rule stands among those in use: the lowest wins.
pub(super) type Rank = usize;

type Node = usize;
const ROOT: Node = 0;

/// All keywords.
pub(super) struct Paths {
    edges: HashMap<(Node, Term), Node>,
    /// The best rule that has a keyword ending at each node.
    ends: Vec<Option<Rank>>,
}

/// How far a text has come along the paths.
pub(super) struct Walk<'a> {
    paths: &'a Paths,
    /// The beginnings of keywords that the last words are.
    open: Vec<Node>,
    next: Vec<Node>,
    found: Search,
}

/// What a walk found, and what it cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Search {
    /// The best rule that matches.
    pub(super) best: Option<Rank>,
    /// How often a beginning was asked for its continuation.
    pub(super) steps: usize,
}

/// How many steps a text gets: some milliseconds. Only rules and texts made for it need more: each of
/// thousands of words would have to go on with many beginnings. Others wait for the same batch: such
/// a text is judged by what was found until here.
pub(super) const MOST_STEPS: usize = 1 << 16;

// === impl Paths ===

impl Default for Paths {
    fn default() -> Self {
        Self { edges: HashMap::new(), ends: vec![None] }
    }
}

impl Paths {
    /// Adds a keyword. The better rule comes first: of two with one keyword it wins.
    pub(super) fn add(&mut self, terms: impl IntoIterator<Item = Term>, rank: Rank) {
        let mut node = ROOT;
        for term in terms {
            let new = self.ends.len();
            node = *self.edges.entry((node, term)).or_insert(new);
            if node == new {
                self.ends.push(None);
            }
        }
        self.ends[node].get_or_insert(rank);
    }

    pub(super) fn walk(&self) -> Walk<'_> {
        Walk { paths: self, open: Vec::new(), next: Vec::new(), found: Search::default() }
    }
}

// === impl Walk ===

impl Walk<'_> {
    /// Goes on by one word, which meets these terms.
    pub(super) fn step(&mut self, terms: &[Term]) {
        for &term in terms {
            if self.found.steps + self.open.len() >= MOST_STEPS {
                break;
            }
            for &node in self.open.iter().chain([&ROOT]) {
                self.found.steps += 1;
                if let Some(&node) = self.paths.edges.get(&(node, term)) {
                    self.next.push(node);
                    let ends = self.paths.ends[node];
                    self.found.best = [self.found.best, ends].into_iter().flatten().min();
                }
            }
        }
        std::mem::swap(&mut self.open, &mut self.next);
        self.next.clear();
    }

    pub(super) fn end(self) -> Search {
        self.found
    }
}
