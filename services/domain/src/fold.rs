//! Makes one spelling of the many in which people write the same words, and finds the words.
//!
//! A word is a run of letters and digits with the marks on them. All else divides words:
//! punctuation of any script, symbols, emoji, spaces and new lines. Unicode's word boundaries
//! (UAX 29) are meant for prose and join `thanks.sales`, as people in a hurry write.

#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::UnicodeEmoji as _;

/// The folded words of a text, each followed by one space.
///
/// Linear in the text: a character becomes 18 at most, and usually one.
#[must_use]
pub fn fold(text: &str) -> String {
    let visible = text.chars().filter(|&c| !is_invisible(c));
    // Before normalisation, which would make letters of some emoji: `ℹ` becomes `i`.
    let symbols_apart = visible.map(|c| if is_symbol(c) { ' ' } else { c });
    // Texts are equal decomposed (NFKD) just where they are equal composed (NFKC). Decomposed, the
    // hamzas and maddas on Arabic letters are marks, which go with the vowel signs.
    let letters = symbols_apart.nfkd().filter(|&c| !is_arabic_decoration(c));
    // By way of upper case, which joins what lower case leaves apart: ß and SS, ς and Σ, ı and I.
    // The capital ẞ is its own upper case, and is taken for the small one first.
    let upper = letters.map(|c| if c == 'ẞ' { 'ß' } else { c }).flat_map(char::to_uppercase);
    let one_case = upper.flat_map(char::to_lowercase);

    let mut words = String::with_capacity(text.len() + 1);
    let mut in_word = false;
    for c in one_case.map(common_letter) {
        if is_letter(c) || (in_word && is_combining_mark(c)) {
            words.push(c);
            in_word = true;
        } else if in_word {
            words.push(' ');
            in_word = false;
        }
    }
    if in_word {
        words.push(' ');
    }
    words
}

/// What is not to be seen and stands between no words: joiners, bidi marks, variation selectors,
/// soft hyphens and the like (Unicode's `Default_Ignorable_Code_Point`).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

/// Emoji, and the key drawn around a digit. The digit of such a key is a digit.
fn is_symbol(c: char) -> bool {
    const KEY: char = '\u{20e3}';
    // What Unicode calls emoji below are digits, and signs that divide words anyway.
    const FIRST_EMOJI: char = '\u{203c}';
    c == KEY || (c >= FIRST_EMOJI && c.is_emoji_char())
}

/// Vowel signs, hamzas and maddas on letters, signs of recitation, and the stretching line. The
/// marks of other scripts make other letters, and stay.
fn is_arabic_decoration(c: char) -> bool {
    const TATWEEL: char = '\u{640}';
    c == TATWEEL
        || (matches!(c, '\u{600}'..='\u{6ff}' | '\u{870}'..='\u{8ff}') && is_combining_mark(c))
}

/// A letter or digit. Most texts are Arabic: its letters need no look into tables.
fn is_letter(c: char) -> bool {
    matches!(c, 'ء'..='ي') || c.is_alphanumeric()
}

/// One letter for those that people exchange, also by the keyboard they have, and ASCII digits.
fn common_letter(c: char) -> char {
    match c {
        // Alef wasla.
        'ٱ' => 'ا',
        // Taa marbuta, and the haas of Persian and Urdu keyboards.
        'ة' | 'ۃ' | 'ہ' | 'ھ' | 'ە' => 'ه',
        // Alef maqsura, Persian yaa.
        'ى' | 'ی' => 'ي',
        // Persian kaf.
        'ک' => 'ك',
        '٠' | '۰' => '0',
        '١' | '۱' => '1',
        '٢' | '۲' => '2',
        '٣' | '۳' => '3',
        '٤' | '۴' => '4',
        '٥' | '۵' => '5',
        '٦' | '۶' => '6',
        '٧' | '۷' => '7',
        '٨' | '۸' => '8',
        '٩' | '۹' => '9',
        other => other,
    }
}
