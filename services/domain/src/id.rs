//! Identifiers, parsed once: a value of one of these types is well formed.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text_id;

/// What a text must be to be an identifier of some kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct InvalidId(pub &'static str);

text_id!(
    /// A customer of the platform: the owner of channels and conversations.
    TenantId, is_name, "1-64 of A-Z a-z 0-9 _ -"
);
text_id!(
    /// A business phone number, by the platform's `phone_number_id`.
    ChannelId, is_name, "1-64 of A-Z a-z 0-9 _ -"
);
text_id!(
    /// A team of the tenant.
    TeamId, is_name, "1-64 of A-Z a-z 0-9 _ -"
);
text_id!(
    /// A member of a team; also the name of a bot or of a part of the system.
    AgentId, is_name, "1-64 of A-Z a-z 0-9 _ -"
);
text_id!(
    /// A person on the platform: a phone-number id or a business-scoped user id. Opaque, but that
    /// people write a plus before numbers, which the platform's ids don't have.
    ContactId, |text| is_printable(text, 128), "1-128 printable characters without spaces",
    without_plus
);
text_id!(
    /// A message or call, by the platform's id.
    MessageId, |text| is_printable(text, 256), "1-256 printable characters without spaces"
);

impl ContactId {
    /// Whether this is a business-scoped user id, such as `US.13491208655302741918`: a country, a
    /// dot and an id. It names one person for good. All others are taken for phone numbers, which
    /// can change hands.
    #[must_use]
    pub fn is_user_id(&self) -> bool {
        matches!(self.0.as_bytes(), [a, b, b'.', _, ..] if a.is_ascii_uppercase() && b.is_ascii_uppercase())
    }
}

/// A conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationId(pub Uuid);

/// Names a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// By its id.
    Conversation(ConversationId),
    /// By whom it is with.
    Contact(ChannelId, ContactId),
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// Whether a text is 1-64 of A-Z a-z 0-9 _ -.
#[must_use]
pub fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

/// Whether a text has 1 to `most` characters, none of them a space or control character.
#[must_use]
pub fn is_printable(text: &str, most: usize) -> bool {
    !text.is_empty()
        // Four bytes at most each: saves counting the characters of a huge text.
        && text.len() <= most * 4
        && text.chars().count() <= most
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// A phone number without the plus before it; any other text as it is.
fn without_plus(text: &str) -> &str {
    let number = text.strip_prefix('+');
    let number = number.filter(|rest| rest.bytes().all(|b| b.is_ascii_digit()) && !rest.is_empty());
    number.unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let long = "x".repeat(64);
        for good in ["a", "106540352242922", "Team_1-b", long.as_str()] {
            assert!(TenantId::parse(good).is_ok(), "{good}");
        }
        let too_long = "x".repeat(65);
        for bad in ["", " ", "a b", "a.b", "ف", "a\0", too_long.as_str()] {
            assert!(TenantId::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn contacts() {
        let long = "ش".repeat(128);
        for good in ["966500000001", "US.13491208655302741918", "+966", "ش", long.as_str()] {
            assert!(ContactId::parse(good).is_ok(), "{good}");
        }
        for (text, id) in
            [("+966500000001", "966500000001"), ("+", "+"), ("+9a", "+9a"), ("++9", "++9")]
        {
            assert_eq!(ContactId::parse(text).unwrap().as_str(), id);
        }
        let user_id = |text| ContactId::parse(text).unwrap().is_user_id();
        assert!(user_id("US.13491208655302741918") && user_id("SA.x"));
        for number in ["966500000001", "+966", "us.1", "US.", "USA.1", "U.1"] {
            assert!(!user_id(number), "{number}");
        }
        let too_long = "ش".repeat(129);
        for bad in ["", " ", "a b", "a\u{a0}b", "a\0", "a\n", "\u{7f}", too_long.as_str()] {
            assert!(ContactId::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ids_are_written_as_texts_and_checked_when_they_are_read() {
        let tenant = TenantId::parse("acme").unwrap();
        assert_eq!(serde_json::to_string(&tenant).unwrap(), r#""acme""#);
        assert_eq!(serde_json::from_str::<TenantId>(r#""acme""#).unwrap(), tenant);
        let refused = serde_json::from_str::<TenantId>(r#""a b""#).unwrap_err().to_string();
        assert!(refused.starts_with("must be 1-64 of"), "{refused}");

        let conversation = ConversationId(Uuid::from_u128(1));
        let text = r#""00000000-0000-0000-0000-000000000001""#;
        assert_eq!(serde_json::to_string(&conversation).unwrap(), text);
        assert_eq!(serde_json::from_str::<ConversationId>(text).unwrap(), conversation);
        assert!(serde_json::from_str::<ConversationId>(r#""1""#).is_err());
    }
}
