//! What holds for any rules and any text.

use azeer_domain::fold;
use proptest::prelude::*;

use super::generators::{rules, text};
use super::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_naive_way_finds_the_same_rule(rules in rules(), text in text()) {
        let routing = Routing::new(rules.clone());
        prop_assert_eq!(routing.route(&text), naive::route(&rules, &text));
    }

    /// Each keyword is likely to be met by a text made of keywords.
    #[test]
    fn also_where_texts_are_made_of_keywords(rules in rules(), spaces in "[ \n.]") {
        let routing = Routing::new(rules.clone());
        let texts: Vec<&str> =
            rules.iter().flat_map(|rule| &rule.keywords).map(Keyword::as_str).collect();
        for text in texts.iter().copied().chain([texts.join(&spaces).as_str()]) {
            prop_assert_eq!(routing.route(text), naive::route(&rules, text));
        }
    }

    #[test]
    fn a_keyword_takes_itself(text in any::<String>()) {
        if let Ok(keyword) = Keyword::parse(&text) {
            prop_assert_eq!(keyword.words().len(), fold(&text).split_terminator(' ').count());
            for kind in [MatchKind::Word, MatchKind::Phrase, MatchKind::Exact] {
                prop_assert!(takes(kind, &text, &text));
            }
        }
    }
}
