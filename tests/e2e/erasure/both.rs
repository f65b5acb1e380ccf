//! Both services, each with two replicas, while customers write and sends are decided and reported:
//! erasures in between stop nobody, and leave nothing but what came after them.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{Clients, Service, now, timestamp};
use azeer_tests::{Database, Policy, PolicyClients, ops};
use futures::future::join_all;
use pb::report_send_outcome_request::Outcome;
use tonic::Code;

use super::{erase, erase_from_policy};
use crate::caps::stand::decided;
use crate::identity::said;
use crate::support::{Dump, told_by_policy};

const ROUNDS: usize = 20;
const WRITERS: usize = 6;
const SENDS: usize = 4;

/// The ids of one person of a round.
fn ids(round: usize) -> [String; 2] {
    [format!("9665000{round:04}"), format!("SA.5000{round:04}")]
}

/// Writes, sends and reports under the person's ids.
async fn live(conversations: Clients, policy: PolicyClients, round: usize, writer: usize) {
    let ids = ids(round);
    for send in 0..SENDS {
        let message = format!("wamid.{}-{writer}-{send}", ids[0]);
        let mut client = conversations.conversations.clone();
        let request = said(&ids.join(" "), &message, now());
        client.record_inbound_message(request).await.unwrap();
        let decision = decided(&policy, ops::authorize(ops::free_form(&ids[send % 2]))).await;
        if decision.verdict() != pb::Verdict::Allow {
            continue;
        }
        let sent = pb::Sent { message_id: format!("{message}-out"), sent_at: timestamp(now()) };
        let failed = pb::Failed { error_code: 131_049, message: message.clone() };
        let outcome =
            if writer.is_multiple_of(2) { Outcome::Sent(sent) } else { Outcome::Failed(failed) };
        let request = pb::ReportSendOutcomeRequest {
            tenant_id: ops::TENANT.into(),
            decision_id: decision.decision_id,
            outcome: Some(outcome),
            ..Default::default()
        };
        policy.sends.clone().report_send_outcome(request).await.unwrap();
    }
}

async fn erase_everywhere(conversations: &Clients, policy: &PolicyClients, id: &str) {
    // A busy machine may be late with the contact's ids.
    while let Err(status) = erase_from_policy(policy, id).await {
        let late = (Code::Unavailable, "CONVERSATION_STATE_UNAVAILABLE".to_owned());
        assert_eq!(told_by_policy(&status), late, "{status:?}");
    }
    erase(conversations, id).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn erasures_stop_nobody_and_leave_nothing_but_what_came_after() {
    let (of_conversations, of_policy) = (Database::new().await, Database::policy().await);
    let (mut services, mut policies) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        let service = Service::start_with(of_conversations.clone(), |_| {}).await;
        let address = service.server.local_addr();
        policies.push(Policy::start_with(of_policy.clone(), address, |_| {}).await);
        services.push(service);
    }
    for round in 0..ROUNDS {
        let replica = |n: usize| (services[n % 2].clients.clone(), policies[n % 2].clients.clone());
        let writers = (0..WRITERS).map(|writer| {
            let (conversations, policy) = replica(writer);
            live(conversations, policy, round, writer)
        });
        let erasing = (0..2).map(async |eraser| {
            let (conversations, policy) = replica(eraser);
            for _ in 0..SENDS {
                erase_everywhere(&conversations, &policy, &ids(round)[eraser]).await;
            }
        });
        tokio::join!(join_all(writers), join_all(erasing));
    }
    // What was on its way from one service to the other is told, or never will be.
    for policy in policies {
        policy.server.stop().await;
    }
    let last = Policy::start_with(of_policy.clone(), services[0].server.local_addr(), |_| {}).await;
    for round in 0..ROUNDS {
        erase_everywhere(&services[0].clients, &last.clients, &ids(round)[0]).await;
    }
    for database in [&of_conversations, &of_policy] {
        let rows = Dump::of(database).await.rows().await;
        let left = rows.iter().find(|row| row.contains("9665000") || row.contains("SA.5000"));
        assert_eq!(left, None);
    }
}
