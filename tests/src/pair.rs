//! Both services, as a cluster has them: messaging-policy beside the conversation-state that it asks,
//! each over a database of its own.

use std::ops::Deref;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::clock::Clock;
use conversation_state_core::Time;

use crate::service::now;
use crate::{Database, Policy, PolicyClients, Service, ops};

/// One of each service. It is its messaging-policy's clients too.
pub struct Pair {
    /// The conversation-state.
    pub conversation: Service,
    /// The messaging-policy.
    pub policy: Policy,
    /// The clock of both.
    clock: Clock,
}

impl Pair {
    /// Starts both with their databases' time.
    pub async fn start() -> Self {
        Self::with(Clock::database()).await
    }

    /// Starts both with a time that stands at `now`. They remove nothing by themselves.
    pub async fn at(now: Time) -> Self {
        Self::with(Clock::standing_at(now)).await
    }

    async fn with(clock: Clock) -> Self {
        let conversation = serve_conversations(Database::new().await, &clock).await;
        let policy = serve_policy(Database::policy().await, &conversation, &clock).await;
        Self { conversation, policy, clock }
    }

    /// Moves the standing time of both, and of their further replicas.
    pub fn set(&self, now: Time) {
        self.clock.set(now);
    }

    /// A further replica of conversation-state.
    pub async fn another_conversation(&self) -> Service {
        serve_conversations(self.conversation.database.clone(), &self.clock).await
    }

    /// A further replica of messaging-policy, which asks `beside`.
    pub async fn another_policy(&self, beside: &Service) -> Policy {
        serve_policy(self.policy.database.clone(), beside, &self.clock).await
    }

    /// A customer writes, now. Gives the conversation.
    pub async fn customer_writes(&self, contact: &str, message: &str) -> pb::Conversation {
        let at = self.clock.instead_of_database().unwrap_or_else(now);
        let mut conversations = self.conversation.clients.conversations.clone();
        let said = ops::inbound(contact, message, at);
        let answer = conversations.record_inbound_message(said).await.expect("it is recorded");
        answer.into_inner().conversation.expect("writes answer with the conversation")
    }
}

impl Deref for Pair {
    type Target = PolicyClients;

    fn deref(&self) -> &PolicyClients {
        &self.policy.clients
    }
}

async fn serve_conversations(database: Database, clock: &Clock) -> Service {
    Service::start_with(database, |config| {
        config.clock = clock.clone();
        // Nothing of messaging-policy rests on announcements.
        config.announce_expiries = clock.instead_of_database().is_none();
        if !config.announce_expiries {
            config.retention = conversation_state::Retention::FOREVER;
        }
    })
    .await
}

async fn serve_policy(database: Database, conversation: &Service, clock: &Clock) -> Policy {
    let address = conversation.server.local_addr();
    Policy::start_with(database, address, |config| {
        config.clock = clock.clone();
        if clock.instead_of_database().is_some() {
            config.retention = messaging_policy::Retention::FOREVER;
        }
    })
    .await
}
