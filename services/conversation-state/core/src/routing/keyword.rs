//! A keyword, parsed once: as it was written, and the words to look for.

use std::fmt;

use azeer_domain::fold;
use unicode_normalization::UnicodeNormalization as _;

use super::clitics;

/// What a rule looks for in a text: one word or several.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Keyword {
    text: Box<str>,
    words: Box<[Word]>,
}

/// A text that can't be a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {}", Keyword::RULE)]
pub struct InvalidKeyword;

/// A folded word of a keyword.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Word {
    pub(super) letters: Box<str>,
    /// Where it begins without its article and what comes before that, if it bears the article.
    pub(super) without_article: Option<usize>,
}

// === impl Keyword ===

impl Keyword {
    /// What the text must be.
    pub const RULE: &'static str =
        "1-128 characters, none of them NUL, with at least one letter or digit";
    const MOST_CHARACTERS: usize = 128;

    /// Checks the text against [`Self::RULE`].
    pub fn parse(text: &str) -> Result<Self, InvalidKeyword> {
        // Four bytes at most each: saves folding a huge text.
        let fits = text.len() <= Self::MOST_CHARACTERS * 4
            && text.chars().count() <= Self::MOST_CHARACTERS;
        if !fits || text.contains('\0') {
            return Err(InvalidKeyword);
        }
        let words = words(text);
        if words.is_empty() { Err(InvalidKeyword) } else { Ok(Self { text: text.into(), words }) }
    }

    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }
}

impl fmt::Debug for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

impl fmt::Display for Keyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn words(text: &str) -> Box<[Word]> {
    // The article's alef bears no hamza. Folding hides that, and would find it in ألوان
    // ("colours"), whose rest is spelled like وأن ("and that"): so it is looked for in a spelling
    // that has another letter there, of the same length.
    let spelled: String =
        text.nfc().map(|c| if matches!(c, 'أ' | 'إ' | 'آ') { 'ء' } else { c }).collect();
    let (folded, spelled) = (fold(text), fold(&spelled));
    folded
        .split_terminator(' ')
        .zip(spelled.split_terminator(' '))
        .map(|(letters, spelled)| Word {
            letters: letters.into(),
            without_article: clitics::end_of_article(spelled),
        })
        .collect()
}
