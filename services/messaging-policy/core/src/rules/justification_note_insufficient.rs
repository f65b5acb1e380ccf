//! A justification has a note that somebody can make sense of later.

use crate::case::Case;
use crate::rule::{Finding, Parameter, Remedy, Rule};

static CHARACTERS: Parameter = Parameter::count("characters", 10, 1, 500);
static WORDS: Parameter = Parameter::count("words", 2, 1, 100);

/// The rule.
pub static RULE: Rule = Rule {
    code: "JUSTIFICATION_NOTE_INSUFFICIENT",
    remedy: Remedy::AddJustification,
    parameters: &[&CHARACTERS, &WORDS],
    check,
};

fn check(case: &Case<'_>) -> Finding {
    let Some((_, justification)) = case.justified() else { return Finding::NotApplicable };
    let note = justification.note;
    let is_long = i64::from(note.characters) >= case.count(&CHARACTERS);
    if is_long && i64::from(note.words) >= case.count(&WORDS) && note.has_letters {
        return Finding::Passed;
    }
    Finding::failed([("characters", case.told(&CHARACTERS)), ("words", case.told(&WORDS))])
}
