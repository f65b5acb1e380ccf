//! Decisions explain themselves: from its recorded send and facts, by the policy of its version, each
//! must come out as it was recorded. The databases of all tests are looked at when they end.

use messaging_policy::store::Record;
use messaging_policy_core::{Policy, evaluate};
use tokio_postgres::types::Json;
use tokio_postgres::{Client, Row};

/// Every decision, with the policy that it was decided by.
const DECISIONS: &str = "SELECT d.decision_id::text, d.decided_at, d.verdict::text, \
     d.violation_codes, d.policy_version, p.policy, d.record FROM decisions d \
     LEFT JOIN policies p ON p.tenant_id = d.tenant_id AND p.version = d.policy_version";

/// Judges all decisions of a database again. Gives how many there are.
pub async fn of_all(client: &Client) -> usize {
    let decisions = client.query(DECISIONS, &[]).await.expect("decisions can be read");
    decisions.iter().for_each(of_one);
    decisions.len()
}

fn of_one(row: &Row) {
    let id: &str = row.get(0);
    let (version, policy): (i64, Option<Json<Policy>>) = (row.get(4), row.get(5));
    let policy = policy.map(|Json(policy)| policy);
    assert!(policy.is_some() || version == 0, "decision {id} has no policy of version {version}");
    let Json(recorded): Json<Record> = row.get(6);
    let Record { send, facts, suggested, .. } = recorded.clone();

    let again = evaluate(&facts, &send, &policy.unwrap_or_default(), row.get(1));

    let codes: Vec<&str> = again.violations.iter().map(|it| it.code.as_str()).collect();
    assert_eq!(<&str>::from(again.verdict), row.get::<_, &str>(2), "decision {id}: its verdict");
    assert_eq!(codes, row.get::<_, Vec<&str>>(3), "decision {id}: its codes");
    assert_eq!(Record::new(send, facts, again, suggested), recorded, "decision {id}");
}
