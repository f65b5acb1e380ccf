//! Tables of cases by topic, and what must hold for any rules and text.

mod bounds;
mod clitics;
mod exact_and_phrase;
mod generators;
mod keywords;
mod naive;
mod properties;
mod rules;
mod words;

use super::*;

fn rule(id: &str, match_kind: MatchKind, keywords: &[&str]) -> RoutingRule {
    RoutingRule {
        id: RuleId::parse(id).unwrap(),
        keywords: keywords.iter().map(|text| Keyword::parse(text).unwrap()).collect(),
        match_kind,
        team: TeamId::parse(&format!("team-{id}")).unwrap(),
        priority: 0,
        enabled: true,
    }
}

/// Whether a channel with this one keyword takes the text.
fn takes(kind: MatchKind, keyword: &str, text: &str) -> bool {
    Routing::new(vec![rule("only", kind, &[keyword])]).route(text).is_some()
}

/// Rows of a keyword, a text, and whether the keyword takes it.
fn check(kind: MatchKind, rows: &[(&str, &str, bool)]) {
    for &(keyword, text, expected) in rows {
        assert_eq!(takes(kind, keyword, text), expected, "{kind:?} {keyword:?} in {text:?}");
    }
}
