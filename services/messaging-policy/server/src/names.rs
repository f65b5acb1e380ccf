//! What names and instants of the platform must be, wherever they come from.

use azeer_domain::Time;

/// The last instant that every client can read.
pub(crate) const LATEST: Time = match Time::from_timestamp(253_402_300_799, 0) {
    Some(at) => at,
    // INVARIANT: the compiler has been past it.
    None => panic!("9999 is a year"),
};

/// Whether a text is 1-512 of a-z 0-9 _.
pub(crate) fn is_template_name(name: &str) -> bool {
    (1..=512).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// Whether a text can be the code of a language, of whatever language.
pub(crate) fn is_language_code(code: &str) -> bool {
    (1..=35).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}
