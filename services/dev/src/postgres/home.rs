//! Where a cluster lives: the folder `postgres` of the data directory. When root starts it in a
//! place that the server's user cannot enter, `postgres` is a link to a folder under `/var/lib`.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt as _, symlink},
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{Error, user::User};

/// For clusters whose data directory is closed to the server's user. Each gets a random name, kept
/// only by the link: who deletes the data directory gets an empty database, not the old one.
const SHELTER: &str = "/var/lib/azeer-dev";

/// A cluster's folder and its owner. In it: `data`, `postgres.log`, and the socket if the path is
/// short enough.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) dir: PathBuf,
    pub(super) user: User,
}

// === impl Home ===

impl Home {
    /// The home that `data_dir` has, or a new one.
    pub(super) fn open(data_dir: &Path) -> Result<Self, Error> {
        let place = data_dir.join("postgres");
        let caller = User::caller()?;
        // An empty folder is what a start that was cut short has left.
        let _ = fs::remove_dir(&place);
        match fs::canonicalize(&place) {
            Ok(dir) => Self::existing(dir, caller),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if fs::remove_file(&place).is_ok() {
                    tracing::warn!(
                        "the database that {} led to is gone: making an empty one",
                        place.display()
                    );
                }
                if caller.is_root() { Self::new_by_root(&place) } else { Self::new(place, caller) }
            }
            Err(error) => Err(Error::io("read", &place)(error)),
        }
    }

    /// The server's files.
    pub(super) fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// The server's log.
    pub(super) fn log(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    fn existing(dir: PathBuf, caller: User) -> Result<Self, Error> {
        let meta = fs::metadata(&dir).map_err(Error::io("read", &dir))?;
        let user = if caller.is_root() { User::owner(meta.uid(), meta.gid()) } else { caller };
        if user.is_root() || user.uid() != meta.uid() {
            return Err(Error::NotYours { dir, owner: meta.uid() });
        }
        Self { dir, user }.checked()
    }

    fn new(dir: PathBuf, user: User) -> Result<Self, Error> {
        user.create_private_dir(&dir).map_err(Error::io("create", &dir))?;
        Self { dir, user }.checked()
    }

    fn new_by_root(place: &Path) -> Result<Self, Error> {
        let user = User::unprivileged()?;
        match Self::new(place.to_owned(), user) {
            Err(Error::Closed { .. }) => {}
            other => return other,
        }
        fs::remove_dir(place).map_err(Error::io("remove", place))?;
        fs::create_dir_all(SHELTER).map_err(Error::io("create", Path::new(SHELTER)))?;
        let home = Self::new(Path::new(SHELTER).join(Uuid::new_v4().to_string()), user)?;
        symlink(&home.dir, place).map_err(Error::io("create", place))?;
        tracing::info!(
            "PostgreSQL runs as user {}, who cannot enter {}: the database is in {}",
            user.name(),
            place.display(),
            home.dir.display()
        );
        Ok(home)
    }

    fn checked(self) -> Result<Self, Error> {
        if self.user.can_use(&self.dir) {
            Ok(self)
        } else {
            Err(Error::Closed { dir: self.dir, user: self.user.name() })
        }
    }
}
