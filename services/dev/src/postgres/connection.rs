//! How to reach the server: as driver settings, as a URL, as a client.

use std::path::Path;

use tokio_postgres::{Client, Config, NoTls};

use super::Error;

/// The superuser, and the only user: whoever can open the socket is it.
pub(super) const SUPERUSER: &str = "azeer";

pub(super) fn config(socket_dir: &Path, database: &str) -> Config {
    let mut config = Config::new();
    config.host_path(socket_dir).user(SUPERUSER).dbname(database);
    config
}

/// In the form that libpq's programs and the Rust driver share.
pub(super) fn url(socket_dir: &Path, database: &str) -> String {
    let host = escaped(&socket_dir.to_string_lossy());
    format!("postgresql:///{}?host={host}&user={SUPERUSER}", escaped(database))
}

pub(super) async fn connect(config: &Config) -> Result<Client, Error> {
    let connected = config.connect(NoTls).await;
    let (client, connection) = connected.map_err(Error::sql("take a connection"))?;
    tokio::spawn(connection);
    Ok(client)
}

/// Percent-encodes what a URL can't hold as it is.
pub(super) fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    text.bytes().fold(String::new(), |escaped, byte| match byte {
        byte if plain(byte) => escaped + char::from(byte).encode_utf8(&mut [0; 4]),
        byte => escaped + &format!("%{byte:02X}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_says_what_the_settings_say() {
        for dir in ["/tmp/a", "/tmp/with space & ünïcode?%41#/b"] {
            let parsed: Config = url(Path::new(dir), "conversation_state").parse().unwrap();
            assert_eq!(parsed, config(Path::new(dir), "conversation_state"));
        }
    }
}
