//! Random rules and texts of few letters, so that words, clitics and keywords meet.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Words around a few stems, with and without what may stand before them.
fn word() -> impl Strategy<Value = String> {
    let clitic = || select(vec!["", "", "و", "ف", "ب", "ك", "ل", "ال", "لل", "بال", "كال", "لال"]);
    let stem = select(vec![
        "دعم", "كلام", "لام", "الو", "وال", "بنك", "بب", "للل", "طلب", "فني", "a", "ab", "sales",
        "١٢", "ة", "اله",
    ]);
    (clitic(), clitic(), stem).prop_map(|(first, second, stem)| format!("{first}{second}{stem}"))
}

/// Words of two letters, of which some are endings of others.
fn short_word() -> impl Strategy<Value = String> {
    vec(select(vec!["و", "ل", "ا", "ب"]), 1..7).prop_map(|letters| letters.concat())
}

fn words(most: usize) -> impl Strategy<Value = String> {
    let letter = select(vec!["a", "b"]).prop_map(str::to_owned);
    let word = prop_oneof![2 => word(), 1 => short_word(), 1 => letter];
    let gap = select(vec![" ", "  ", "\n", "، ", "-", "😀", ". "]);
    vec((word, gap), 1..=most)
        .prop_map(|words| words.into_iter().map(|(word, gap)| word + gap).collect())
}

pub(super) fn text() -> impl Strategy<Value = String> {
    prop_oneof![8 => words(12), 1 => any::<String>(), 1 => Just(String::new())]
}

fn keyword() -> impl Strategy<Value = Keyword> {
    words(3).prop_map(|text| Keyword::parse(&text).unwrap())
}

pub(super) fn rules() -> impl Strategy<Value = Vec<RoutingRule>> {
    let kind = select(vec![MatchKind::Word, MatchKind::Word, MatchKind::Phrase, MatchKind::Exact]);
    let parts = (vec(keyword(), 0..6), kind, -2..2_i32, prop::bool::weighted(0.9));
    let rules = vec(parts, 0..6);
    rules.prop_map(|rules| {
        let numbered = rules.into_iter().enumerate();
        let made =
            numbered.map(|(number, (keywords, match_kind, priority, enabled))| RoutingRule {
                keywords,
                priority,
                enabled,
                ..rule(&format!("r{}", 9 - number), match_kind, &[])
            });
        made.collect()
    })
}
