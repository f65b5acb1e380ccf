//! The course of the keys: made, published, signing, and gone when nothing that they signed is left.
//! Each step leaves a key that signs and loses none that does or will, so that commands may be cut
//! short anywhere.

#[cfg(test)]
mod tests;

use std::fs::{self, DirBuilder, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::directory::{File, Files};
use super::error::KeysError;
use super::key::Key;

/// How long a key is published before it signs: callers may keep the set for 5 minutes.
pub(super) const PUBLISHED_FOR: Duration = Duration::from_mins(6);
/// How long a key is published after it signed: permits end after 60 s, by the sender's clock.
pub(super) const KEPT_FOR: Duration = Duration::from_mins(2);

/// What generating did: the names of the keys that were made.
#[derive(Debug, PartialEq, Eq)]
pub struct Generated {
    /// The one that signs; none: there was one.
    pub current: Option<Arc<str>>,
    /// The one that will; none: there was one.
    pub next: Option<Arc<str>>,
}

/// What a rotation did.
#[derive(Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The next key signs now, and there is a new next one.
    Done {
        /// The one that signs.
        current: Arc<str>,
        /// The one that will.
        next: Arc<str>,
        /// The one that did.
        previous: Arc<str>,
    },
    /// There was no next key, as a rotation leaves it that is cut short: there is one now.
    Completed {
        /// The one that signs, as it did before.
        current: Arc<str>,
        /// The one that will.
        next: Arc<str>,
    },
}

/// What retiring did.
#[derive(Debug, PartialEq, Eq)]
pub struct Retired {
    /// The key that is gone; none: there was none.
    pub previous: Option<Arc<str>>,
}

/// Makes the keys that are missing: one that signs, and one that will.
pub fn generate(dir: &Path) -> Result<Generated, KeysError> {
    let parent = dir.parent().unwrap_or(dir);
    let made = fs::create_dir_all(parent)
        .and_then(|()| DirBuilder::new().recursive(true).mode(0o700).create(dir));
    made.map_err(KeysError::io("create", dir))?;
    let _alone = Alone::with(dir)?;
    let files = Files::read(dir)?;
    let made = |file| {
        if files.key(file)?.is_some() {
            return Ok(None);
        }
        let (key, step) = new_key(file)?;
        step.perform(dir)?;
        Ok(Some(key.id))
    };
    Ok(Generated { current: made(File::Current)?, next: made(File::Next)? })
}

/// Has the next key sign, keeps the one that did for its permits, and makes a new next one. Not
/// before callers know the next one, unless it must be `at_once`.
pub fn rotate(dir: &Path, at_once: bool) -> Result<Rotated, KeysError> {
    let alone = Alone::with(dir)?;
    let (steps, rotated) = plan(dir)?;
    if matches!(rotated, Rotated::Done { .. }) && !at_once {
        alone.wait_for(File::Next, PUBLISHED_FOR, KeysError::NotKnownYet)?;
    }
    steps.iter().try_for_each(|step| step.perform(dir))?;
    Ok(rotated)
}

/// Removes the previous key: the rotation is over. Not before its permits are, unless it must be
/// `at_once`.
pub fn retire(dir: &Path, at_once: bool) -> Result<Retired, KeysError> {
    let alone = Alone::with(dir)?;
    let files = Files::read(dir)?;
    let Some(previous) = files.key(File::Previous)? else {
        return Ok(Retired { previous: None });
    };
    // Cut short after its first step, a rotation has left the key that signs there too.
    if files.next.is_none() || files.current == files.previous {
        return Err(KeysError::Incomplete);
    }
    if !at_once {
        // The next key was written when the previous one had signed for the last time.
        alone.wait_for(File::Next, KEPT_FOR, KeysError::StillInUse)?;
    }
    Step::Remove(File::Previous).perform(dir)?;
    Ok(Retired { previous: Some(previous.id) })
}

/// The steps of a rotation of the keys that there are, and what they come to.
fn plan(dir: &Path) -> Result<(Vec<Step>, Rotated), KeysError> {
    let files = Files::read(dir)?;
    let path = File::Current.within(dir);
    let (Some(text), Some(current)) = (&files.current, files.key(File::Current)?) else {
        return Err(KeysError::NoCurrent(path));
    };
    let (new, put) = new_key(File::Next)?;
    let Some(next) = files.key(File::Next)? else {
        return Ok((vec![put], Rotated::Completed { current: current.id, next: new.id }));
    };
    let keep = Step::Put(File::Previous, text.clone());
    let steps = vec![keep, Step::Move(File::Next, File::Current), put];
    let rotated = Rotated::Done { current: next.id, next: new.id, previous: current.id };
    Ok((steps, rotated))
}

fn new_key(file: File) -> Result<(Key, Step), KeysError> {
    let text = Key::generate().ok_or(KeysError::NoRandomness)?;
    let key = Key::read(text.as_bytes()).ok_or(KeysError::NoRandomness)?;
    Ok((key, Step::Put(file, text.into_bytes())))
}

/// A change of the directory, which is there as a whole or not at all.
enum Step {
    Put(File, Vec<u8>),
    Move(File, File),
    Remove(File),
}

// === impl Step ===

impl Step {
    fn perform(&self, dir: &Path) -> Result<(), KeysError> {
        match self {
            Self::Put(file, text) => {
                let path = file.within(dir);
                let aside = aside(dir, *file);
                write(&aside, text).map_err(KeysError::io("write", &aside))?;
                fs::rename(&aside, &path).map_err(KeysError::io("write", &path))?;
            }
            Self::Move(from, to) => {
                let path = to.within(dir);
                fs::rename(from.within(dir), &path).map_err(KeysError::io("write", &path))?;
            }
            Self::Remove(file) => {
                let path = file.within(dir);
                fs::remove_file(&path).map_err(KeysError::io("remove", &path))?;
            }
        }
        // Names are kept by the directory: the next step must not survive a crash without this one.
        let kept = fs::File::open(dir).and_then(|dir| dir.sync_all());
        kept.map_err(KeysError::io("write", dir))
    }
}

/// Where a file is written before it takes its name.
fn aside(dir: &Path, file: File) -> PathBuf {
    dir.join(format!(".{}.new", file.name()))
}

/// Writes a file that only its owner can read.
fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    // What a command that was cut short has left may have any mode.
    let _ = fs::remove_file(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

/// A command has the directory for itself until this is dropped.
struct Alone<'a> {
    dir: &'a Path,
    lock: fs::File,
}

// === impl Alone ===

impl<'a> Alone<'a> {
    fn with(dir: &'a Path) -> Result<Self, KeysError> {
        let path = dir.join(".lock");
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let lock = lock.map_err(KeysError::io("open", &path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { dir, lock }),
            Err(TryLockError::WouldBlock) => Err(KeysError::InUse(dir.to_owned())),
            Err(TryLockError::Error(error)) => Err(KeysError::io("lock", &path)(error)),
        }
    }

    /// Refuses until a file has been there for long enough.
    fn wait_for(
        &self,
        file: File,
        long: Duration,
        refused: fn(Duration) -> KeysError,
    ) -> Result<(), KeysError> {
        let path = file.within(self.dir);
        let age = self.age(&path).map_err(KeysError::io("read", &path))?;
        match long.checked_sub(age) {
            None | Some(Duration::ZERO) => Ok(()),
            Some(left) => Err(refused(left)),
        }
    }

    /// How long ago a file was written, by the clock that stamps files: not by this machine's, which
    /// may be another. A file of the future has just been written.
    fn age(&self, path: &Path) -> io::Result<Duration> {
        let mut lock = &self.lock;
        lock.write_all(b"\n")?;
        let (now, written) = (lock.metadata()?.modified()?, fs::metadata(path)?.modified()?);
        Ok(now.duration_since(written).unwrap_or_default())
    }
}
