//! Where the demo plays: against a service that runs already, or one of its own, on free ports and
//! in a temporary directory.

use std::{
    env, fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use azeer_proto::conversation::v1 as pb;
use pb::conversation_service_client::ConversationServiceClient;
use tonic::transport::{Channel, Endpoint};
use uuid::Uuid;

use super::Error;
use crate::{cli::Demo, database::Database, stack::Stack};

/// Where `azeer-dev` serves if it is told nothing else.
const USUAL_ADDRESS: &str = "127.0.0.1:50051";
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// A service to play against.
pub(super) struct Place {
    pub(super) channel: Channel,
    own: Option<(Stack, Scratch)>,
}

// === impl Place ===

impl Place {
    /// The service that the command line names; else the one at the usual address, or a new one.
    pub(super) async fn find(options: &Demo) -> Result<Self, Error> {
        if let Some(address) = &options.conversation_address {
            return Ok(Self { channel: reach(address).await?, own: None });
        }
        match reach(USUAL_ADDRESS).await {
            Ok(channel) => Ok(Self { channel, own: None }),
            Err(Error::NotOurs { .. }) => {
                eprintln!(
                    "What listens at {USUAL_ADDRESS} is not conversation-state: starting one."
                );
                Self::start().await
            }
            Err(_) => {
                eprintln!("Nothing serves at {USUAL_ADDRESS}: starting a service for the demo.");
                Self::start().await
            }
        }
    }

    async fn start() -> Result<Self, Error> {
        let scratch = Scratch::new().map_err(Error::Scratch)?;
        // What the demo leaves need not outlive a crash.
        let database = Database::start(&scratch.0, &[("fsync", "off")]).await?;
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let stack = Stack::on(database, any_port).await?;
        let channel = reach(&stack.conversation().to_string()).await?;
        Ok(Self { channel, own: Some((stack, scratch)) })
    }

    /// Whether it ends with the demo.
    pub(super) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Stops what was started for the demo, and removes its files.
    pub(super) async fn stop(self) -> Result<(), Error> {
        drop(self.channel);
        match self.own {
            Some((stack, _scratch)) => Ok(stack.stop().await?),
            None => Ok(()),
        }
    }
}

/// Connects, and asks something that only conversation-state can answer.
async fn reach(address: &str) -> Result<Channel, Error> {
    let endpoint = Endpoint::from_shared(format!("http://{address}"))
        .map_err(|source| Error::Address { address: address.to_owned(), source })?;
    let channel = endpoint
        .connect_timeout(CONNECT_WITHIN)
        .timeout(ANSWERS_WITHIN)
        .connect()
        .await
        .map_err(|source| Error::NothingThere { address: address.to_owned(), source })?;
    let question = pb::GetTabCountsRequest { tenant_id: "demo".into(), ..Default::default() };
    match ConversationServiceClient::new(channel.clone()).get_tab_counts(question).await {
        Ok(_) => Ok(channel),
        Err(status) => {
            Err(Error::NotOurs { address: address.to_owned(), status: Box::new(status) })
        }
    }
}

/// A directory for the time of the demo.
struct Scratch(PathBuf);

// === impl Scratch ===

impl Scratch {
    fn new() -> io::Result<Self> {
        let dir = env::temp_dir().join(format!("azeer-demo-{}", Uuid::new_v4()));
        fs::create_dir(&dir)?;
        Ok(Self(dir))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // Where the server's user could not enter it, a link leads to the files.
        if let Ok(files) = fs::read_link(self.0.join("postgres")) {
            let _ = fs::remove_dir_all(files);
        }
        let _ = fs::remove_dir_all(&self.0);
    }
}
