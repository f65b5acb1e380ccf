//! What a word may bear before it, and what a keyword's own article means.

use super::*;

const CONJUNCTIONS: [&str; 3] = ["", "و", "ف"];
const BEFORE_NOUNS: [&str; 8] = ["", "ب", "ك", "ل", "ال", "بال", "كال", "لل"];

#[test]
fn every_combination() {
    for conjunction in CONJUNCTIONS {
        for before in BEFORE_NOUNS {
            let text = format!("من {conjunction}{before}شركة أخرى");
            assert!(takes(MatchKind::Word, "شركة", &text), "{text}");
        }
    }
}

#[test]
fn nothing_else_and_in_no_other_order() {
    for before in ["لال", "بو", "الب", "بك", "بلل", "وو", "وف", "الال", "س", "ه", "هال", "ا", "لب"]
    {
        let text = format!("{before}شركة");
        assert!(!takes(MatchKind::Word, "شركة", &text), "{text}");
    }
}

#[test]
fn three_letters_stay() {
    check(
        MatchKind::Word,
        &[
            ("رد", "رد", true),
            ("رد", "الرد", false),
            ("حجز", "وللحجز", true),
            ("حجز", "الحجز", true),
            // "The pilgrimage" keeps its article, since two letters would stay.
            ("الحج", "الحج", true),
            ("الحج", "والحج", true),
            ("الحج", "حج", false),
            ("5G", "الـ5G", false),
            ("VIP", "الـVIP", true),
            // Marks are no letters.
            ("éa", "الéa", false),
            ("éab", "الéab", true),
        ],
    );
}

#[test]
fn every_reading_counts() {
    check(
        MatchKind::Word,
        &[
            ("كلام", "كلام", true),
            ("كلام", "الكلام", true),
            ("كلام", "وبكلام", true),
            ("بنك", "بنك", true),
            ("بنك", "البنك", true),
            ("بنك", "بالبنك", true),
            ("البنك", "بالبنك", true),
            ("بالبنك", "وبالبنك", true),
            ("وكالة", "وكالة", true),
            ("وكالة", "الوكالة", true),
            ("وكالة", "ووكالة", true),
            ("والله", "والله", true),
        ],
    );
}

#[test]
fn a_keyword_with_the_article_stands_for_the_word() {
    for conjunction in CONJUNCTIONS {
        for article in ["ال", "بال", "كال", "لل"] {
            let keyword = format!("{conjunction}{article}شركة");
            for text in ["شركة", "الشركة", "بالشركة", "كشركة", "وللشركة"]
            {
                assert!(takes(MatchKind::Word, &keyword, text), "{keyword} {text}");
            }
        }
    }
    // Other clitics are the keyword's own: they are asked for.
    check(
        MatchKind::Word,
        &[("بشركة", "شركة", false), ("بشركة", "الشركة", false), ("بشركة", "وبشركة", true)],
    );
}

#[test]
fn an_alef_with_hamza_begins_no_article() {
    check(
        MatchKind::Word,
        &[
            // "Colours" without "the" would be "and that".
            ("ألوان", "وأن الطلب تأخر", false),
            ("ا\u{654}لوان", "وأن الطلب تأخر", false),
            ("أَلوان", "وأن الطلب تأخر", false),
            ("ألوان", "الوان", true),
            ("ألوان", "بألوان", true),
            ("الألوان", "ألوان", true),
            ("الألوان", "للألوان", true),
            ("ℹ️ ألوان", "وأن", false),
            // The customer may put the hamza where it doesn't belong.
            ("دعم", "ألدعم", true),
        ],
    );
}
