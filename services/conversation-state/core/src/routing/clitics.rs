//! The short words that Arabic writes together with the next one, on folded words.
//!
//! In order, each at most once: a conjunction (و "and", ف "so"), a preposition (ب "with", ك "like",
//! ل "for"), the article (ال "the"). "For the" is written لل.

/// A rest of fewer letters is rarely the word that the keyword means: بنك ("bank") is not "with نك".
const FEWEST_LETTERS: usize = 3;

/// Whether a word that is `prefix` and `rest` may be read as clitics and the word `rest`.
pub(super) fn may_part(prefix: &str, rest: &str) -> bool {
    matches!(after_conjunction(prefix), "" | "ب" | "ك" | "ل" | "ال" | "بال" | "كال" | "لل")
        && has_enough_letters(rest)
}

/// Where the rest of a word begins that bears the article, whatever else it bears.
pub(super) fn end_of_article(word: &str) -> Option<usize> {
    let may_end = |at: usize| {
        let (prefix, rest) = word.split_at(at);
        matches!(after_conjunction(prefix), "ال" | "بال" | "كال" | "لل") && has_enough_letters(rest)
    };
    // The longest, "and with the", has four letters.
    word.char_indices().map(|(at, _)| at).take(5).find(|&at| may_end(at))
}

fn after_conjunction(prefix: &str) -> &str {
    prefix.strip_prefix(['و', 'ف']).unwrap_or(prefix)
}

fn has_enough_letters(rest: &str) -> bool {
    rest.chars().filter(|c| c.is_alphanumeric()).take(FEWEST_LETTERS).count() == FEWEST_LETTERS
}
