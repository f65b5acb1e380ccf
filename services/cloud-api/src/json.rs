//! JSON as it comes: what is wrong within a text or a number costs that text or number, not the
//! body. Numbers are kept as they are written, so that none is out of range.

use std::borrow::Cow;

use serde_json::Value;

/// Reads JSON. Bytes that are not UTF-8, and halves of characters (an emoji cut in two), become
/// U+FFFD.
pub(crate) fn read(body: &[u8]) -> Result<Value, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    serde_json::from_str(&text).or_else(|error| match without_halves(&text) {
        Cow::Borrowed(_) => Err(error),
        Cow::Owned(mended) => serde_json::from_str(&mended),
    })
}

/// Replaces the escapes of lone surrogates by that of U+FFFD, which is as long.
fn without_halves(text: &str) -> Cow<'_, str> {
    let mut mended = Cow::Borrowed(text);
    let mut at = 0;
    // Backslashes stand only in texts, and escape the character after them.
    while let Some(found) = text[at..].find('\\') {
        at += found;
        match (unit(text, at), unit(text, at + 6)) {
            (Some(0xd800..=0xdbff), Some(0xdc00..=0xdfff)) => at += 12,
            (Some(0xd800..=0xdfff), _) => {
                mended.to_mut().replace_range(at..at + 6, "\\ufffd");
                at += 6;
            }
            (Some(_), _) => at += 6,
            (None, _) => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
        }
    }
    mended
}

/// The UTF-16 unit escaped at this place, if one is.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_character_costs_only_itself() {
        let cases = [
            (r#""plain \n \\ \" ش""#, "plain \n \\ \" ش"),
            (r#""\ud83d\ude00""#, "😀"),
            (r#""hi \ud83d""#, "hi \u{fffd}"),
            (r#""\ude00 hi""#, "\u{fffd} hi"),
            (r#""\ud83d\ud83d\ude00""#, "\u{fffd}😀"),
            (r#""\\ud83d \ud83d""#, "\\ud83d \u{fffd}"),
        ];
        for (json, expected) in cases {
            assert_eq!(read(json.as_bytes()).unwrap(), expected, "{json}");
        }
        assert_eq!(read(b"\"a\xffb\"").unwrap(), "a\u{fffd}b");
        assert!(read(br#"{"timestamp": 1e400}"#).is_ok());
        for broken in ["", "{", "\"\\", "\"\\u12", "\"\\ud83d", "{\"a\": \\ud83d}"] {
            assert!(read(broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
