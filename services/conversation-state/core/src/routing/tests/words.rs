//! `Word` rules: what people write to a business, and what only looks like it.

use super::*;

#[test]
fn customers_reach_the_team_they_ask_for() {
    check(
        MatchKind::Word,
        &[
            ("الدعم الفني", "للدعم الفني", true),
            ("الدعم الفني", "ابي دعم فني لو سمحت", true),
            ("الدعم الفني", "حولني على الدعم الفنّي", true),
            ("الدعم الفني", "وبالدعم الفني؟", true),
            ("دعم فني", "للدعم الفني", true),
            ("دعم فني", "دعم\nفني", true),
            ("للدعم الفني", "الدعم الفني", true),
            ("مشكلة", "ومشكله ثانية", true),
            ("مشكلة", "عندي مشكلة!!", true),
            ("مبيعات", "المَبِيعَات", true),
            ("مبيعات", "المبيـــعات", true),
            ("المبيعات", "لمبيعات", true),
            ("إلغاء الطلب", "أريد الغاء طلبي", false),
            ("إلغاء الطلب", "أريد الغاء الطلب", true),
            ("إلغاء الطلب", "لإلغاء طلب رقم ٥", true),
            ("فاتورة", "بفاتورة الشهر", true),
            ("sales", "SALES please", true),
            ("sales", "hi,sales.please", true),
            ("sales", "ابغى sales", true),
            ("VIP", "باقة الـVIP", true),
            ("e-mail", "my E mail", true),
            ("طلب 12", "الطلب ١٢", true),
            ("طلب ۱۲", "طلب 12", true),
        ],
    );
}

#[test]
fn a_part_of_a_word_is_not_the_word() {
    check(
        MatchKind::Word,
        &[
            ("sales", "salesman", false),
            ("sales", "wholesales", false),
            ("support", "unsupported", false),
            ("support", "supports", false),
            // "Spring" and "selling", "businesses" and "money", "in debt" and "debt".
            ("بيع", "الربيع", false),
            ("مال", "الأعمال", false),
            ("دين", "مدين", false),
            // "Your speech": what is written at the end of a word stays with it.
            ("كلام", "كلامك", false),
            // A flavour is no bank, though its first letters are; but "with a flavour" is one.
            ("بنك", "بنكهة", false),
            ("نكهة", "بنكهة", true),
            ("طلب 12", "طلب 123", false),
        ],
    );
}

#[test]
fn several_words_stand_side_by_side() {
    check(
        MatchKind::Word,
        &[
            ("دعم فني", "فني دعم", false),
            ("دعم فني", "دعم غير فني", false),
            ("دعم فني", "دعم", false),
            ("دعم فني", "دعم، فني", true),
            ("دعم دعم فني", "دعم دعم دعم فني", true),
            ("a b a c", "a b a b a c", true),
            ("a b a c", "a b a b c", false),
            ("المبيعات والدعم", "مبيعات ودعم", true),
            ("new order", "I want a NEW  order", true),
        ],
    );
}

#[test]
fn a_first_letter_may_be_taken_for_a_clitic() {
    // "Destination" reads like "and a side", "speech" like "like Lam". `Phrase` tells them apart.
    for (keyword, text) in [("جهة", "وجهة"), ("لام", "كلام")] {
        assert!(takes(MatchKind::Word, keyword, text), "{keyword} {text}");
        assert!(!takes(MatchKind::Phrase, keyword, text), "{keyword} {text}");
    }
}
