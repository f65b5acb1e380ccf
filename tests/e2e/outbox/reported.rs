//! The same from end to end: sends are authorized and reported, and conversation-state knows.

use azeer_proto::conversation::v1::ConversationState;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::now;
use azeer_tests::{Database, Pair, Policy, PolicyClients, Replica, ops};
use chrono::TimeDelta;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tonic::Status;

use super::rows::{CUSTOMERS, assert_once, conversation, customer, customers_write, until_told};
use crate::PROGRAM;
use crate::support::noon;

const SENDS: usize = 1_000;
/// How many callers there are.
const AT_ONCE: usize = 32;

/// Authorizes a send. Gives the decision's id.
async fn authorize(clients: &PolicyClients, send: pb::Send) -> Result<String, Status> {
    let decided = clients.authorize(send).await?;
    assert_eq!(decided.verdict(), pb::Verdict::Allow, "{decided:?}");
    Ok(decided.decision_id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sent_while_nobody_served_arrives_once() {
    let database = Database::new().await;
    let first = Replica::start(PROGRAM, &database).await;
    customers_write(&first.clients).await;
    let address = first.address();
    let policy = Policy::start(address).await;
    let other = Policy::start_with(policy.database.clone(), address, |_| {}).await;
    let clients = [&policy.clients, &other.clients];
    clients[0].import(&[("order_shipped", "UTILITY")]).await;
    clients[0].enforce_only("CONVERSATION_CLOSED").await;
    let sends = stream::iter(0..SENDS).map(|i| {
        let contact = customer(i % CUSTOMERS);
        let send = match i % 2 {
            0 => ops::free_form(&contact),
            _ => ops::template(&contact, "order_shipped"),
        };
        authorize(clients[i % 2], send)
    });
    let decisions: Vec<String> = sends.buffered(AT_ONCE).try_collect().await.unwrap();

    first.kill().await;
    let at = now() - TimeDelta::seconds(10);
    let reports = stream::iter(decisions.iter().enumerate()).map(|(i, decision)| async move {
        let at = at + TimeDelta::milliseconds(i64::try_from(i).unwrap());
        let report = ops::sent(decision, &format!("sent-{i}"), at);
        // A gateway that is not sure reports again, wherever.
        clients[i % 2].report(report.clone()).await?;
        clients[(i + 1) % 2].report(report).await.map(drop)
    });
    reports.buffer_unordered(AT_ONCE).try_collect::<()>().await.unwrap();
    let _back = Replica::start_at(PROGRAM, &database, address).await;
    until_told(&policy.database.connect().await).await;
    assert_once(&database.connect().await, SENDS).await;
}

#[tokio::test]
async fn a_window_that_was_closed_is_expired_unless_the_customer_wrote_since() {
    let pair = Pair::at(noon()).await;
    let client = pair.policy.database.connect().await;
    // Refused at once; refused after it was sent; and each with a customer who wrote since.
    for (i, (contact, was_sent, wrote_since, expected)) in [
        ("ali", false, false, ConversationState::Expired),
        ("sara", true, false, ConversationState::Expired),
        ("noor", false, true, ConversationState::Open),
        ("omar", true, true, ConversationState::Open),
    ]
    .into_iter()
    .enumerate()
    {
        let at = noon() + TimeDelta::minutes(10 * i64::try_from(i).unwrap());
        pair.set(at);
        pair.customer_writes(contact, contact).await;
        let decision = authorize(&pair, ops::free_form(contact)).await.unwrap();
        if was_sent {
            let sent = ops::sent(&decision, &format!("to-{contact}"), at);
            pair.report(sent).await.unwrap();
            until_told(&client).await;
        }
        pair.set(at + TimeDelta::minutes(5));
        if wrote_since {
            let again = pair.customer_writes(contact, &format!("{contact}-again")).await;
            assert_eq!(again.state(), ConversationState::Open);
        }
        pair.report(ops::failed(&decision, 131_047)).await.unwrap();
        until_told(&client).await;
        let told = conversation(&pair.conversation.clients, contact).await;
        assert_eq!(told.state(), expected, "{contact}");
    }
}
