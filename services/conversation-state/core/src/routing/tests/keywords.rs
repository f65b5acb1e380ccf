//! What may be a keyword.

use super::*;

#[test]
fn keywords_keep_their_text() {
    let longest = "ش".repeat(128);
    for text in ["sales", " الدَّعم  الفني! ", "1", "😀 hi", longest.as_str(), "a\nb"]
    {
        let keyword = Keyword::parse(text).unwrap();
        assert_eq!(keyword.as_str(), text);
        assert_eq!(keyword.to_string(), text);
        assert_eq!(format!("{keyword:?}"), format!("{text:?}"));
    }
}

#[test]
fn what_is_no_keyword() {
    let too_long = "ش".repeat(129);
    let huge = "a".repeat(1 << 20);
    let bad = ["", " ", "؟!", "😀", "ـ", "\u{64b}", "\u{200d}", "a\0", &too_long, &huge];
    for text in bad {
        assert_eq!(Keyword::parse(text), Err(InvalidKeyword), "{text:.20?}");
    }
    assert_eq!(
        InvalidKeyword.to_string(),
        "must be 1-128 characters, none of them NUL, with at least one letter or digit"
    );
}

#[test]
fn other_spellings_are_other_keywords() {
    let parse = |text| Keyword::parse(text).unwrap();
    assert_eq!(parse("sales"), parse("sales"));
    assert_ne!(parse("sales"), parse("Sales"), "people see what they wrote");
}
