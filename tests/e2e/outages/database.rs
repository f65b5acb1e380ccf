//! messaging-policy's own database gone.

use std::net::SocketAddr;

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, Policy, PolicyClients, Service, database, ops, service};
use messaging_policy::{Config, Server};
use tonic::{Code, Status};

use super::{assert_unavailable, until_allowed, until_told};
use crate::support;

const REASON: &str = "DATABASE_UNAVAILABLE";

async fn with_customer() -> Service {
    let conversation = Service::start().await;
    let said = ops::inbound("ali", "m1", service::now());
    conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();
    conversation
}

/// What is only read is not there either.
async fn assert_unreadable(clients: &PolicyClients, id: &str) {
    let one = clients.decision(id).await.map(drop);
    let page = clients.sends.clone().list_decisions(ops::list_decisions()).await.map(drop);
    for told in [one, page] {
        let status: Status = told.expect_err("it cannot be read");
        let unavailable = (Code::Unavailable, REASON.to_owned());
        assert_eq!(support::told_by_policy(&status), unavailable, "{status:?}");
        assert_eq!(status.message(), "the database is not available");
    }
}

#[tokio::test]
async fn while_it_is_gone_nothing_is_decided_and_afterwards_all_is_there() {
    let conversation = with_customer().await;
    let directory = database::directory("policy-outage");
    let mut postgres = database::cluster(&directory).await;
    let own = Database::policy_in_cluster(&postgres).await;
    let address = conversation.server.local_addr();
    let policy = Policy::start_with(own, address, |_| {}).await;
    for _ in 0..2 {
        until_allowed(&policy.clients, 5).await;
        let decided = policy.clients.authorize(ops::free_form("ali")).await.unwrap();
        assert_eq!(decided.verdict(), pb::Verdict::Allow);
        postgres.kill().await.unwrap();
        assert_unavailable(&policy.clients, REASON).await;
        assert_unreadable(&policy.clients, &decided.decision_id).await;
        postgres = database::cluster(&directory).await;
        until_allowed(&policy.clients, 5).await;
        let found = policy.clients.decision(&decided.decision_id).await.unwrap();
        assert_eq!(found.decided_at, decided.decided_at);
    }
}

#[tokio::test]
async fn one_that_never_was_there() {
    let conversation = with_customer().await;
    let config = Config::new(
        "postgres://secret:word@127.0.0.1:1/nowhere",
        SocketAddr::from(([127, 0, 0, 1], 0)),
        azeer_tests::policy::origin(conversation.server.local_addr()),
    );
    let server = Server::start(config).await.unwrap();
    let clients = PolicyClients::connect(server.local_addr());
    // The facts come first: once they can be had, it is the database that is missing.
    until_told(&clients, REASON).await;
    assert_unavailable(&clients, REASON).await;
    assert_unreadable(&clients, &uuid::Uuid::nil().to_string()).await;
}
