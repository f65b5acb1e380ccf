//! Why permits' keys cannot be had or changed, in words for whoever keeps them.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// The keys cannot be had, or not be changed.
#[derive(Debug, Error)]
pub enum KeysError {
    /// A file or the directory cannot be used.
    #[error("cannot {what} {}", .path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is no key to sign with.
    #[error(
        "there is no {}: `messaging-policy permit-keys generate` makes one",
        .0.display()
    )]
    NoCurrent(PathBuf),
    /// A file holds something else.
    #[error("{} is not an Ed25519 private key (PKCS#8, PEM)", .0.display())]
    NotAKey(PathBuf),
    /// Another process changes them.
    #[error("another command is changing the keys in {}", .0.display())]
    InUse(PathBuf),
    /// Callers may not know the next key yet.
    #[error(
        "the next key may not be known everywhere yet: rotate in {} s, or now with --at-once, \
         and callers refuse permits until they ask for the keys again",
        .0.as_secs()
    )]
    NotKnownYet(Duration),
    /// What the previous key signed may not have ended.
    #[error(
        "permits of the previous key may still be on their way: retire it in {} s, or now with \
         --at-once, and those are refused",
        .0.as_secs()
    )]
    StillInUse(Duration),
    /// A rotation was cut short.
    #[error("the last rotation was cut short: rotate again to complete it")]
    Incomplete,
    /// The system gives no randomness.
    #[error("a key cannot be made: the system gives no randomness")]
    NoRandomness,
}

impl KeysError {
    /// What could not be done with which file.
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }
}
