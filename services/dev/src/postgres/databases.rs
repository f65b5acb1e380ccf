//! Databases of a server, ours or another: made where they are missing.

use tokio_postgres::{Config, error::SqlState};

use super::{Error, connection};

/// The database of the same server whose name is that of `url`'s with a `suffix`, made if it is
/// missing and the user may.
pub async fn beside(url: &str, suffix: &str) -> Result<String, Error> {
    let (known, name, beside) = name_beside(url, suffix)?;
    create(&known, &name).await?;
    Ok(beside)
}

/// Makes a database where there is none of that name.
pub(super) async fn create(known: &Config, name: &str) -> Result<(), Error> {
    let client = connection::connect(known).await?;
    let failed = || Error::sql(format!("create the database {name}"));
    let exists = "SELECT FROM pg_database WHERE datname = $1";
    if client.query_opt(exists, &[&name]).await.map_err(failed())?.is_some() {
        return Ok(());
    }
    let create = format!("CREATE DATABASE \"{}\"", name.replace('"', "\"\""));
    match client.batch_execute(&create).await {
        // Somebody else was quicker.
        Err(error) if error.code() == Some(&SqlState::DUPLICATE_DATABASE) => Ok(()),
        created => created.map_err(failed()),
    }
}

/// How to reach the database of a URL, the name of the one beside it, and the URL of that.
fn name_beside(url: &str, suffix: &str) -> Result<(Config, String, String), Error> {
    let known: Config = url.parse().map_err(|_| Error::Url)?;
    let name = known.get_dbname().ok_or(Error::Url)?.to_owned() + suffix;
    // The last name wins, for the Rust driver as for libpq's programs.
    let parameter = format!("dbname={}", connection::escaped(&name));
    let beside = match (url.contains("://"), url.contains('?')) {
        (true, false) => format!("{url}?{parameter}"),
        (true, true) => format!("{url}&{parameter}"),
        (false, _) => return Err(Error::Url),
    };
    match beside.parse::<Config>() {
        Ok(config) if config.get_dbname() == Some(&name) => Ok((known, name, beside)),
        _ => Err(Error::Url),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_beside_differs_in_its_name_alone() {
        let cases = [
            ("postgres://me:word@db:5433/state", "state_policy"),
            ("postgresql:///state?host=/tmp/socket&user=me", "state_policy"),
            ("postgresql://me@db/other?sslmode=disable&dbname=state", "state_policy"),
            ("postgresql://me@db/st%26te", "st&te_policy"),
        ];
        for (url, expected) in cases {
            let (mut known, name, beside) = name_beside(url, "_policy").unwrap();
            assert_eq!(name, expected);
            assert_eq!(beside.parse::<Config>().unwrap(), known.dbname(expected).clone());
        }
    }

    #[test]
    fn a_url_must_name_its_database() {
        for url in ["postgresql://me@db:5432", "postgresql://me@db/", "host=db dbname=state", "?"] {
            assert!(matches!(name_beside(url, "_policy"), Err(Error::Url)), "{url}");
        }
    }
}
