//! One process per data directory: a file lock, which the system releases however its holder ends.

use std::{
    env,
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    process,
};

use super::Error;

/// A data directory that is this process's alone.
#[derive(Debug)]
pub(super) struct DataDir {
    path: PathBuf,
    _lock: File,
}

// === impl DataDir ===

impl DataDir {
    /// Makes the directory where it is missing, and locks it.
    pub(super) fn open(dir: &Path) -> Result<Self, Error> {
        fs::create_dir_all(dir).map_err(Error::io("create", dir))?;
        let path = fs::canonicalize(dir).map_err(Error::io("read", dir))?;
        let file = path.join("lock");
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&file)
            .map_err(Error::io("write", &file))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                lock.read_to_string(&mut holder).map_err(Error::io("read", &file))?;
                let holder = match holder.trim() {
                    "" => "another process".to_owned(),
                    name => name.to_owned(),
                };
                return Err(Error::InUse { dir: path, holder });
            }
            Err(TryLockError::Error(error)) => return Err(Error::io("lock", &file)(error)),
        }
        lock.set_len(0)
            .and_then(|()| writeln!(lock, "{}", this_process()))
            .map_err(Error::io("write", &file))?;
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

fn this_process() -> String {
    let program = env::current_exe().ok();
    let name = program.as_deref().and_then(Path::file_name).unwrap_or_default();
    format!("{} (process {})", name.display(), process::id())
}
