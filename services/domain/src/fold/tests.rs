//! The spellings that are taken for one, and what divides words.

use proptest::prelude::*;

use super::fold;

fn folded(rows: &[(&str, &str)]) {
    for &(text, expected) in rows {
        assert_eq!(fold(text).trim_end(), expected, "{text:?}");
    }
}

#[test]
fn arabic_letters() {
    folded(&[
        ("أإآٱا", "ااااا"),
        ("مسؤول", "مسوول"),
        ("شيء طارئ", "شيء طاري"),
        ("مشكلة", "مشكله"),
        ("مستشفى", "مستشفي"),
        ("کتابی", "كتابي"),
        ("ہھەۃ", "هههه"),
        // Decomposed, and in the shapes of old fonts.
        ("ا\u{654}و\u{654}ي\u{654}ا\u{653}", "اويا"),
        ("\u{fe97}\u{feb3}\u{fe92}\u{fefb}", "تسبلا"),
        ("ﷲ", "الله"),
    ]);
}

#[test]
fn arabic_decorations() {
    folded(&[
        ("المَبِيعَات", "المبيعات"),
        ("شُكْرًا جَزِيلًا", "شكرا جزيلا"),
        ("الفنّيّ", "الفني"),
        ("هٰذا", "هذا"),
        ("مبيـــــعات", "مبيعات"),
        ("ـــ", ""),
        ("قُلۡ", "قل"),
        ("كتاب\u{8f0}", "كتاب"),
    ]);
}

#[test]
fn digits() {
    folded(&[
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),
        ("１２", "12"),
        ("1️⃣2️⃣", "1 2"),
        ("٣٫٥", "3 5"),
    ]);
}

#[test]
fn case_and_compatibility() {
    folded(&[
        ("SALES", "sales"),
        ("Ｓａｌｅｓ", "sales"),
        ("STRASSE Straße STRAẞE", "strasse strasse strasse"),
        ("ΣΑΣ σας", "σασ σασ"),
        ("SATIŞ satış", "satis\u{327} satis\u{327}"),
        ("ﬁle", "file"),
    ]);
    assert_eq!(fold("caf\u{e9}"), fold("cafe\u{301}"));
    assert_ne!(fold("café"), fold("cafe"), "marks of other scripts make other letters");
}

#[test]
fn the_invisible() {
    folded(&[
        ("sa\u{200b}l\u{200d}e\u{ad}s", "sales"),
        ("\u{feff}sales\u{200e}", "sales"),
        ("\u{2067}مبيعات\u{2069}", "مبيعات"),
        ("می\u{200c}خواهم", "ميخواهم"),
        ("مبي\u{61c}عات", "مبيعات"),
        ("a\u{3164}b\u{ffa0}c", "abc"),
        // A joiner between a letter and its mark keeps neither apart.
        ("e\u{200d}\u{301}", "e\u{301}"),
    ]);
}

#[test]
fn what_divides_words() {
    folded(&[
        ("", ""),
        (" \t\r\n ", ""),
        ("؟!؛،.", ""),
        ("  a   b  ", "a b"),
        ("a\u{a0}b\u{2003}c", "a b c"),
        ("a\nb\r\nc", "a b c"),
        ("مرحبا،مبيعات؟شكرا؛نعم", "مرحبا مبيعات شكرا نعم"),
        ("#دعم_فني", "دعم فني"),
        ("sales@example.com", "sales example com"),
        ("don't don’t", "don t don t"),
        ("مبيعات😀دعم", "مبيعات دعم"),
        ("👨‍👩‍👧sales👍🏽", "sales"),
        ("ℹ️sales🅰️™", "sales"),
        ("a🇸🇦b", "a b"),
        ("«دعم»", "دعم"),
        ("a\0b\u{fffd}c", "a b c"),
    ]);
}

#[test]
fn marks_of_other_scripts_divide_no_words() {
    for word in ["हिन्दी", "ไทย", "বাংলা", "தமிழ்"] {
        assert_eq!(fold(word).split_terminator(' ').count(), 1, "{word}");
    }
    folded(&[("\u{301}a", "a"), ("\u{301} \u{301}", "")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn folding_again_changes_nothing(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }
}
