//! Where the demo plays: against services that run already, or some of its own, on free ports and in
//! a temporary directory.

use std::{
    env, fmt, fs, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use azeer_proto::{conversation::v1 as conversation, policy::v1 as policy};
use conversation::conversation_service_client::ConversationServiceClient;
use policy::policy_admin_service_client::PolicyAdminServiceClient;
use tonic::{
    Status,
    transport::{Channel, Endpoint},
};
use uuid::Uuid;

use super::Error;
use crate::{
    cli::Demo,
    database::Database,
    stack::{Addresses, Stack},
};

const CONNECT_WITHIN: Duration = Duration::from_secs(3);
const ANSWERS_WITHIN: Duration = Duration::from_secs(15);

/// One of the two that the demo plays against.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Service {
    Conversation,
    Policy,
}

/// Services to play against.
pub(super) struct Place {
    pub(super) conversation: Channel,
    pub(super) policy: Channel,
    own: Option<(Stack, Scratch)>,
}

// === impl Service ===

impl Service {
    /// Where `azeer-dev` serves if it is told nothing else.
    pub(super) fn usual_address(self) -> &'static str {
        match self {
            Self::Conversation => "127.0.0.1:50051",
            Self::Policy => "127.0.0.1:50052",
        }
    }

    pub(super) fn flag(self) -> &'static str {
        match self {
            Self::Conversation => "--conversation-address",
            Self::Policy => "--policy-address",
        }
    }

    /// Connects, and asks something that only this service can answer.
    async fn reach(self, address: &str) -> Result<Channel, Error> {
        let failed = |source| Error::Address { service: self, address: address.to_owned(), source };
        let endpoint = Endpoint::from_shared(format!("http://{address}")).map_err(failed)?;
        let endpoint = endpoint.connect_timeout(CONNECT_WITHIN).timeout(ANSWERS_WITHIN);
        let channel = endpoint.connect().await.map_err(|source| Error::NothingThere {
            service: self,
            address: address.to_owned(),
            source,
        })?;
        match self.ask(channel.clone()).await {
            Ok(()) => Ok(channel),
            Err(status) => {
                let (address, status) = (address.to_owned(), Box::new(status));
                Err(Error::NotOurs { service: self, address, status })
            }
        }
    }

    async fn ask(self, channel: Channel) -> Result<(), Status> {
        let tenant_id = "demo".to_owned();
        match self {
            Self::Conversation => {
                let question =
                    conversation::GetTabCountsRequest { tenant_id, ..Default::default() };
                let mut client = ConversationServiceClient::new(channel);
                client.get_tab_counts(question).await.map(drop)
            }
            Self::Policy => {
                let mut client = PolicyAdminServiceClient::new(channel);
                client.get_policy(policy::GetPolicyRequest { tenant_id }).await.map(drop)
            }
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conversation => "conversation-state",
            Self::Policy => "messaging-policy",
        })
    }
}

// === impl Place ===

impl Place {
    /// The services that the command line names; else those at the usual addresses, or new ones.
    pub(super) async fn find(options: &Demo) -> Result<Self, Error> {
        let Demo { conversation_address, policy_address, .. } = options;
        let named = conversation_address.is_some() || policy_address.is_some();
        let at = |service: Service, address: &Option<String>| {
            address.clone().unwrap_or_else(|| service.usual_address().to_owned())
        };
        let conversation = at(Service::Conversation, conversation_address);
        match Self::at(&conversation, &at(Service::Policy, policy_address)).await {
            Err(error) if !named => {
                match error {
                    Error::NothingThere { service, address, .. } => {
                        eprintln!("No {service} at {address}: starting services for the demo.");
                    }
                    other => eprintln!("{other}. Starting services for the demo."),
                }
                Self::start().await
            }
            found => found,
        }
    }

    async fn at(conversation: &str, policy: &str) -> Result<Self, Error> {
        let conversation = Service::Conversation.reach(conversation).await?;
        let policy = Service::Policy.reach(policy).await?;
        Ok(Self { conversation, policy, own: None })
    }

    async fn start() -> Result<Self, Error> {
        let scratch = Scratch::new().map_err(Error::Scratch)?;
        // What the demo leaves need not outlive a crash.
        let database = Database::start(&scratch.0, &[("fsync", "off")]).await?;
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let listen = Addresses { conversation: any_port, policy: any_port };
        let stack = Stack::on(database, listen, &scratch.0).await?;
        let Addresses { conversation, policy } = stack.addresses();
        let found = Self::at(&conversation.to_string(), &policy.to_string()).await?;
        Ok(Self { own: Some((stack, scratch)), ..found })
    }

    /// Whether it ends with the demo.
    pub(super) fn is_own(&self) -> bool {
        self.own.is_some()
    }

    /// Stops what was started for the demo, and removes its files.
    pub(super) async fn stop(self) -> Result<(), Error> {
        drop((self.conversation, self.policy));
        match self.own {
            Some((stack, _scratch)) => Ok(stack.stop().await?),
            None => Ok(()),
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
