//! The rules again, word by word: no automaton, no paths, nothing prepared. It knows nothing of the
//! hamza that tells an alef from the article's: what asks it has none in keywords.

use azeer_domain::fold;

use super::*;

/// The rule that takes the text.
pub(super) fn route<'a>(rules: &'a [RoutingRule], text: &str) -> Option<&'a RoutingRule> {
    let folded = fold(text);
    let words: Vec<&str> = folded.split_whitespace().collect();
    let matching = rules.iter().filter(|rule| {
        rule.enabled && rule.keywords.iter().any(|keyword| holds(&words, keyword, rule.match_kind))
    });
    matching.min_by_key(|rule| (rule.priority, rule.id.as_str()))
}

fn holds(text: &[&str], keyword: &Keyword, kind: MatchKind) -> bool {
    let folded = fold(keyword.as_str());
    let wanted: Vec<&str> = folded.split_whitespace().collect();
    let fits = |window: &[&str]| {
        window.iter().zip(&wanted).all(|(word, wanted)| match kind {
            MatchKind::Word => is_form_of(word, wanted),
            MatchKind::Phrase | MatchKind::Exact => word == wanted,
        })
    };
    if kind == MatchKind::Exact {
        text.len() == wanted.len() && fits(text)
    } else {
        text.windows(wanted.len()).any(fits)
    }
}

/// The readings of the text's word meet those of the keyword's.
fn is_form_of(word: &str, wanted: &str) -> bool {
    let with_article = readings(wanted).into_iter().filter(|(bears_article, _)| *bears_article);
    let wanted: Vec<String> =
        with_article.map(|(_, rest)| rest).chain([wanted.to_owned()]).collect();
    readings(word).iter().any(|(_, rest)| wanted.contains(rest))
        || wanted.contains(&word.to_owned())
}

/// What a word is without the clitics that it may bear, and whether the article is among them.
fn readings(word: &str) -> Vec<(bool, String)> {
    let mut found = Vec::new();
    for conjunction in ["", "و", "ف"] {
        for preposition in ["", "ب", "ك", "ل"] {
            for article in ["", "ال"] {
                let clitics = format!("{conjunction}{preposition}{article}").replace("لال", "لل");
                if let Some(rest) = word.strip_prefix(&clitics)
                    && rest.chars().filter(|c| c.is_alphanumeric()).count() >= 3
                {
                    found.push((!article.is_empty(), rest.to_owned()));
                }
            }
        }
    }
    found
}
