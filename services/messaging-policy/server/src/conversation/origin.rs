//! Where conversation-state is: a name, which may stand for many addresses.

use std::io;
use std::net::SocketAddr;
use std::str::FromStr;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use thiserror::Error;
use tonic::transport::Uri;

use super::resolve::Resolve;

/// A URL such as `http://conversation-state:50051`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    uri: Uri,
    host: String,
    port: u16,
}

/// A text that is no [`Origin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must look like http://host:port")]
pub struct InvalidOrigin;

impl Origin {
    /// What replicas are told that they are called by.
    pub(super) fn uri(&self) -> &Uri {
        &self.uri
    }
}

impl FromStr for Origin {
    type Err = InvalidOrigin;

    fn from_str(text: &str) -> Result<Self, InvalidOrigin> {
        let uri: Uri = text.parse().map_err(|_| InvalidOrigin)?;
        let bare = uri.path_and_query().is_none_or(|path| path.as_str() == "/");
        let user = uri.authority().is_some_and(|authority| authority.as_str().contains('@'));
        if uri.scheme_str() != Some("http") || !bare || user {
            return Err(InvalidOrigin);
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or(InvalidOrigin)?;
        // An IPv6 address stands in brackets, which are no part of it.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = uri.port_u16().ok_or(InvalidOrigin)?;
        Ok(Self { uri, host, port })
    }
}

/// What DNS says.
impl Resolve for Origin {
    fn resolve(&self) -> BoxFuture<'_, io::Result<Vec<SocketAddr>>> {
        async {
            let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await?;
            Ok(found.collect())
        }
        .boxed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_is_its_own_answer() {
        for (text, address) in
            [("http://127.0.0.1:50051", "127.0.0.1:50051"), ("http://[::1]:1/", "[::1]:1")]
        {
            let found = text.parse::<Origin>().unwrap().resolve().await.unwrap();
            assert_eq!(found, [address.parse().unwrap()]);
        }
        assert!("http://conversation-state:50051".parse::<Origin>().is_ok());
    }

    #[test]
    fn what_is_no_origin() {
        let bad = [
            "",
            "conversation-state:50051",
            "http://conversation-state",
            "https://conversation-state:50051",
            "http://:50051",
            "http://conversation-state:50051/path",
            "http://user@conversation-state:50051",
        ];
        for bad in bad {
            assert_eq!(bad.parse::<Origin>(), Err(InvalidOrigin), "{bad}");
        }
    }
}
