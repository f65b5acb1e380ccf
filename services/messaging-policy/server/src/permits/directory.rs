//! The directory of the keys, as it is read: `current.pem` signs, `next.pem` will and `previous.pem`
//! did. All of them are published.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::KeysError;
use super::key::Key;
use super::key_set::KeySet;

/// How often it is read again while it changes.
const READINGS: usize = 10;

/// One of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum File {
    Current,
    Next,
    Previous,
}

/// What the files hold; none where there is no file.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Files {
    dir: PathBuf,
    pub(super) current: Option<Vec<u8>>,
    pub(super) next: Option<Vec<u8>>,
    pub(super) previous: Option<Vec<u8>>,
}

// === impl File ===

impl File {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Current => "current.pem",
            Self::Next => "next.pem",
            Self::Previous => "previous.pem",
        }
    }

    pub(super) fn within(self, dir: &Path) -> PathBuf {
        dir.join(self.name())
    }

    fn read(self, dir: &Path) -> Result<Option<Vec<u8>>, KeysError> {
        let path = self.within(dir);
        match fs::read(&path) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(KeysError::io("read", &path)(error)),
        }
    }
}

// === impl Files ===

impl Files {
    /// Reads them until they are the same twice: a rotation renames one after the other, and a key
    /// that went from file to file meanwhile must not be missed.
    pub(super) fn read(dir: &Path) -> Result<Self, KeysError> {
        let mut last = Self::read_once(dir)?;
        for _ in 0..READINGS {
            let again = Self::read_once(dir)?;
            if again == last {
                break;
            }
            last = again;
        }
        Ok(last)
    }

    fn read_once(dir: &Path) -> Result<Self, KeysError> {
        let current = File::Current.read(dir)?;
        let (next, previous) = (File::Next.read(dir)?, File::Previous.read(dir)?);
        Ok(Self { dir: dir.to_owned(), current, next, previous })
    }

    /// The keys that they hold: all, or none if one of them is no key.
    pub(super) fn keys(&self) -> Result<KeySet, KeysError> {
        let current = self.key(File::Current)?;
        let current =
            current.ok_or_else(|| KeysError::NoCurrent(File::Current.within(&self.dir)))?;
        let others = [self.key(File::Next)?, self.key(File::Previous)?];
        Ok(KeySet::new(current, others.into_iter().flatten()))
    }

    /// The key that a file holds, if it is there.
    pub(super) fn key(&self, file: File) -> Result<Option<Key>, KeysError> {
        let text = match file {
            File::Current => &self.current,
            File::Next => &self.next,
            File::Previous => &self.previous,
        };
        let read = |text: &Vec<u8>| {
            Key::read(text).ok_or_else(|| KeysError::NotAKey(file.within(&self.dir)))
        };
        text.as_ref().map(read).transpose()
    }
}
