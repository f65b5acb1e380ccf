//! The stricter kinds of rules, beside `Word`.

use super::*;

#[test]
fn the_kinds_differ() {
    use MatchKind::{Exact, Phrase, Word};
    // Keyword, text, and whether each kind takes it: Word, Phrase, Exact.
    let rows = [
        ("مبيعات", "مبيعات", [true, true, true]),
        ("مبيعات", "  مبيعات!! 😀", [true, true, true]),
        ("مبيعات", "المبيعات", [true, false, false]),
        ("مبيعات", "ابي مبيعات", [true, true, false]),
        ("مبيعات", "مبيعات لو سمحت", [true, true, false]),
        ("مبيعات", "مبيعات مبيعات", [true, true, false]),
        ("المبيعات", "مبيعات", [true, false, false]),
        ("المبيعات", "المَبيعات", [true, true, true]),
        ("دعم فني", "دعم - فنى", [true, true, true]),
        ("دعم فني", "الدعم الفني", [true, false, false]),
        ("دعم فني", "نحتاج دعم فني", [true, true, false]),
        ("دعم فني", "دعم", [false, false, false]),
        ("1", "١", [true, true, true]),
        ("1", "1️⃣", [true, true, true]),
        ("1", "1.", [true, true, true]),
        ("1", "11", [false, false, false]),
        ("1", "1 2", [true, true, false]),
        ("sales", "Sales", [true, true, true]),
        ("sales", "salesman", [false, false, false]),
        ("stop", "", [false, false, false]),
        ("stop", "؟", [false, false, false]),
    ];
    for (keyword, text, expected) in rows {
        let found = [Word, Phrase, Exact].map(|kind| takes(kind, keyword, text));
        assert_eq!(found, expected, "{keyword:?} in {text:?}");
    }
}

#[test]
fn words_of_one_kind_are_not_those_of_another() {
    let rules = vec![
        rule("exact", MatchKind::Exact, &["دعم فني"]),
        rule("phrase", MatchKind::Phrase, &["دعم تقني"]),
        rule("word", MatchKind::Word, &["دعم مالي"]),
    ];
    let routing = Routing::new(rules);
    let taken = |text| routing.route(text).map(|rule| rule.id.to_string());
    assert_eq!(taken("دعم فني").as_deref(), Some("exact"));
    assert_eq!(taken("الدعم الفني"), None);
    assert_eq!(taken("دعم تقني الآن").as_deref(), Some("phrase"));
    assert_eq!(taken("الدعم التقني"), None);
    assert_eq!(taken("الدعم المالي").as_deref(), Some("word"));
}

#[test]
fn both_directions_in_one_text() {
    let routing = Routing::new(vec![
        rule("phrase", MatchKind::Phrase, &["order رقم 7"]),
        rule("word", MatchKind::Word, &["طلب sales"]),
    ]);
    let taken = |text| routing.route(text).map(|rule| rule.id.to_string());
    assert_eq!(taken("my \u{2066}ORDER\u{2069} رقم ٧").as_deref(), Some("phrase"));
    assert_eq!(taken("\u{200f}والطلب (sales)").as_deref(), Some("word"));
    assert_eq!(taken("sales طلب"), None);
}
