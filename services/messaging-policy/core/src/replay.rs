//! What another policy would have made of decisions that were recorded: each is judged again on its
//! own facts, and told against its own record. Where the decisions come from is not known here.

use std::collections::BTreeMap;

use azeer_domain::Time;
use uuid::Uuid;

use crate::decision::Verdict;
use crate::evaluate::evaluate;
use crate::facts::Facts;
use crate::policy::Policy;
use crate::send::Send;

/// A decision that was recorded.
#[derive(Debug, Clone)]
pub struct Past {
    /// Its id.
    pub id: Uuid,
    /// When it was decided.
    pub decided_at: Time,
    /// What was decided.
    pub verdict: Verdict,
    /// The rules that refused it.
    pub codes: Vec<String>,
    /// What was to be sent.
    pub send: Send,
    /// What was known.
    pub facts: Facts,
}

/// What a policy would have changed, over all decisions that it was shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// How many there were.
    pub examined: u64,
    /// Those that were allowed, and would be refused.
    pub newly_denied: Tally<Example, MOST_EXAMPLES>,
    /// Those that were refused, and would be allowed.
    pub newly_allowed: Tally<Example, MOST_EXAMPLES>,
    /// The rules that would have said something else, by their codes.
    pub rules: BTreeMap<String, RuleChange>,
}

/// How many decisions of each kind a summary shows.
pub const MOST_EXAMPLES: usize = 20;
/// How many of each kind it names for a rule.
pub const MOST_OF_RULE: usize = 5;

/// How often a rule would have said something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleChange {
    /// It did not refuse them, and would.
    pub newly_refused: Tally<Uuid, MOST_OF_RULE>,
    /// It refused them, and would not.
    pub no_longer_refused: Tally<Uuid, MOST_OF_RULE>,
}

/// A decision with another verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its id.
    pub id: Uuid,
    /// The rules that would refuse it.
    pub codes: Vec<String>,
}

/// How many there were, and the first of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally<T, const MOST: usize> {
    /// How many.
    pub count: u64,
    /// No more than `MOST` of them.
    pub first: Vec<T>,
}

// === impl Summary ===

impl Summary {
    /// Judges one more decision, as the policy would have at its instant.
    pub fn add(&mut self, past: &Past, policy: &Policy) {
        let proposed = evaluate(&past.facts, &past.send, policy, past.decided_at);
        let codes: Vec<String> = proposed.violations.into_iter().map(|it| it.code).collect();
        self.examined += 1;
        for code in codes.iter().filter(|code| !past.codes.contains(code)) {
            self.rule(code).newly_refused.add(|| past.id);
        }
        for code in past.codes.iter().filter(|code| !codes.contains(code)) {
            self.rule(code).no_longer_refused.add(|| past.id);
        }
        let example = || Example { id: past.id, codes };
        match (past.verdict, proposed.verdict) {
            (Verdict::Allow, Verdict::Deny) => self.newly_denied.add(example),
            (Verdict::Deny, Verdict::Allow) => self.newly_allowed.add(example),
            (Verdict::Allow, Verdict::Allow) | (Verdict::Deny, Verdict::Deny) => {}
        }
    }

    fn rule(&mut self, code: &str) -> &mut RuleChange {
        self.rules.entry(code.to_owned()).or_default()
    }
}

// === impl Tally ===

impl<T, const MOST: usize> Tally<T, MOST> {
    /// Counts one more, and keeps it while there are few.
    fn add(&mut self, one: impl FnOnce() -> T) {
        self.count += 1;
        if self.first.len() < MOST {
            self.first.push(one());
        }
    }
}

impl<T, const MOST: usize> Default for Tally<T, MOST> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}
