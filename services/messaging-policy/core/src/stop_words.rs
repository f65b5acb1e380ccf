//! What customers write to get no more marketing.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use azeer_domain::fold;

/// The words of a policy that names no others. Only what says it wherever it stands: `cancel` and
/// `إلغاء` are about orders too.
pub const DEFAULT: &[&str] = &[
    "stop",
    "stopall",
    "unsubscribe",
    "unsub",
    "opt out",
    "optout",
    "opt me out",
    "remove me",
    "توقف",
    "توقفوا",
    "توقفي",
    "أوقف",
    "أوقفوا",
    "أوقفي",
    "قف",
    "ستوب",
    "وقف الرسائل",
    "وقفوا الرسائل",
    "إيقاف الرسائل",
    "إيقاف الإعلانات",
    "إيقاف الاشتراك",
    "إلغاء الاشتراك",
    "إلغاء اشتراك",
    "إلغاء اشتراكي",
    "ألغ الاشتراك",
    "ألغي الاشتراك",
    "ألغوا الاشتراك",
    "إلغاء المتابعة",
    "لا تراسلني",
    "لا تراسلوني",
    "لا أريد رسائل",
    "لا ترسلوا لي رسائل",
];

/// The words of a policy, ready to be looked for in many messages.
#[derive(Debug, Clone)]
pub struct StopWords {
    /// Folded, each behind the space that a word begins with.
    folded: Vec<String>,
    /// The same without any space.
    joined: HashSet<String>,
}

impl StopWords {
    /// Some words; what has no letters is none.
    #[must_use]
    pub fn of(words: &[String]) -> Self {
        let folded = words.iter().map(|word| fold(word)).filter(|word| !word.is_empty());
        let folded: Vec<_> = folded.map(|word| format!(" {word}")).collect();
        let joined = folded.iter().map(|word| word.replace(' ', "")).collect();
        Self { folded, joined }
    }

    /// Whether a message contains one of them as whole words of its own, or is one, wherever its
    /// spaces are.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        // Folded, each word is followed by a space.
        let text = format!(" {}", fold(text));
        self.folded.iter().any(|word| text.contains(word))
            || self.joined.contains(&text.replace(' ', ""))
    }
}
