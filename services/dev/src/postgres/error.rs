//! What can go wrong with the private `PostgreSQL`, each with what to do about it.

use std::{
    io,
    path::{Path, PathBuf},
};

/// Why there is no running server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No server programs are installed, or too old ones.
    #[error(
        "no PostgreSQL server programs (initdb and postgres, version {oldest} or newer) were found{rejected}.\n\
         Install them:         {install}\n\
         or name their folder: PG_BIN_DIR=/path/to/bin\n\
         or use a server of your own: --database-url postgresql://…"
    )]
    NoPrograms {
        /// The oldest major version that serves.
        oldest: u32,
        /// What was found but is too old; empty when nothing was.
        rejected: String,
        /// The command that installs them on this system.
        install: &'static str,
    },
    /// `PG_BIN_DIR` names a folder without usable programs.
    #[error("PG_BIN_DIR is {}, which {why}", dir.display())]
    BinDir {
        /// The folder.
        dir: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Another process works with the data directory.
    #[error(
        "the data directory {} is in use by {holder}: stop it, or give another --data-dir",
        dir.display()
    )]
    InUse {
        /// The data directory.
        dir: PathBuf,
        /// Who holds it: program and process id.
        holder: String,
    },
    /// The database files belong to someone else.
    #[error(
        "the database in {} belongs to another user (id {owner}): \
         run as that user, or give another --data-dir",
        dir.display()
    )]
    NotYours {
        /// The cluster's directory.
        dir: PathBuf,
        /// The owner's user id.
        owner: u32,
    },
    /// Root's server runs as another user, and that user cannot get at the directory.
    #[error(
        "PostgreSQL does not run as root, and user {user} cannot use {}: \
         open the directories above it (chmod o+x), or give another --data-dir",
        dir.display()
    )]
    Closed {
        /// The cluster's directory.
        dir: PathBuf,
        /// The user that the server runs as.
        user: String,
    },
    /// The database files are of another major version.
    #[error(
        "the database in {} was made by PostgreSQL {made_by}, but the programs found are version {found}: \
         set PG_BIN_DIR to the programs of version {made_by}, or move the directory away to start empty",
        dir.display()
    )]
    OtherVersion {
        /// The cluster's directory.
        dir: PathBuf,
        /// The version in its `PG_VERSION`.
        made_by: String,
        /// The version of the programs.
        found: u32,
    },
    /// The server of an earlier run does not go away.
    #[error("process {pid}, a PostgreSQL left from an earlier run on {}, does not stop: end it (kill {pid}) and try again", dir.display())]
    Leftover {
        /// The cluster's directory.
        dir: PathBuf,
        /// The old server's process id.
        pid: u32,
    },
    /// The short directory for the socket exists and is not private.
    #[error("{} must be a directory of mode 0700 that belongs to user {user}: remove it and try again", dir.display())]
    SocketDir {
        /// The socket's directory.
        dir: PathBuf,
        /// The user that the server runs as.
        user: String,
    },
    /// initdb failed.
    #[error("initdb could not make a database in {}:\n{output}", dir.display())]
    Initdb {
        /// The cluster's directory.
        dir: PathBuf,
        /// What initdb said.
        output: String,
    },
    /// The server ended before it took connections.
    #[error("PostgreSQL did not start; the end of {} tells why:\n{tail}", log.display())]
    Start {
        /// The server's log.
        log: PathBuf,
        /// Its last lines.
        tail: String,
    },
    /// The database that a caller named cannot be told from its URL.
    #[error("a database URL must look like postgresql://user@host:5432/name, with the name")]
    Url,
    /// The server runs, but a statement or a connection failed.
    #[error("PostgreSQL refused to {what}")]
    Sql {
        /// What was tried.
        what: String,
        /// The driver's error.
        source: tokio_postgres::Error,
    },
    /// The operating system refused something.
    #[error("cannot {what}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's error.
        source: io::Error,
    },
}

impl Error {
    /// For `map_err`: the system refused to do `verb` with `path`.
    pub(super) fn io(verb: &str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let what = format!("{verb} {}", path.display());
        move |source| Self::Io { what, source }
    }

    /// For `map_err`: the server refused to do `what`.
    pub(super) fn sql(what: impl Into<String>) -> impl FnOnce(tokio_postgres::Error) -> Self {
        let what = what.into();
        move |source| Self::Sql { what, source }
    }
}
