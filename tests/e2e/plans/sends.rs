//! The same for messaging-policy: deciding a send, telling what was decided, and what became of it,
//! costs as much in a tenant with a long history as in a new one.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, Policy, PolicyClients, Service, ops, service};
use chrono::TimeDelta;
use messaging_policy::{Config, Retention};
use pb::JustificationReason as Reason;
use tokio_postgres::Client;

use super::{ROUNDS, assert_few_read_but, rows_read};

/// Decisions, and contacts with their ledgers, of the big tenant.
pub(super) const MANY: i64 = 100_000;
/// Rows that one round of calls may read: it decides eight sends, takes reports of some, which are
/// passed on meanwhile, erases a contact and lists two pages of two. A page reads what it tells twice;
/// one that looks for something in vain, ten thousand.
const ROWS_PER_ROUND: i64 = 200;

/// The outbox is looked through each second, and by what was deleted of late: its own plans are shown
/// elsewhere.
const BY_TIME: [&str; 1] = ["outbox_by_due"];

pub(super) const PROGRAM: &str = "messaging-policy";

#[tokio::test]
async fn statements_planned_over_an_empty_database_read_no_more_later() {
    let database = Database::policy().await;
    let client = database.connect().await;
    client.batch_execute("ANALYZE").await.unwrap();
    let conversation = Service::start().await;
    let policy = start(&database, &conversation).await;
    settle(&policy).await;
    calls(&conversation, &policy, 0).await;
    fill(&client, 0).await;
    let before = rows_read(&client).await;
    for round in 1..=ROUNDS {
        calls(&conversation, &policy, round).await;
    }
    policy.server.stop().await;
    assert_few_read_but(&BY_TIME, &client, PROGRAM, &before, ROWS_PER_ROUND).await;
    forget_filling(&client).await;
}

#[tokio::test]
async fn statements_planned_among_many_small_tenants_read_no_more_of_a_big_one() {
    let database = Database::policy().await;
    let client = database.connect().await;
    let conversation = Service::start().await;
    let settled = start(&database, &conversation).await;
    settle(&settled).await;
    settled.server.stop().await;
    fill(&client, 10_000).await;
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    let policy = start(&database, &conversation).await;
    let before = rows_read(&client).await;
    for round in 1..=ROUNDS {
        calls(&conversation, &policy, round).await;
    }
    policy.server.stop().await;
    assert_few_read_but(&BY_TIME, &client, PROGRAM, &before, ROWS_PER_ROUND).await;
    forget_filling(&client).await;
}

pub(super) async fn start(database: &Database, conversation: &Service) -> Policy {
    let address = conversation.server.local_addr();
    // What the upkeep reads is another matter.
    let change = |config: &mut Config| config.retention = Retention::FOREVER;
    Policy::start_with(database.clone(), address, change).await
}

/// A template, and a portfolio with a limit that nobody reaches.
async fn settle(policy: &Policy) {
    policy.clients.import(&[("news", "UTILITY")]).await;
    let sender = pb::Sender {
        channel_id: ops::CHANNEL.into(),
        waba_id: ops::WABA.into(),
        portfolio_id: "portfolio".into(),
        limit: 10 * MANY,
        ..Default::default()
    };
    let request = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(sender),
        ..Default::default()
    };
    policy.clients.admin.clone().update_sender(request).await.unwrap();
}

/// A tenant that decided much, among others that decided once. What the big one's portfolio reached
/// lies within the last day.
pub(super) async fn fill(client: &Client, small_tenants: i64) {
    let text = format!(
        "CREATE TEMPORARY TABLE filling AS
           SELECT CASE WHEN i <= {MANY} THEN '{tenant}' ELSE 'tenant-' || i END AS tenant_id,
                  'filled-' || i AS contact_id, gen_random_uuid() AS conversation_id,
                  (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7000'
                    || substr(md5(i::text), 1, 16))::uuid AS decision_id, at, i
           FROM (SELECT i, now() - i * interval '0.8 seconds' AS at
                 FROM generate_series(1, {MANY} + {small_tenants}) i) of_time;
         INSERT INTO tenants (tenant_id) SELECT DISTINCT tenant_id FROM filling
           ON CONFLICT DO NOTHING;
         INSERT INTO decisions (decision_id, request_id, decided_at, conversation_id,
             conversation_version, policy_version, handler_epoch, verdict, sender_kind, tenant_id,
             channel_id, sender_id, kind, template_name, template_language, violation_codes,
             record)
           SELECT decision_id, gen_random_uuid(), at, conversation_id, 1, 0, 0, 'ALLOW', 'AGENT',
             tenant_id, '{channel}', 'sara', 'text', '', '', '{{}}', json_build_object(
               'send', json_build_object('sender', 'AGENT', 'content', 'free_form'),
               'facts', json_build_object('as_of', at), 'state', 'OPEN', 'passed', json_build_array())
           FROM filling;
         INSERT INTO decision_people (tenant_id, decision_id, contact_id, reference_id, note,
             request_hash)
           SELECT tenant_id, decision_id, contact_id, '', '', sha256('x') FROM filling;
         INSERT INTO outcomes (tenant_id, decision_id, kind, message_id, sent_at, told_sent_at,
             error_code, error_message, report_time)
           SELECT tenant_id, decision_id, 'SENT', 'message-' || i, at, at, 0, '', at FROM filling;
         INSERT INTO waiting_failures (tenant_id, message_id, contact_id, error_code, error_message,
             failed_at, record_time)
           SELECT tenant_id, 'waiting-' || i, contact_id, 131000, '', at, at FROM filling;
         INSERT INTO contact_aliases (tenant_id, contact_id, main_id)
           SELECT tenant_id, 'alias-' || i, contact_id FROM filling;
         INSERT INTO contacts (tenant_id, contact_id, channel_id, templates, rate_free_at)
           SELECT tenant_id, contact_id, '{channel}', ARRAY[ROW(decision_id, at, 'UTILITY', 0)
             ::sent_template_v1], at FROM filling;
         INSERT INTO consents (tenant_id, contact_id, state, source, occurred_at, update_time)
           SELECT tenant_id, contact_id, 'OPTED_IN', '', at, at FROM filling;
         INSERT INTO note_uses (tenant_id, note, contact_id, used_at)
           SELECT tenant_id, substr(sha256(contact_id::bytea), 1, 16), contact_id, at FROM filling;
         INSERT INTO portfolio_contacts (tenant_id, contact_id, portfolio_id, reached_at)
           SELECT tenant_id, contact_id, 'portfolio', at FROM filling;
         INSERT INTO portfolios (tenant_id, portfolio_id, reached, reached_since)
           VALUES ('{tenant}', 'portfolio', {MANY}, now() - interval '1 day')
           ON CONFLICT (tenant_id, portfolio_id) DO UPDATE
           SET reached = portfolios.reached + excluded.reached,
               reached_since = excluded.reached_since",
        tenant = ops::TENANT,
        channel = ops::CHANNEL,
    );
    client.batch_execute(&text).await.unwrap();
}

/// Takes the decisions away that nobody made: they do not explain themselves.
pub(super) async fn forget_filling(client: &Client) {
    let text = "DELETE FROM decisions d USING filling f
         WHERE d.tenant_id = f.tenant_id AND d.decision_id = f.decision_id";
    client.batch_execute(text).await.unwrap();
}

/// Sends of each kind, checked and authorized, to contacts of this round, and what was decided.
async fn calls(conversation: &Service, policy: &Policy, round: i64) {
    let clients = &policy.clients;
    let known = format!("known-{round}");
    let said = ops::inbound(&known, &known, service::now());
    let mut conversations = conversation.clients.conversations.clone();
    let began = conversations.record_inbound_message(said).await.unwrap().into_inner();
    let by_id = pb::Send {
        contact: None,
        conversation_id: began.conversation.unwrap().conversation_id,
        ..ops::free_form("")
    };
    // Before there is a history there is no such contact.
    let filled = if round == 0 { "first".into() } else { format!("filled-{}", 5_000 + round) };
    let noted = |contact: &str| {
        let about = format!("order-{round}");
        let mut send = ops::justified(ops::template(contact, "news"), Reason::OrderUpdate, &about);
        let word: String = contact.bytes().map(|b| char::from(b'a' + b % 26)).collect();
        send.justification.as_mut().unwrap().note = format!("what {word} waits for");
        send
    };
    let stranger = noted(&format!("stranger-{round}"));
    for (i, send) in
        [ops::free_form(&known), by_id.clone(), stranger, noted(&filled)].into_iter().enumerate()
    {
        let checked = clients.check(send.clone()).await.unwrap();
        assert_eq!(checked.verdict(), pb::Verdict::Allow, "{checked:?}");
        let decided = clients.authorize(send).await.unwrap();
        assert_eq!(decided.verdict(), pb::Verdict::Allow, "{decided:?}");
        clients.decision(&decided.decision_id).await.unwrap();
        report(clients, &decided.decision_id, i, round).await;
    }
    let erased = pb::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref(&format!("stranger-{round}")),
        request_id: uuid::Uuid::new_v4().into(),
    };
    clients.sends.clone().erase_contact(erased).await.unwrap();
    let conversation_id = by_id.conversation_id;
    let page = pb::ListDecisionsRequest { page_size: 2, ..ops::list_decisions() };
    let an_hour_ago = service::timestamp(service::now() - TimeDelta::hours(1));
    let pages = [
        pb::ListDecisionsRequest { conversation_id, ..page.clone() },
        pb::ListDecisionsRequest { decided_from: an_hour_ago, ..page.clone() },
        pb::ListDecisionsRequest { decided_before: an_hour_ago, ..page },
    ];
    for page in pages {
        let told = clients.sends.clone().list_decisions(page).await.unwrap().into_inner();
        assert!(round == 0 || told.decisions.len() == 2, "{told:?}");
    }
}

/// What became of one of the sends: it was sent, it was sent and has failed, or has failed before it
/// was reported, or was never posted.
async fn report(clients: &PolicyClients, id: &str, which: usize, round: i64) {
    // Before there is a history there is no such contact.
    let contact = if round == 0 { "nobody".into() } else { format!("filled-{}", 7_000 + round) };
    let failed =
        |message: &str| ops::status_failed(Some(&contact), message, 131_050, service::now());
    let sent = ops::sent(id, id, service::now());
    match which {
        0 => {
            clients.report(sent).await.unwrap();
        }
        1 => {
            clients.report(sent).await.unwrap();
            clients.ingest(failed(id)).await.unwrap();
        }
        2 => {
            clients.ingest(failed(id)).await.unwrap();
            clients.report(sent).await.unwrap();
        }
        _ => {
            clients.report(ops::abandoned(id)).await.unwrap();
        }
    }
}
