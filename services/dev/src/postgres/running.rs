//! The server that another process started and still runs.

use std::{fs, path::Path};

use super::{connection, previous::PidFile};

/// How to reach `database` of the server that runs on `data_dir`, as a URL; nothing where none
/// runs, or none that this user may look at.
#[must_use]
pub fn running(data_dir: &Path, database: &str) -> Option<String> {
    let home = fs::canonicalize(data_dir.join("postgres")).ok()?;
    let server = PidFile::read(&home.join("data")).filter(PidFile::is_alive)?;
    Some(connection::url(server.socket_dir()?, database))
}
