//! Services with keys of the test's own, at a time that stands, and bodies that are to be posted.

use std::path::{Path, PathBuf};

use azeer_proto::policy::v1 as pb;
use azeer_runtime::clock::Clock;
use azeer_tests::database::directory;
use azeer_tests::{Database, Policy, PolicyClients, Service, ops};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use conversation_state_core::Time;
use messaging_policy::permits;
use pb::send::Content;
use serde_json::{Value, json};
use uuid::Uuid;

/// A directory with keys, made anew.
pub(super) fn new_keys() -> PathBuf {
    let dir = directory(&format!("permit-keys-{}", Uuid::new_v4()));
    permits::generate(&dir).unwrap();
    dir
}

/// One of each service.
pub(super) struct Stand {
    pub(super) keys: PathBuf,
    pub(super) policy: Policy,
    conversation: Service,
    clock: Clock,
}

impl Stand {
    /// A customer has written to it at that time.
    pub(super) async fn at(now: Time) -> Self {
        let (keys, clock) = (new_keys(), Clock::standing_at(now));
        let conversation = Service::start_with(Database::new().await, |config| {
            config.clock = clock.clone();
            config.announce_expiries = false;
        })
        .await;
        let said = ops::inbound("ali", "m1", now);
        conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();
        let policy = serve(Database::policy().await, &conversation, &clock, Some(&keys)).await;
        Self { keys, policy, conversation, clock }
    }

    /// A further replica of messaging-policy.
    pub(super) async fn another(&self, keys: Option<&Path>) -> Policy {
        serve(self.policy.database.clone(), &self.conversation, &self.clock, keys).await
    }

    pub(super) fn set(&self, now: Time) {
        self.clock.set(now);
    }

    pub(super) fn clients(&self) -> &PolicyClients {
        &self.policy.clients
    }

    /// Has the service be asked until its keys are others than these.
    pub(super) async fn keys_after(&self, before: &str) -> String {
        loop {
            let now = published(self.clients()).await;
            if now != before {
                return now;
            }
        }
    }
}

async fn serve(database: Database, beside: &Service, clock: &Clock, keys: Option<&Path>) -> Policy {
    Policy::start_with(database, beside.server.local_addr(), |config| {
        config.clock = clock.clone();
        config.permit_keys = keys.map(Path::to_owned);
    })
    .await
}

/// The keys that a service publishes.
pub(super) async fn published(clients: &PolicyClients) -> String {
    let request = pb::GetPermitKeysRequest {};
    clients.sends.clone().get_permit_keys(request).await.unwrap().into_inner().jwks
}

/// Authorizes a send under a request of its own.
pub(super) async fn authorize(
    clients: &PolicyClients,
    request: &pb::AuthorizeSendRequest,
) -> pb::Decision {
    let answer = clients.sends.clone().authorize_send(request.clone()).await.unwrap();
    answer.into_inner().decision.unwrap()
}

/// An agent's message in words of her own, as it would be posted.
pub(super) fn text(contact: &str) -> pb::Send {
    let body = json!({"messaging_product": "whatsapp", "to": contact, "text": {"body": "hi"}});
    ops::cloud_api_body(contact, &body)
}

/// A template, as it would be posted.
pub(super) fn template(contact: &str, name: &str) -> pb::Send {
    let language = json!({"code": ops::LANGUAGE});
    let body = json!({
        "messaging_product": "whatsapp", "to": contact, "type": "template",
        "template": {"name": name, "language": language},
    });
    ops::cloud_api_body(contact, &body)
}

/// The body of a send.
pub(super) fn body(send: &pb::Send) -> &[u8] {
    match &send.content {
        Some(Content::CloudApiBody(body)) => body,
        other => panic!("{other:?}"),
    }
}

/// One of the first two parts of a permit.
pub(super) fn part(permit: &str, place: usize) -> Value {
    let part = permit.split('.').nth(place).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
