//! What both databases hold of a person: of everything that can be kept something is, and after the
//! erasure nothing, in any column of any table.

use std::collections::BTreeSet;

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use pb::report_send_outcome_request::Outcome;
use serde_json::json;
use uuid::Uuid;

use super::{erase, erase_from_policy};
use crate::identity::said;
use crate::support::{Dump, noon, write};

const NUMBER: &str = "966511122233";
const USER: &str = "SA.7766554433";
const OLD_NUMBER: &str = "966544455566";
const NAME: &str = "Sara-of-the-test";
const WORDS: &str = "unmistakable words of hers";
const VALUE: &str = "a-value-that-the-bot-gathered";
const REFERENCE: &str = "order-5544332211";
const MESSAGE: &str = "wamid.HBgMOTY2NTExMTIyMjMz";
const PLATFORM_SAYS: &str = "what the platform said of her";

const TRACES: [&str; 9] =
    [NUMBER, USER, OLD_NUMBER, NAME, WORDS, VALUE, REFERENCE, MESSAGE, PLATFORM_SAYS];

/// The rows in which something of the person is found, as text or as bytes.
fn found(rows: &[String]) -> Vec<&String> {
    let hex = |text: &str| {
        let digits = text.bytes().map(|byte| format!("{byte:02x}"));
        digits.collect::<Vec<_>>().concat()
    };
    let traces: Vec<String> =
        TRACES.iter().flat_map(|trace| [(*trace).to_owned(), hex(trace)]).collect();
    rows.iter().filter(|row| traces.iter().any(|trace| row.contains(trace))).collect()
}

fn tables(rows: &[&String]) -> BTreeSet<String> {
    rows.iter().map(|row| row.split_once(' ').unwrap().0.to_owned()).collect()
}

/// Two conversations that turn out to be one person's, with all that one can hold.
async fn talk(pair: &Pair) {
    let channel = &pair.conversation.clients.channel;
    let (older, _) =
        write(channel, said(OLD_NUMBER, &format!("{MESSAGE}1"), noon())).await.unwrap();
    let noted = conversation::HandOffConversationRequest {
        note: WORDS.into(),
        collected: [("address".to_owned(), VALUE.to_owned())].into(),
        request_id: Uuid::new_v4().into(),
        ..ops::hand_off(&older.conversation_id, "sales")
    };
    write(channel, noted).await.unwrap();
    let named = conversation::RecordInboundMessageRequest {
        contact_name: NAME.into(),
        ..said(&format!("{NUMBER} {USER}"), &format!("{MESSAGE}2"), noon())
    };
    let (newer, _) = write(channel, named).await.unwrap();
    let close = conversation::CloseConversationRequest {
        note: WORDS.into(),
        request_id: Uuid::new_v4().into(),
        ..ops::close(&newer.conversation_id)
    };
    write(channel, close).await.unwrap();
    let again = format!("{MESSAGE}3");
    write(channel, said(&format!("{OLD_NUMBER} {USER}"), &again, noon())).await.unwrap();
    write(channel, ops::outbound(NUMBER, &format!("{MESSAGE}4"), noon())).await.unwrap();
}

/// Sends of every kind, allowed and refused, under several ids.
async fn send(pair: &Pair) -> Vec<pb::Decision> {
    let justified = |send| {
        let mut send = ops::justified(send, pb::JustificationReason::OrderUpdate, REFERENCE);
        send.justification.as_mut().unwrap().note = WORDS.into();
        send
    };
    let body = json!({"messaging_product": "whatsapp", "to": NUMBER, "type": "text",
        "text": {"body": WORDS}});
    let sends = [
        ops::free_form(USER),
        ops::cloud_api_body(NUMBER, &body),
        justified(ops::template(NUMBER, "parcel")),
        justified(ops::template(OLD_NUMBER, "parcel")),
        justified(ops::template(USER, "sale")),
        ops::template(NUMBER, "gone"),
    ];
    let mut decided = Vec::new();
    for send in sends {
        decided.push(pair.authorize(send).await.unwrap());
    }
    decided
}

fn sent(n: usize) -> Outcome {
    let message_id = format!("{MESSAGE}-sent-{n}");
    Outcome::Sent(pb::Sent { message_id, sent_at: timestamp(noon()) })
}

async fn report(pair: &Pair, decision: &pb::Decision, outcome: Outcome) -> pb::Decision {
    let request = pb::ReportSendOutcomeRequest {
        tenant_id: ops::TENANT.into(),
        decision_id: decision.decision_id.clone(),
        outcome: Some(outcome),
        ..Default::default()
    };
    let told = pair.sends.clone().report_send_outcome(request).await.unwrap().into_inner();
    told.decision.unwrap()
}

/// Reports of what was allowed: sent, sent and failed, failed, none.
async fn report_all(pair: &Pair, decided: &[pb::Decision]) {
    let allowed = decided.iter().filter(|decision| decision.verdict() == pb::Verdict::Allow);
    for (n, decision) in allowed.enumerate() {
        let failed =
            Outcome::Failed(pb::Failed { error_code: 131_049, message: PLATFORM_SAYS.into() });
        let outcomes = match n % 4 {
            0 => vec![sent(n)],
            1 => vec![sent(n), failed],
            2 => vec![failed],
            _ => vec![],
        };
        for outcome in outcomes {
            report(pair, decision, outcome).await;
        }
    }
}

/// What the platform tells both services: she wrote a stop word, said the same by a button, and
/// something failed that nobody reported.
async fn webhooks(pair: &Pair) {
    let at = noon().timestamp();
    let changes = [
        (
            "messages",
            json!({"messages": [{"from": NUMBER, "id": format!("{MESSAGE}5"),
            "timestamp": at, "type": "text", "text": {"body": "stop"}}]}),
        ),
        (
            "messages",
            json!({"statuses": [{"id": format!("{MESSAGE}-lost"), "status": "failed",
            "timestamp": at, "recipient_id": NUMBER,
            "errors": [{"code": 131_026, "title": PLATFORM_SAYS, "message": PLATFORM_SAYS}]}]}),
        ),
        (
            "user_preferences",
            json!({"user_preferences": [{"wa_id": OLD_NUMBER, "value": "stop",
            "category": "marketing_messages", "timestamp": at + 1}]}),
        ),
    ];
    let change = |(field, value): (&str, serde_json::Value)| {
        let mut value = value;
        value["metadata"] = json!({"phone_number_id": ops::CHANNEL});
        value["contacts"] = json!([{"wa_id": NUMBER, "user_id": USER, "profile": {"name": NAME}}]);
        json!({"field": field, "value": value})
    };
    let changes: Vec<_> = changes.into_iter().map(change).collect();
    let body = json!({"entry": [{"id": ops::WABA, "time": at, "changes": changes}]});
    let (tenant_id, body) = (ops::TENANT.to_owned(), body.to_string().into_bytes());
    let to_policy = pb::IngestWebhookRequest { tenant_id: tenant_id.clone(), body: body.clone() };
    let results = pair.sends.clone().ingest_webhook(to_policy).await.unwrap().into_inner().results;
    let applied = results.iter().filter(|r| r.outcome() == conversation::IngestOutcome::Applied);
    assert_eq!(applied.count(), 3, "{results:?}");
    let to_conversations = conversation::IngestWebhookRequest { tenant_id, body };
    let mut conversations = pair.conversation.clients.conversations.clone();
    conversations.ingest_webhook(to_conversations).await.unwrap();
}

/// What is still to be told to conversation-state, which it would know by then.
async fn wait(pair: &Pair) {
    let text = format!(
        "INSERT INTO outbox (tenant_id, decision_id, kind, due_at, tries, channel_id, contact_id,
           message_id, occurred_at, sender_kind, sender_id, template_name, handler_epoch)
         SELECT tenant_id, decision_id, 'WINDOW_CLOSED', '2100-01-01', 1, 'main', contact_id,
           '{MESSAGE}', now(), 'AGENT', 'sara', '', 0 FROM decision_people
         WHERE contact_id <> 'noor'"
    );
    pair.policy.database.connect().await.batch_execute(&text).await.unwrap();
}

async fn verdicts(pair: &Pair) -> Vec<i32> {
    let page = pair.sends.clone().list_decisions(ops::list_decisions()).await.unwrap();
    page.into_inner().decisions.iter().map(|decision| decision.verdict).collect()
}

#[tokio::test]
async fn nothing_of_the_person_is_left_in_either_database() {
    let pair = Pair::at(noon()).await;
    pair.import(&[("parcel", "UTILITY"), ("sale", "MARKETING")]).await;
    for contact in [NUMBER, USER] {
        pair.admin.clone().set_contact_consent(ops::opt_in(contact)).await.unwrap();
    }
    talk(&pair).await;
    pair.authorize(ops::free_form("noor")).await.unwrap();
    let mut decided = send(&pair).await;
    pair.set(noon() + TimeDelta::hours(25));
    decided.extend(send(&pair).await);
    report_all(&pair, &decided).await;
    webhooks(&pair).await;
    wait(&pair).await;
    let (conversations, policy) =
        (Dump::of(&pair.conversation.database).await, Dump::of(&pair.policy.database).await);
    // The test is worth something: it is in every table that can hold something personal.
    let (of_conversations, of_policy) = (conversations.rows().await, policy.rows().await);
    let expected = ["contact_aliases", "conversations", "event_notes", "messages"];
    assert_eq!(tables(&found(&of_conversations)), expected.map(Into::into).into());
    let expected = [
        "consent_changes",
        "consents",
        "contact_aliases",
        "contacts",
        "decision_people",
        "note_uses",
        "outbox",
        "outcomes",
        "portfolio_contacts",
        "waiting_failures",
    ];
    assert_eq!(tables(&found(&of_policy)), expected.map(Into::into).into());
    let before = verdicts(&pair).await;

    erase_from_policy(&pair, USER).await.unwrap();
    erase(&pair.conversation.clients, OLD_NUMBER).await.unwrap();
    assert_eq!(found(&policy.rows().await), Vec::<&String>::new());
    assert_eq!(found(&conversations.rows().await), Vec::<&String>::new());
    assert_eq!(verdicts(&pair).await, before, "decisions are counted as before");
    assert!(
        before.contains(&pb::Verdict::Allow.into()) && before.contains(&pb::Verdict::Deny.into())
    );

    // What is reported of her afterwards is not kept either.
    let allows = |decision: &&pb::Decision| decision.verdict() == pb::Verdict::Allow;
    for (n, decision) in decided.iter().filter(allows).enumerate().skip(3).step_by(4) {
        let told = report(&pair, decision, sent(n)).await;
        let Some(pb::send_outcome::Outcome::Sent(sent)) = told.outcome.unwrap().outcome else {
            panic!("it is recorded")
        };
        assert_eq!(sent.message_id, "");
    }
    assert_eq!(found(&policy.rows().await), Vec::<&String>::new());
}
