//! Finds `PostgreSQL`'s server programs, and tells how to install them where there are none.

use std::{
    env, fs,
    path::{self, PathBuf},
    process::Command,
};

use super::Error;

/// The oldest major version that serves.
const OLDEST: u32 = 15;

/// Where packages put the programs when they keep them out of `PATH`: parent, start of the
/// versioned folder's name, and what follows it.
const FOLDERS: &[(&str, &str, &str)] = &[
    ("/usr/lib/postgresql", "", "bin"),
    ("/usr/libexec", "postgresql", ""),
    ("/usr", "pgsql-", "bin"),
    ("/opt/homebrew/opt", "postgresql@", "bin"),
    ("/usr/local/opt", "postgresql@", "bin"),
    ("/home/linuxbrew/.linuxbrew/opt", "postgresql@", "bin"),
];

/// `initdb` and `postgres` of one installation.
#[derive(Debug, Clone)]
pub struct Programs {
    dir: PathBuf,
    major: u32,
}

// === impl Programs ===

impl Programs {
    /// Looks in `PG_BIN_DIR`, then in `PATH`, then in the folders of the usual packages (newest first).
    pub fn find() -> Result<Self, Error> {
        if let Some(dir) = env::var_os("PG_BIN_DIR").filter(|dir| !dir.is_empty()) {
            return Self::named(PathBuf::from(dir));
        }
        let path = env::var_os("PATH").unwrap_or_default();
        let folders = env::split_paths(&path).filter(|dir| dir.is_absolute());
        let mut found: Vec<Self> = folders.filter_map(Self::at).collect();
        found.extend(packaged());
        match found.iter().find(|programs| programs.major >= OLDEST) {
            Some(programs) => Ok(programs.clone()),
            None => Err(Error::NoPrograms {
                oldest: OLDEST,
                rejected: (found.first()).map_or_else(String::new, |old| {
                    format!(" (version {} in {} is too old)", old.major, old.dir.display())
                }),
                install: install_command(),
            }),
        }
    }

    /// The major version, such as 15.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    pub(super) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }

    pub(super) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    fn named(dir: PathBuf) -> Result<Self, Error> {
        let dir = path::absolute(&dir).unwrap_or(dir);
        let why = match Self::at(dir.clone()) {
            Some(programs) if programs.major >= OLDEST => return Ok(programs),
            Some(old) => format!("has version {}: version {OLDEST} or newer is needed", old.major),
            None => "has no working initdb and postgres".to_owned(),
        };
        Err(Error::BinDir { dir, why })
    }

    fn at(dir: PathBuf) -> Option<Self> {
        if !dir.join("initdb").is_file() {
            return None;
        }
        let output = Command::new(dir.join("postgres")).arg("--version").output().ok()?;
        let major = major_version(&String::from_utf8_lossy(&output.stdout))?;
        Some(Self { dir, major })
    }
}

fn packaged() -> Vec<Programs> {
    let mut found = Vec::new();
    for (parent, prefix, rest) in FOLDERS {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let versions =
            entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        found.extend(versions.filter_map(|entry| Programs::at(entry.path().join(rest))));
    }
    found.sort_by_key(|programs| std::cmp::Reverse(programs.major));
    found
}

/// The major version in a text such as `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major_version(text: &str) -> Option<u32> {
    let version = text.split_once("(PostgreSQL) ")?.1;
    let end = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..end].parse().ok()
}

fn install_command() -> &'static str {
    if cfg!(target_os = "macos") {
        return "brew install postgresql@17";
    }
    install_command_for(&fs::read_to_string("/etc/os-release").unwrap_or_default())
}

/// The command for the system that an `os-release` file describes: by its own name, then by the ones it is like.
fn install_command_for(os_release: &str) -> &'static str {
    let value = |key: &str| {
        let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').to_owned()
    };
    let names = format!("{} {}", value("ID"), value("ID_LIKE"));
    names
        .split_whitespace()
        .find_map(|name| match name {
            "debian" | "ubuntu" => Some("sudo apt-get install postgresql"),
            "fedora" | "rhel" | "centos" => Some("sudo dnf install postgresql-server"),
            "alpine" => Some("sudo apk add postgresql16"),
            "arch" => Some("sudo pacman -S postgresql"),
            "suse" | "opensuse" => Some("sudo zypper install postgresql-server"),
            _ => None,
        })
        .unwrap_or("the PostgreSQL server package of your system")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read() {
        let cases = [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n", Some(15)),
            ("postgres (PostgreSQL) 18beta1", Some(18)),
            ("postgres (PostgreSQL) 9.6.24", Some(9)),
            ("postgres (EnterpriseDB) 15.1", None),
            ("", None),
        ];
        for (text, major) in cases {
            assert_eq!(major_version(text), major, "{text}");
        }
    }

    #[test]
    fn the_install_command_is_the_systems() {
        let cases = [
            ("ID=debian\nVERSION_ID=\"12\"", "apt-get"),
            ("NAME=\"Linux Mint\"\nID=linuxmint\nID_LIKE=\"ubuntu debian\"", "apt-get"),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", "dnf"),
            ("ID=alpine", "apk"),
            ("ID=manjaro\nID_LIKE=arch", "pacman"),
            ("ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"", "zypper"),
            ("", "the PostgreSQL server package"),
        ];
        for (os_release, command) in cases {
            assert!(install_command_for(os_release).contains(command), "{os_release}");
        }
    }
}
