//! What conversation-state is to be told, while it cannot be: it waits in the outbox.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use tokio_postgres::Client;

use crate::support::noon;

/// What waits, without when it is tried: `kind conversation contact message occurred_at sender epoch
/// template`.
async fn waiting(client: &Client) -> Vec<String> {
    let text = "SELECT concat_ws(' ', kind, conversation_id IS NOT NULL, channel_id, contact_id, \
         message_id, extract(epoch FROM occurred_at - $1)::bigint, sender_kind, sender_id, \
         handler_epoch, template_name) FROM outbox ORDER BY 1";
    let rows = client.query(text, &[&noon()]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

async fn allowed(pair: &Pair, send: pb::Send) -> String {
    let decision = pair.authorize(send).await.unwrap();
    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    decision.decision_id
}

#[tokio::test]
async fn what_is_to_be_told_is_written_with_the_report() {
    let pair = Pair::at(noon()).await;
    let settings = crate::caps::stand::Settings::through(&pair).await;
    settings.only(&[], &[]).await;
    pair.customer_writes("ali", "m1").await;
    let ali = || pb::Send { handler_epoch: 3, ..ops::free_form("ali") };
    let mona = || ops::template("mona", "sale");
    let ids = [
        allowed(&pair, ali()).await,
        allowed(&pair, mona()).await,
        allowed(&pair, ali()).await,
        allowed(&pair, ali()).await,
        allowed(&pair, mona()).await,
        allowed(&pair, mona()).await,
    ];
    let client = pair.policy.database.connect().await;
    pair.conversation.server.stop().await;

    let a_minute_ago = noon() - TimeDelta::minutes(1);
    let reports = [
        ops::sent(&ids[0], "sent", noon() + TimeDelta::minutes(5)),
        ops::sent(&ids[1], "to-mona", a_minute_ago),
        // Sent, and refused later: told both, once.
        ops::sent(&ids[2], "refused-later", a_minute_ago),
        ops::failed(&ids[2], 131_047),
        ops::failed(&ids[2], 131_047),
        ops::failed(&ids[3], 131_047),
        ops::failed(&ids[4], 131_000),
        ops::abandoned(&ids[5]),
    ];
    for report in reports {
        pair.policy.clients.report(report).await.unwrap();
    }
    let never_sent = format!("WINDOW_CLOSED t main ali {} 0 AGENT sara 3 ", ids[3]);
    let expected = [
        "OUTBOUND f main mona to-mona -60 AGENT sara 0 sale",
        "OUTBOUND t main ali refused-later -60 AGENT sara 3 ",
        "OUTBOUND t main ali sent 0 AGENT sara 3 ",
        &never_sent,
        "WINDOW_CLOSED t main ali refused-later -60 AGENT sara 3 ",
    ];
    let mut told = waiting(&client).await;
    told.sort();
    let mut expected = expected.to_vec();
    expected.sort_unstable();
    assert_eq!(told, expected);
}
