//! What names and instants of the platform must be, wherever they come from.

use azeer_domain::{PLATFORM_BEGAN, Time};

/// No text of the platform's own, such as a status, is kept beyond this.
pub(crate) const MOST_CHARACTERS: usize = 256;

/// The last instant that every client can read.
pub(crate) const LATEST: Time = match Time::from_timestamp(253_402_300_799, 0) {
    Some(at) => at,
    // INVARIANT: the compiler has been past it.
    None => panic!("9999 is a year"),
};

/// An instant that all who are told of it can read.
pub(crate) fn instant(seconds: i64) -> Option<Time> {
    let at = Time::from_timestamp(seconds, 0)?;
    (PLATFORM_BEGAN..=LATEST).contains(&at).then_some(at)
}

/// As much of a text of the platform's own as is kept, without what no database takes.
pub(crate) fn kept(text: impl AsRef<str>) -> String {
    let characters = text.as_ref().chars().take(MOST_CHARACTERS);
    characters.map(|c| if c == '\0' { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Whether a text is 1-512 of a-z 0-9 _.
pub(crate) fn is_template_name(name: &str) -> bool {
    (1..=512).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a text is a phone number as people write it: at most 32 digits, spaces and + - ( ).
pub(crate) fn is_display_number(number: &str) -> bool {
    number.len() <= 32
        && number.chars().all(|c| c.is_ascii_digit() || " +-()".contains(c))
        && number.contains(|c: char| c.is_ascii_digit())
}

/// Whether a text can be the code of a language, of whatever language.
pub(crate) fn is_language_code(code: &str) -> bool {
    (1..=35).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
