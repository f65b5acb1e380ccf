//! Page tokens and the like: opaque to clients, and of no use with other arguments.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Where a page in the order of one text or number begins.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterToken<T> {
    /// Of the listing's arguments.
    #[serde(rename = "h")]
    pub arguments: String,
    /// The last one of the page before.
    #[serde(rename = "l")]
    pub last: T,
}

/// A short digest of arguments.
#[must_use]
pub fn digest(encoded: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(encoded)[..9])
}

/// Writes a token: a plain struct of texts and numbers.
#[must_use]
pub fn write<T: Serialize>(token: &T) -> String {
    // Of such, writing cannot fail.
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(token).unwrap_or_default())
}

/// Reads a token. None if it is not one of this kind.
#[must_use]
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let token = AfterToken { arguments: digest(b"acme"), last: "7".to_owned() };
        assert_eq!(read(&write(&token)), Some(token));
    }

    #[test]
    fn what_is_no_token_of_the_kind_is_none() {
        let other = write(&AfterToken { arguments: digest(b"acme"), last: "x" });
        for text in ["", "x", "@", &URL_SAFE_NO_PAD.encode("{}"), &other] {
            assert_eq!(read::<AfterToken<i64>>(text), None, "{text}");
        }
    }

    #[test]
    fn other_arguments_have_another_digest() {
        assert_ne!(digest(b"a b"), digest(b"ab"));
    }
}
