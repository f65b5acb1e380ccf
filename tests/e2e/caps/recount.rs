//! What a policy's database keeps so as not to count each time, held to what was decided and not given
//! back: the ledgers, the rates, the uses of notes, whom portfolios reached, and how many they are.

use std::collections::BTreeMap;

use conversation_state_core::Time;
use tokio_postgres::Client;

/// Counts all again. For people whose ids were known when they were sent to, and where what was given
/// back was so at once.
pub(crate) async fn of_all(client: &Client) {
    client.batch_execute(COUNTED_DECISIONS).await.unwrap();
    for (what, kept, counted) in [
        ("ledgers", LEDGERS, SENT),
        ("uses of notes", NOTES, NOTED),
        ("whom portfolios reached", REACHED, SENT_OUTSIDE),
        ("how many they are", COUNTERS, COUNTED),
    ] {
        let (kept, counted) = (texts(client, kept).await, texts(client, counted).await);
        assert_eq!(kept, counted, "{what}");
    }
    rates(client).await;
}

/// Decisions that allowed a send which was not given back.
const COUNTED_DECISIONS: &str = "CREATE OR REPLACE TEMPORARY VIEW counted AS \
     SELECT d.*, p.contact_id, p.note FROM decisions d \
     JOIN decision_people p USING (tenant_id, decision_id) \
     LEFT JOIN outcomes o USING (tenant_id, decision_id) \
     WHERE d.verdict = 'ALLOW' AND (o.kind IS NULL OR o.kind = 'SENT' \
       OR o.error_code IN (131026, 130472, 131049))";

/// `contact decision category instant` of the reservations of templates.
const LEDGERS: &str = "SELECT contact_id || ' ' || t.decision_id || ' ' || t.category || ' ' \
     || t.sent_at FROM contacts, unnest(templates) t";
const SENT: &str = "SELECT contact_id || ' ' || decision_id || ' ' || \
     (record->'facts'->'template'->'known'->>'category') || ' ' || decided_at \
     FROM counted WHERE template_name <> ''";

/// `contact instant` of the last use of each note.
const NOTES: &str = "SELECT contact_id || ' ' || used_at FROM note_uses";
const NOTED: &str = "SELECT contact_id || ' ' || max(decided_at) \
     FROM counted WHERE record::jsonb->'facts' ? 'portfolio' \
       AND record::jsonb->'send' ? 'justification' \
       AND record->'send'->'justification'->>'reason' <> 'CAMPAIGN' GROUP BY contact_id, note";

/// `contact instant` of whom the portfolio reached.
const REACHED: &str = "SELECT contact_id || ' ' || reached_at FROM portfolio_contacts";
const SENT_OUTSIDE: &str = "SELECT contact_id || ' ' || max(decided_at) \
     FROM counted WHERE record::jsonb->'facts' ? 'portfolio' GROUP BY contact_id";

/// How many a portfolio reached since the instant that its row tells.
const COUNTERS: &str = "SELECT reached::text FROM portfolios";
const COUNTED: &str = "SELECT (SELECT count(*) FROM portfolio_contacts c \
     WHERE c.tenant_id = p.tenant_id AND c.portfolio_id = p.portfolio_id \
       AND c.reached_at > p.reached_since)::text FROM portfolios p";

async fn texts(client: &Client, query: &str) -> Vec<String> {
    let query = format!("{query} ORDER BY 1");
    let rows = client.query(&query, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Each message takes six seconds of its contact's rate, one after the other. Nothing is left for whom
/// all was given back.
async fn rates(client: &Client) {
    let sent = "SELECT contact_id, decided_at FROM counted ORDER BY decided_at";
    let mut free: BTreeMap<String, Time> = BTreeMap::new();
    for row in client.query(sent, &[]).await.unwrap() {
        let at: Time = row.get(1);
        let free_at = free.entry(row.get(0)).or_insert(at);
        *free_at = (*free_at).max(at) + chrono::TimeDelta::seconds(6);
    }
    let kept = "SELECT contact_id, rate_free_at FROM contacts c WHERE EXISTS (SELECT FROM counted k \
         WHERE k.tenant_id = c.tenant_id AND k.contact_id = c.contact_id) OR rate_free_at > \
         (SELECT max(decided_at) FROM decisions)";
    let kept = client.query(kept, &[]).await.unwrap();
    let kept: BTreeMap<String, Time> = kept.iter().map(|row| (row.get(0), row.get(1))).collect();
    assert_eq!(kept, free, "rates");
}
