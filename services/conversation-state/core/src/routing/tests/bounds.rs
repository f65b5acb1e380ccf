//! A text's cost, counted: it grows with the text, not with its square, and has a ceiling.

use azeer_domain::fold;

use super::super::paths::{MOST_STEPS, Search};

use super::*;

const LONGEST: usize = 65_536;

fn search(rules: &[RoutingRule], text: &str) -> Search {
    Matcher::new(rules.iter()).search(text)
}

/// As much of the text, again and again, as fits into so many bytes.
fn repeated(text: &str, bytes: usize) -> String {
    text.repeat(bytes / text.len())
}

#[test]
fn a_word_deep_in_the_longest_text_is_found() {
    let routing = Routing::new(vec![rule("a", MatchKind::Word, &["الدعم الفني"])]);
    let before = repeated("كلام الدعم ", LONGEST - 100);
    assert!(routing.route(&format!("{before}للدعم الفني")).is_some());
    assert!(routing.route(&before).is_none());
}

#[test]
fn keywords_that_begin_alike_are_followed_once() {
    // 2 000 keywords, all of which the text begins with every word, and never ends.
    let keywords: Vec<String> = (0..2_000).map(|n| format!("a a a x{n}")).collect();
    let keywords: Vec<&str> = keywords.iter().map(String::as_str).collect();
    let rules: Vec<_> = keywords.chunks(100).map(|some| rule("r", MatchKind::Word, some)).collect();
    let text = repeated("a ", LONGEST);
    // Each word goes on with none, "a", "a a" and "a a a"; and the two ends of the text.
    let words = LONGEST / 2;
    assert!(search(&rules, &text).steps <= 4 * words + 8);
}

#[test]
fn a_word_that_is_two_forms_of_one_term_counts_once() {
    // "The support" is met as it stands and without "the". Counted twice each time, the ways to
    // read the text would double with each word.
    let rules = [rule("r", MatchKind::Word, &[&"الدعم ".repeat(21)])];
    let words = LONGEST / "الدعم ".len();
    let found = search(&rules, &"الدعم ".repeat(words));
    assert_eq!(found.best, Some(0));
    assert!(found.steps <= 22 * words, "{}", found.steps);
}

#[test]
fn cost_grows_with_the_text_and_no_faster() {
    let rules = [
        rule("a", MatchKind::Word, &["دعم دعم فني", "دعم فني", "الدعم", "كلام لام"]),
        rule("b", MatchKind::Phrase, &["دعم دعم دعم كلام", "a b a b c"]),
        rule("c", MatchKind::Exact, &["دعم دعم"]),
    ];
    for text in ["دعم ", "والدعم ", "كلام دعم ", "a b ", "دعم دعم دعم فني ", "x", "لام"]
    {
        let [short, long] = [500, 4_000].map(|times| search(&rules, &text.repeat(times)).steps);
        // A little more than eight times: the first words have fewer beginnings to go on with.
        assert!(long <= 9 * short, "{text}: {short} {long}");
    }
}

#[test]
fn finds_are_no_more_than_letters() {
    // Each keyword is an ending of all longer ones, in texts of one word and of many.
    let keywords: Vec<String> = (1..=100).map(|n| "a".repeat(n)).collect();
    let keywords: Vec<&str> = keywords.iter().map(String::as_str).collect();
    let matcher = Matcher::new([rule("r", MatchKind::Word, &keywords)].iter());
    for text in ["a".repeat(LONGEST), repeated("aaaaaaaaaaaaaaa ", LONGEST)] {
        let finds = matcher.terms.read(&fold(&text), |_| ());
        assert!((100..=LONGEST).contains(&finds), "{finds}");
    }
}

#[test]
fn rules_made_to_cost_much_meet_a_ceiling() {
    // Every choice of "the support" or "support", eleven times: the word meets both each time.
    let keyword = |choice: u32| -> String {
        (0..11).map(|bit| if choice >> bit & 1 == 0 { "دعم " } else { "الدعم " }).collect()
    };
    let keywords: Vec<String> = (0..1 << 11).map(|choice| keyword(choice) + "x").collect();
    let keywords: Vec<&str> = keywords.iter().map(String::as_str).collect();
    let rules = [rule("r", MatchKind::Word, &keywords)];
    let text = repeated("دعم ", LONGEST);
    let found = search(&rules, &text);
    assert_eq!(found.best, None);
    assert!(found.steps <= MOST_STEPS, "{}", found.steps);
    assert!(found.steps > MOST_STEPS / 2, "the ceiling was what ended it: {}", found.steps);
    // Short of it they work.
    assert_eq!(search(&rules, &format!("{}x", "والدعم ".repeat(11))).best, Some(0));
}
