//! Asks every rule and gathers what they say.

use azeer_domain::Time;
use chrono::TimeDelta;

use crate::case::Case;
use crate::decision::{Decision, Outcome, RuleResult, Verdict, Violation};
use crate::facts::{Facts, Template};
use crate::policy::{MessageKind, Mode, Policy};
use crate::rule::{Finding, Rule};
use crate::rules::RULES;
use crate::send::{Content, Send};
use crate::time::later;

/// How many rules may one after the other put off the earliest instant.
const MOST_STEPS: usize = 8;

/// Judges a send by facts alone. The same arguments always give the same decision.
#[must_use]
pub fn evaluate(facts: &Facts, send: &Send, policy: &Policy, now: Time) -> Decision {
    let question = Question { facts, send, policy, asked_at: now };
    let judged = question.judge(now);
    let earliest_allowed_at = question.earliest(&judged);
    // Nothing passes but what every rule was asked about and none refuses.
    let verdict = if judged.violations.is_empty() && judged.results.len() == RULES.len() {
        Verdict::Allow
    } else {
        Verdict::Deny
    };
    let Judged { violations, warnings, results } = judged;
    Decision {
        verdict,
        violations,
        warnings,
        results,
        state: facts.state(facts.as_of),
        earliest_allowed_at,
        free_of_charge: question.is_free(),
    }
}

/// What is to be decided.
struct Question<'a> {
    facts: &'a Facts,
    send: &'a Send,
    policy: &'a Policy,
    /// The instant for which the facts were told.
    asked_at: Time,
}

/// What the rules say at an instant.
#[derive(Default)]
struct Judged {
    violations: Vec<Violation>,
    warnings: Vec<Violation>,
    results: Vec<RuleResult>,
}

// === impl Question ===

impl Question<'_> {
    /// What the rules say at an instant, if nothing but time has passed since it was asked.
    fn judge(&self, at: Time) -> Judged {
        let mut judged = Judged::default();
        for &rule in RULES {
            let mode = self.policy.mode(rule);
            let finding = match mode {
                Mode::Off => Finding::NotApplicable,
                Mode::Warn | Mode::Enforce => (rule.check)(&self.case(rule, at)),
            };
            judged.add(rule, mode, finding);
        }
        judged
    }

    fn case(&self, rule: &'static Rule, at: Time) -> Case<'_> {
        let Self { facts, send, policy, asked_at } = *self;
        let window_now = later(facts.as_of, at - asked_at);
        Case { send, facts, now: at, window_now, policy, rule }
    }

    /// When all rules would pass if nothing but time passed. A refusal holds without a break until
    /// the instant that it tells, but for the turning points; and other rules may refuse by then, so
    /// what is found is judged again. Of a template whose window ends before, it is not known yet what
    /// only counts outside of it: that is judged then.
    fn earliest(&self, judged: &Judged) -> Option<Time> {
        let mut at = self.asked_at;
        let mut next = self.next(&judged.violations, at)?;
        for _ in 0..MOST_STEPS {
            at = next;
            let then = self.judge(at);
            if then.violations.is_empty() {
                return Some(at);
            }
            next = self.next(&then.violations, at)?;
        }
        None
    }

    /// The next instant at which none of the violations may hold any more.
    fn next(&self, violations: &[Violation], at: Time) -> Option<Time> {
        if violations.is_empty() {
            return None;
        }
        let each = violations.iter().map(|violation| violation.earliest_allowed_at);
        let all_passed = each.collect::<Option<Vec<_>>>().and_then(|each| each.into_iter().max());
        let turning_points = self.turning_points().into_iter().flatten();
        all_passed.into_iter().chain(turning_points).filter(|next| *next > at).min()
    }

    /// The instants at which what is known of the send becomes something else, and rules may judge
    /// it otherwise: the template's category changes, or the window has ended.
    fn turning_points(&self) -> [Option<Time>; 2] {
        let change = match &self.facts.template {
            Some(Template::Known(known)) => known.category_change.map(|change| change.at),
            Some(Template::Unknown | Template::OtherLanguages(_)) | None => None,
        };
        let ended = self.facts.window_expires_at().map(|end| {
            let first_after = later(end, TimeDelta::microseconds(1));
            later(self.asked_at, first_after - self.facts.as_of)
        });
        [change, ended]
    }

    /// Whether the platform charges nothing for it: by the window itself, whatever the margin.
    fn is_free(&self) -> bool {
        let kind = match (&self.send.content, &self.facts.template) {
            (Content::FreeForm, _) => Some(MessageKind::FreeForm),
            (Content::Template { .. }, Some(Template::Known(known))) => {
                known.category_at(self.asked_at).map(MessageKind::from)
            }
            (Content::Template { .. }, _) => None,
        };
        let is_open = self.facts.window_expires_at().is_some_and(|end| self.facts.as_of <= end);
        is_open && kind.is_some_and(|kind| self.policy.free_within_window.contains(&kind))
    }
}

// === impl Judged ===

impl Judged {
    fn add(&mut self, rule: &Rule, mode: Mode, finding: Finding) {
        let outcome = match finding {
            Finding::NotApplicable => Outcome::NotApplicable,
            Finding::Passed => Outcome::Passed,
            Finding::Failed { values, earliest } => {
                let violation = Violation {
                    code: rule.code.to_owned(),
                    values,
                    remedy: rule.remedy,
                    earliest_allowed_at: earliest,
                };
                let warns = mode == Mode::Warn;
                if warns { &mut self.warnings } else { &mut self.violations }.push(violation);
                Outcome::Failed
            }
        };
        self.results.push(RuleResult { code: rule.code, outcome });
    }
}
