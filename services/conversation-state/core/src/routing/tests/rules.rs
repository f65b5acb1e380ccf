//! Which of several rules wins, and what a channel's routing is.

use super::*;

fn ranked(id: &str, priority: i32, keywords: &[&str]) -> RoutingRule {
    RoutingRule { priority, ..rule(id, MatchKind::Word, keywords) }
}

#[test]
fn the_lowest_priority_wins_then_the_lowest_id() {
    let routing = Routing::new(vec![
        ranked("d", 5, &["alpha", "beta"]),
        ranked("b", 5, &["alpha", "gamma"]),
        ranked("c", -1, &["beta"]),
        ranked("a", i32::MAX, &["alpha", "beta", "gamma", "delta"]),
    ]);
    let rows = [
        ("alpha", Some("b")),
        ("beta", Some("c")),
        ("beta alpha", Some("c")),
        ("alpha beta", Some("c")),
        ("gamma delta", Some("b")),
        ("delta", Some("a")),
        ("omega", None),
    ];
    for (text, expected) in rows {
        assert_eq!(routing.route(text).map(|rule| rule.id.as_str()), expected, "{text}");
    }
}

#[test]
fn of_one_word_and_several_the_better_rule_wins() {
    for (one, several, winner) in [(1, 2, "one"), (2, 1, "several")] {
        let rules =
            vec![ranked("one", one, &["دعم"]), ranked("several", several, &["الدعم الفني"])];
        let routing = Routing::new(rules);
        assert_eq!(routing.route("للدعم الفني").unwrap().id.as_str(), winner);
        assert_eq!(routing.route("للدعم").unwrap().id.as_str(), "one");
    }
}

#[test]
fn disabled_rules_take_nothing() {
    let off = RoutingRule { enabled: false, ..ranked("off", 0, &["sales"]) };
    let routing = Routing::new(vec![off.clone(), ranked("on", 9, &["sales"])]);
    assert_eq!(routing.route("sales").unwrap().id.as_str(), "on");
    assert_eq!(Routing::new(vec![off]).route("sales"), None);
}

#[test]
fn the_rule_found_is_the_rule_given() {
    let given = vec![ranked("b", 2, &["sales"]), ranked("a", 1, &[]), ranked("c", 0, &["بيع"])];
    let routing = Routing::new(given.clone());
    assert_eq!(routing.rules(), given);
    assert_eq!(routing.route("sales"), Some(&given[0]));
    assert_eq!(routing.route("للبيع"), Some(&given[2]));
    assert_eq!(routing.route(""), None);
}

#[test]
fn routings_are_equal_if_their_rules_are() {
    let compile = |keyword| Routing::new(vec![ranked("a", 0, &[keyword])]);
    let routing = compile("sales");
    assert_eq!(routing, routing.clone());
    assert_eq!(routing, compile("sales"));
    assert_ne!(routing, compile("support"));
    assert_ne!(routing, Routing::default());
    assert_eq!(Routing::default(), Routing::new(vec![]));
    assert_eq!(Routing::default().route("sales"), None);
    assert_eq!(format!("{:?}", Routing::default()), "Routing([])");
}
