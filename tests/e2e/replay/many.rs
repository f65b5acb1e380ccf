//! A replay of many decisions: it tells what judging them one by one does, how far it is, and takes
//! no more memory for it.

use std::collections::{BTreeMap, BTreeSet};

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{any_port, time, timestamp};
use azeer_tests::{Database, Pair, PolicyClients, Replica, ops};
use chrono::TimeDelta;
use messaging_policy::store::Record;
use messaging_policy_core::{Mode, Policy, Verdict, evaluate};
use pb::JustificationReason as Reason;
use pb::replay_decisions_response::Message;
use tokio_postgres::types::Json;
use tonic::Streaming;
use uuid::Uuid;

use super::{CAP, NEVER, of_all, with_cap, with_mode};
use crate::PROGRAM;
use crate::support::noon;

const MANY: i64 = 100_000;
const CONTACTS: i64 = 24;
const ROUNDS: i64 = 12;
/// What memory may grow by, from the first that is told to the last: a part of what is read.
const MOST_GROWTH: usize = 16 << 20;
const EXAMPLES: usize = 20;
const OF_RULE: usize = 5;

/// Decisions of many kinds, allowed and refused, over half a day.
async fn decide(pair: &Pair) -> i64 {
    pair.import(&[("sale", "MARKETING"), ("order", "UTILITY")]).await;
    for contact in 0..CONTACTS {
        let name = format!("contact-{contact}");
        if contact % 3 == 0 {
            pair.customer_writes(&name, &name).await;
        }
        let consent = if contact % 4 == 0 { ops::opt_out } else { ops::opt_in };
        pair.admin.clone().set_contact_consent(consent(&name)).await.unwrap();
    }
    for round in 0..ROUNDS {
        pair.set(noon() + TimeDelta::minutes(50 * round));
        for contact in 0..CONTACTS {
            pair.authorize(send(contact, round)).await.unwrap();
        }
    }
    CONTACTS * ROUNDS
}

fn send(contact: i64, round: i64) -> pb::Send {
    let name = format!("contact-{contact}");
    let about = format!("about-{round}");
    match (round % 2, (contact + round / 2) % 4) {
        (0, _) => ops::justified(ops::template(&name, "sale"), Reason::Campaign, &about),
        (_, 0) => ops::justified(ops::template(&name, "order"), Reason::OrderUpdate, &about),
        (_, 1) => ops::template(&name, "order"),
        (_, 2) => ops::template(&name, "gone"),
        _ => ops::free_form(&name),
    }
}

/// Copies each decision, every copy a millisecond later than the one before.
async fn copy(database: &Database, times: i64) {
    let text = format!(
        "INSERT INTO decisions SELECT
             (lpad(to_hex(floor(extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7'
               || lpad(to_hex(extract(microseconds FROM at)::bigint % 1000), 3, '0') || '8'
               || substr(md5(d.decision_id::text || i), 1, 15))::uuid,
             gen_random_uuid(), at, d.conversation_id, d.conversation_version, d.policy_version,
             d.handler_epoch, d.verdict, d.sender_kind, d.tenant_id, d.channel_id, d.sender_id,
             d.kind, d.template_name, d.template_language, d.violation_codes, d.record
           FROM decisions d, generate_series(1, {times}) i,
             LATERAL (SELECT d.decided_at + i * interval '1 millisecond' AS at) a"
    );
    database.connect().await.batch_execute(&text).await.unwrap();
}

/// What judging each by itself comes to, counted in the plainest way.
#[derive(Default)]
struct Naive {
    examined: i64,
    denied: Vec<pb::ReplayExample>,
    allowed: Vec<pb::ReplayExample>,
    refused: BTreeMap<String, Vec<String>>,
    passed: BTreeMap<String, Vec<String>>,
}

impl Naive {
    async fn of(database: Database, policy: Policy) -> Self {
        let client = database.connect().await;
        let text = "SELECT decision_id, decided_at, verdict::text, violation_codes, record
             FROM decisions WHERE decision_id > $1 ORDER BY decision_id LIMIT 5000";
        let (mut naive, mut last) = (Self::default(), Uuid::nil());
        loop {
            let rows = client.query(text, &[&last]).await.unwrap();
            for row in &rows {
                last = row.get(0);
                let Json(record): Json<Record> = row.get(4);
                let again = evaluate(&record.facts, &record.send, &policy, row.get(1));
                let would: Vec<String> = again.violations.into_iter().map(|it| it.code).collect();
                naive.count(last, row.get(2), &row.get::<_, Vec<_>>(3), again.verdict, would);
            }
            if rows.is_empty() {
                return naive;
            }
        }
    }

    fn count(
        &mut self,
        id: Uuid,
        verdict: &str,
        did: &[String],
        would_be: Verdict,
        would: Vec<String>,
    ) {
        self.examined += 1;
        for code in would.iter().filter(|code| !did.contains(code)) {
            self.refused.entry(code.clone()).or_default().push(id.to_string());
        }
        for code in did.iter().filter(|code| !would.contains(code)) {
            self.passed.entry(code.clone()).or_default().push(id.to_string());
        }
        let (recorded, proposed, of_kind) = match (verdict, would_be) {
            ("ALLOW", Verdict::Deny) => (pb::Verdict::Allow, pb::Verdict::Deny, &mut self.denied),
            ("DENY", Verdict::Allow) => (pb::Verdict::Deny, pb::Verdict::Allow, &mut self.allowed),
            _ => return,
        };
        of_kind.push(pb::ReplayExample {
            decision_id: id.to_string(),
            recorded: recorded.into(),
            proposed: proposed.into(),
            violation_codes: would,
        });
    }

    fn summary(mut self) -> pb::ReplaySummary {
        let codes: BTreeSet<_> = self.refused.keys().chain(self.passed.keys()).cloned().collect();
        let rule = |code: String| {
            let refused = self.refused.remove(&code).unwrap_or_default();
            let passed = self.passed.remove(&code).unwrap_or_default();
            let ids = refused.iter().take(OF_RULE).chain(passed.iter().take(OF_RULE));
            pb::ReplayedRule {
                newly_refused: refused.len().try_into().unwrap(),
                no_longer_refused: passed.len().try_into().unwrap(),
                decision_ids: ids.cloned().collect(),
                code,
            }
        };
        let rules = codes.into_iter().map(rule).collect();
        let examples = self.denied.iter().take(EXAMPLES).chain(self.allowed.iter().take(EXAMPLES));
        pb::ReplaySummary {
            examined: self.examined,
            newly_denied: self.denied.len().try_into().unwrap(),
            newly_allowed: self.allowed.len().try_into().unwrap(),
            rules,
            examples: examples.cloned().collect(),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_decisions_come_to_what_judging_them_one_by_one_does() {
    let pair = Pair::at(noon()).await;
    let made = decide(&pair).await;
    let database = &pair.policy.database;
    copy(database, MANY / made).await;

    // A stricter cap; and a rule less, so that some would be allowed.
    let mut proposed = with_cap(1);
    proposed.rules.extend(with_mode(NEVER, pb::RuleMode::Off).rules);
    let mut policy = Policy::default();
    policy.set_value(CAP, "marketing_per_day", 1).unwrap();
    policy.set_mode(NEVER, Mode::Off).unwrap();
    let naive = tokio::spawn(Naive::of(database.clone(), policy));

    let address = pair.conversation.server.local_addr();
    let replica = Replica::policy_with(PROGRAM, database, address, any_port(), &[]).await;
    let replay = replica.clients.sends.clone().replay_decisions(of_all(proposed)).await;
    let (told, memory) = follow(replay.unwrap().into_inner(), &replica).await;
    let growth = memory.last().unwrap().saturating_sub(memory[0]);
    assert!(growth < MOST_GROWTH, "it grew by {growth} bytes: {memory:?}");

    let expected = naive.await.unwrap().summary();
    assert!(told.examined >= MANY && told.newly_denied > 10_000, "{told:?}");
    assert!(told.newly_allowed > 1_000 && told.rules.len() > 1, "{told:?}");
    assert_eq!(told, expected);
    replica.kill().await;
    forget_copies(database).await;
}

/// The summary, and how much memory there was at each progress before it.
async fn follow(
    mut replay: Streaming<pb::ReplayDecisionsResponse>,
    replica: &Replica<PolicyClients>,
) -> (pb::ReplaySummary, Vec<usize>) {
    let (mut memory, mut last) = (Vec::new(), pb::ReplayProgress::default());
    last.decided_at = timestamp(noon());
    loop {
        match replay.message().await.unwrap().unwrap().message.unwrap() {
            Message::Progress(next) => {
                assert!(next.examined > last.examined, "{next:?} after {last:?}");
                let [earlier, later] = [&last, &next].map(|it| time(it.decided_at.unwrap()));
                assert!(later >= earlier, "{next:?} after {last:?}");
                memory.push(replica.memory());
                last = next;
            }
            Message::Summary(summary) => {
                assert!(summary.examined >= last.examined);
                assert_eq!(replay.message().await.unwrap(), None);
                assert!(memory.len() > 10, "progress was told {} times", memory.len());
                return (summary, memory);
            }
        }
    }
}

/// Nobody need judge them once more.
async fn forget_copies(database: &Database) {
    let text = "DELETE FROM decisions d WHERE NOT EXISTS (SELECT FROM decision_people p
         WHERE p.tenant_id = d.tenant_id AND p.decision_id = d.decision_id)";
    database.connect().await.batch_execute(text).await.unwrap();
}
