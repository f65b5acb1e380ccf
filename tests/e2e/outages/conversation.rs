//! conversation-state gone, frozen, or cut off.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, Mode, Policy, Proxy, Replica, Service, ops, service};

use tonic::Code;

use super::{assert_unavailable, both, until_allowed, until_told};
use crate::{PROGRAM, support};

const REASON: &str = "CONVERSATION_STATE_UNAVAILABLE";

/// A customer writes, through a replica in a process of its own.
async fn customer_writes(replica: &Replica) {
    let said = ops::inbound("ali", "m1", service::now());
    replica.clients.conversations.clone().record_inbound_message(said).await.unwrap();
}

/// One behind a proxy, whom a customer has written to.
async fn behind_proxy() -> (Service, Proxy, Policy) {
    let conversation = Service::start().await;
    let said = ops::inbound("ali", "m1", service::now());
    conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();
    let proxy = Proxy::start(&[conversation.server.local_addr()]).await;
    let policy = Policy::start(proxy.address()).await;
    until_allowed(&policy.clients, 5).await;
    (conversation, proxy, policy)
}

/// Cut off in one way, again and again; and from the first moment on.
async fn assert_survives(mode: Mode) {
    let (_conversation, proxy, policy) = behind_proxy().await;
    for _ in 0..2 {
        proxy.set(mode);
        assert_unavailable(&policy.clients, REASON).await;
        proxy.set(Mode::Pass);
        until_allowed(&policy.clients, 5).await;
    }
    proxy.set(mode);
    let later = Policy::start(proxy.address()).await;
    assert_unavailable(&later.clients, REASON).await;
    proxy.set(Mode::Pass);
    until_allowed(&later.clients, 5).await;
}

/// What was decided needs no facts any more.
#[tokio::test]
async fn what_was_decided_is_told_again_while_nothing_is_decided() {
    let (_conversation, proxy, policy) = behind_proxy().await;
    let mut sends = policy.clients.sends.clone();
    let request = ops::authorize(ops::free_form("ali"));
    let told = sends.authorize_send(request.clone()).await.unwrap().into_inner();
    proxy.set(Mode::Cut);
    assert_unavailable(&policy.clients, REASON).await;
    let again = sends.authorize_send(request.clone()).await.unwrap().into_inner();
    assert_eq!(again, told);
    let other = pb::AuthorizeSendRequest { send: Some(ops::free_form("noor")), ..request };
    let status = sends.authorize_send(other).await.unwrap_err();
    let refused = (Code::InvalidArgument, "REQUEST_ID_REUSED".to_owned());
    assert_eq!(support::told_by_policy(&status), refused);
}

#[tokio::test]
async fn while_bytes_are_held_up_nothing_is_decided() {
    assert_survives(Mode::Stall).await;
}

#[tokio::test]
async fn while_bytes_are_lost_nothing_is_decided() {
    assert_survives(Mode::Lose).await;
}

#[tokio::test]
async fn while_only_questions_arrive_nothing_is_decided() {
    assert_survives(Mode::HalfClose).await;
}

#[tokio::test]
async fn while_connections_are_cut_nothing_is_decided() {
    assert_survives(Mode::Cut).await;
}

#[tokio::test]
async fn one_that_nobody_started_yet_is_asked_once_it_serves() {
    let database = Database::new().await;
    let first = Replica::start(PROGRAM, &database).await;
    customer_writes(&first).await;
    let address = first.address();
    first.kill().await;
    let policy = Policy::start(address).await;
    assert_unavailable(&policy.clients, REASON).await;
    let _back = Replica::start_at(PROGRAM, &database, address).await;
    until_allowed(&policy.clients, 5).await;
}

#[tokio::test]
async fn one_that_is_killed_is_asked_again_when_it_is_back() {
    let database = Database::new().await;
    let mut replica = Replica::start(PROGRAM, &database).await;
    customer_writes(&replica).await;
    let (address, policy) = (replica.address(), Policy::start(replica.address()).await);
    for _ in 0..2 {
        until_allowed(&policy.clients, 5).await;
        replica.kill().await;
        assert_unavailable(&policy.clients, REASON).await;
        replica = Replica::start_at(PROGRAM, &database, address).await;
    }
    until_allowed(&policy.clients, 5).await;
}

#[tokio::test]
async fn one_that_is_frozen_leaves_nobody_waiting() {
    let database = Database::new().await;
    let replica = Replica::start(PROGRAM, &database).await;
    customer_writes(&replica).await;
    let policy = Policy::start(replica.address()).await;
    for _ in 0..2 {
        until_allowed(&policy.clients, 5).await;
        replica.signal("STOP");
        until_told(&policy.clients, REASON).await;
        assert_unavailable(&policy.clients, REASON).await;
        replica.signal("CONT");
    }
    until_allowed(&policy.clients, 5).await;
}

#[tokio::test]
async fn of_two_replicas_behind_one_address_a_frozen_one_costs_few_calls() {
    let database = Database::new().await;
    let replicas =
        [Replica::start(PROGRAM, &database).await, Replica::start(PROGRAM, &database).await];
    customer_writes(&replicas[0]).await;
    let balancer = Proxy::start(&replicas.each_ref().map(Replica::address)).await;
    let policy = Policy::start(balancer.address()).await;
    for frozen in &replicas {
        until_allowed(&policy.clients, 20).await;
        frozen.signal("STOP");
        // A connection that went to the frozen one is given up, and its next may go there once more.
        let not_decided = until_allowed(&policy.clients, 100).await;
        assert!(not_decided <= 20, "{not_decided} calls were not decided");
        frozen.signal("CONT");
    }
}

#[tokio::test]
async fn what_needs_no_facts_is_answered_all_the_same() {
    let (_conversation, proxy, policy) = behind_proxy().await;
    let decided = policy.clients.authorize(ops::free_form("ali")).await.unwrap();
    proxy.set(Mode::Stall);
    assert!(both(&policy.clients, None).await.iter().all(Result::is_err));
    policy.clients.decision(&decided.decision_id).await.unwrap();
    let listed = policy.clients.sends.clone().list_decisions(ops::list_decisions()).await;
    let known = listed.unwrap().into_inner().decisions;
    assert!(known.iter().any(|decision| decision.decision_id == decided.decision_id));
}
