//! What customers write to get no more marketing.

use std::collections::HashSet;

use azeer_domain::fold;
use azeer_runtime::fields::Fields;

const MOST: usize = 100;
const MOST_CHARACTERS: usize = 100;

/// The texts, of each spelling of the same words the first.
pub(super) fn stop_words(fields: &mut Fields, given: &[String]) -> Option<Vec<String>> {
    if given.len() > MOST {
        fields.bad("policy.stop_words", format_args!("must be at most {MOST} texts"));
        return None;
    }
    let texts = given.iter().enumerate().map(|(place, text)| {
        let taken = if is_good(text) { Ok(text.clone()) } else { Err(MUST_BE) };
        fields.take(&format!("policy.stop_words[{place}]"), taken)
    });
    // All are looked at before any is given up for.
    let texts: Vec<_> = texts.collect();
    let mut texts = texts.into_iter().collect::<Option<Vec<_>>>()?;
    let mut known = HashSet::new();
    texts.retain(|text| known.insert(fold(text)));
    Some(texts)
}

const MUST_BE: &str = "must be at most 100 characters, a letter or digit among them and no NUL";

/// Whether it can be found in a message, and be kept.
fn is_good(text: &str) -> bool {
    // Four bytes at most each: saves counting the characters of a huge text.
    let fits = text.len() <= MOST_CHARACTERS * 4 && text.chars().count() <= MOST_CHARACTERS;
    fits && !text.contains('\0') && !fold(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Option<Vec<String>> {
        let mut fields = Fields::new();
        let given: Vec<_> = given.iter().map(ToString::to_string).collect();
        let read = stop_words(&mut fields, &given);
        fields.finish(|| read).ok()
    }

    #[test]
    fn spellings_of_the_same_words_are_one() {
        let rows: [(&[&str], &[&str]); 5] = [
            (&[], &[]),
            (&["stop", "STOP", " Stop! "], &["stop"]),
            (&["إلغاء الاشتراك", "الغاء  الإشتراك"], &["إلغاء الاشتراك"]),
            (&["b", "a", "b"], &["b", "a"]),
            (&["stop", "stop it", "7"], &["stop", "stop it", "7"]),
        ];
        for (given, taken) in rows {
            let taken = taken.iter().map(ToString::to_string).collect();
            assert_eq!(read(given), Some(taken), "{given:?}");
        }
    }

    #[test]
    fn texts_without_words_or_too_long_ones_are_refused() {
        let long = ["x", "ش"].map(|c| c.repeat(MOST_CHARACTERS + 1));
        for bad in ["", " ", "!?", "👍", "َ", "a\0", &long[0], &long[1]] {
            assert_eq!(read(&["stop", bad]), None, "{bad:?}");
        }
        let longest = "ش".repeat(MOST_CHARACTERS);
        assert_eq!(read(&[&longest]), Some(vec![longest]));
        assert!(read(&["x"; MOST]).is_some());
        assert_eq!(read(&["x"; MOST + 1]), None);
    }
}
