//! What a cluster is made of: its first creation, the version it belongs to, and its settings.

use std::{fs, path::Path};

use uuid::Uuid;

use super::{Error, Programs, connection::SUPERUSER, guard::Guard, home::Home};

/// Makes the cluster where there is none: in a folder aside first, so that half a cluster is never
/// taken for one.
pub(super) async fn initialise(
    programs: &Programs,
    home: &Home,
    options: &[(&str, &str)],
) -> Result<(), Error> {
    if home.data().exists() {
        return check_version(programs, home);
    }
    remove_unfinished(home);
    let new = home.dir.join(format!("data.{}", Uuid::new_v4()));
    let mut args = vec![
        format!("--pgdata={}", new.display()),
        format!("--username={SUPERUSER}"),
        "--auth-local=trust".to_owned(),
        "--auth-host=reject".to_owned(),
        "--encoding=UTF8".to_owned(),
        "--no-locale".to_owned(),
    ];
    if options.contains(&("fsync", "off")) {
        args.push("--no-sync".to_owned());
    }
    let version = programs.major();
    tracing::info!("making a PostgreSQL {version} database in {}", home.dir.display());
    let mut initdb = Guard::spawn(home, &programs.initdb(), &args, &new)?;
    if !initdb.wait().await?.success() {
        return Err(Error::Initdb { dir: home.dir.clone(), output: initdb.tail() });
    }
    fs::rename(&new, home.data()).map_err(Error::io("rename", &new))
}

/// The server's command line. `options` come last and win.
pub(super) fn arguments(home: &Home, socket_dir: &Path, options: &[(&str, &str)]) -> Vec<String> {
    let socket_dir = format!("\"{}\"", socket_dir.display().to_string().replace('"', "\"\""));
    let defaults = [
        ("listen_addresses", ""),
        ("port", "5432"),
        ("unix_socket_directories", socket_dir.as_str()),
        ("max_connections", "200"),
        ("synchronous_commit", "on"),
        ("jit", "off"),
        ("timezone", "UTC"),
        ("log_timezone", "UTC"),
        ("log_checkpoints", "off"),
    ];
    let mut args = vec!["-D".to_owned(), home.data().display().to_string()];
    for (name, value) in defaults.iter().chain(options) {
        args.extend(["-c".to_owned(), format!("{name}={value}")]);
    }
    args
}

fn check_version(programs: &Programs, home: &Home) -> Result<(), Error> {
    let file = home.data().join("PG_VERSION");
    let made_by = fs::read_to_string(&file).map_err(Error::io("read", &file))?.trim().to_owned();
    let found = programs.major();
    if made_by == found.to_string() {
        return Ok(());
    }
    Err(Error::OtherVersion { dir: home.dir.clone(), made_by, found })
}

/// What a creation that was cut short has left. It may just be ending: what resists is removed the
/// next time.
fn remove_unfinished(home: &Home) {
    for entry in fs::read_dir(&home.dir).into_iter().flatten().flatten() {
        if entry.file_name().as_encoded_bytes().starts_with(b"data.") {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
