//! The directory of the server's Unix socket. Who can enter it is the superuser, so only the server's
//! user (and root) can. It is the cluster's own folder, or a short one for which a socket's path has room.

use std::{
    env, fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    os::unix::{ffi::OsStrExt as _, fs::MetadataExt as _},
    path::{Path, PathBuf},
};

use super::{Error, home::Home};

/// What a socket's path may take, on the strictest system, less `/.s.PGSQL.5432.lock`.
const LONGEST: usize = 103 - 19;

/// The socket's directory, ready for use. The same cluster gets the same one at each start.
pub(super) fn dir(home: &Home) -> Result<PathBuf, Error> {
    if fits(&home.dir) {
        return Ok(home.dir.clone());
    }
    let dir = short(&home.dir);
    match home.user.create_private_dir(&dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(Error::io("create", &dir)(error))
        }
        _ if is_private(&dir, home.user.uid()) => Ok(dir),
        _ => Err(Error::SocketDir { dir, user: home.user.name() }),
    }
}

fn fits(dir: &Path) -> bool {
    dir.as_os_str().len() <= LONGEST && dir.to_str().is_some()
}

fn short(home: &Path) -> PathBuf {
    let mut hash = DefaultHasher::new();
    home.as_os_str().as_bytes().hash(&mut hash);
    let parent = Some(env::temp_dir()).filter(|dir| fits(&dir.join("azeer-dev-0123456789abcdef")));
    let parent = parent.unwrap_or_else(|| PathBuf::from("/tmp"));
    parent.join(format!("azeer-dev-{:016x}", hash.finish()))
}

fn is_private(dir: &Path, uid: u32) -> bool {
    fs::symlink_metadata(dir)
        .is_ok_and(|meta| meta.is_dir() && meta.uid() == uid && meta.mode() & 0o777 == 0o700)
}
