//! The operating-system user that the server runs as. `PostgreSQL` refuses root: for root it is
//! somebody else, and everything the server needs is then done in that user's name.

use std::{
    env, fs, io,
    os::unix::{
        fs::{DirBuilderExt as _, chown},
        process::CommandExt as _,
    },
    path::Path,
    process::{Command, Stdio},
};

use super::Error;

/// Who runs the server.
#[derive(Debug, Clone, Copy)]
pub(super) struct User {
    uid: u32,
    gid: u32,
    /// The caller is root: commands change to this user, and directories are given to it.
    by_root: bool,
    name: Option<&'static str>,
}

// === impl User ===

impl User {
    /// The caller; root, too.
    pub(super) fn caller() -> Result<Self, Error> {
        let (uid, gid) = ids(None)?;
        Ok(Self { uid, gid, by_root: uid == 0, name: None })
    }

    /// The user in whose name root makes a new cluster: `postgres` where the system has one, else `nobody`.
    pub(super) fn unprivileged() -> Result<Self, Error> {
        let known = |name| ids(Some(name)).map(|ids| (name, ids));
        let (name, (uid, gid)) = known("postgres").or_else(|_| known("nobody"))?;
        Ok(Self { uid, gid, by_root: true, name: Some(name) })
    }

    /// The owner of a cluster that root finds.
    pub(super) fn owner(uid: u32, gid: u32) -> Self {
        Self { uid, gid, by_root: true, name: None }
    }

    pub(super) fn is_root(self) -> bool {
        self.uid == 0
    }

    pub(super) fn uid(self) -> u32 {
        self.uid
    }

    /// For messages.
    pub(super) fn name(self) -> String {
        self.name.map_or_else(|| format!("with id {}", self.uid), str::to_owned)
    }

    /// A command that runs as this user in `dir`, with nothing of the caller's `PG…` settings.
    pub(super) fn command(self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(dir).env("HOME", dir).env("LC_ALL", "C");
        for (name, _) in
            env::vars_os().filter(|(name, _)| name.as_encoded_bytes().starts_with(b"PG"))
        {
            command.env_remove(name);
        }
        if self.by_root {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Makes a directory that this user alone can enter.
    pub(super) fn create_private_dir(self, dir: &Path) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(dir)?;
        self.own(dir)
    }

    /// Gives this user what the caller has made.
    pub(super) fn own(self, path: &Path) -> io::Result<()> {
        if self.by_root { chown(path, Some(self.uid), Some(self.gid)) } else { Ok(()) }
    }

    /// Whether this user can work in `dir`, found out by trying: permissions, access lists, security
    /// modules and mounts all have a say.
    pub(super) fn can_use(self, dir: &Path) -> bool {
        let mut probe = self.command(Path::new("/bin/sh"), Path::new("/"));
        probe.args(["-c", r#"cd "$1" && : > .probe && rm .probe"#, "sh"]).arg(dir);
        probe.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    }
}

/// User and group id of a named user, or of the caller.
fn ids(name: Option<&str>) -> Result<(u32, u32), Error> {
    let id = |flag| {
        let output = Command::new("id").arg(flag).args(name).stderr(Stdio::null()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        text.trim().parse().map_err(|_| io::Error::other("no such user"))
    };
    let failed =
        |source| Error::Io { what: format!("look up user {}", name.unwrap_or("id")), source };
    Ok((id("-u").map_err(failed)?, id("-g").map_err(failed)?))
}
