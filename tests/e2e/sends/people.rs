//! What is known of people lies in tables of its own: a decision tells why, and of whom nothing.

use std::collections::BTreeSet;

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use pb::JustificationReason as Reason;
use serde_json::{Value, json};

use super::settings;
use crate::support::{Dump, noon};

const NUMBER: &str = "966511122233";
const USER: &str = "SA.7766554433";
const NOTE: &str = "unmistakable words of hers";
const REFERENCE: &str = "order-5544332211";
const PARAMETER: &str = "Parameterwert";
const TEXT: &str = "Nachrichtentext";
const OTHER: &str = "966599988877";

/// Where a contact's ids may be.
const OF_CONTACTS: [&str; 7] = [
    "consent_changes",
    "consents",
    "contact_aliases",
    "contacts",
    "decision_people",
    "note_uses",
    "portfolio_contacts",
];

fn body(to: &str, kind: &str, content: &Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": to, "type": kind, kind: content})
}

fn template(name: &str, value: &str) -> Value {
    let parameter = json!({"type": "text", "text": value});
    let components = json!([{"type": "body", "parameters": [parameter]}]);
    let template = json!({"name": name, "language": {"code": "en_US"}, "components": components});
    body(NUMBER, "template", &template)
}

/// Sends that are allowed, and sends that are refused by what they carry.
fn sends() -> Vec<pb::Send> {
    let text = json!({"body": TEXT});
    let bodies = [
        template("order", PARAMETER),
        template("order", &format!("{PARAMETER}\n")),
        template("plain", PARAMETER),
        template("named", PARAMETER),
        template("gone", PARAMETER),
        body(NUMBER, "text", &text),
        body(OTHER, "text", &text),
    ];
    let bodies = bodies.iter().map(|body| ops::cloud_api_body(NUMBER, body));
    let all = bodies.chain([ops::free_form(USER), ops::template(NUMBER, "plain")]);
    let justified = |send| {
        let mut send = ops::justified(send, Reason::OrderUpdate, REFERENCE);
        send.justification.as_mut().unwrap().note = NOTE.into();
        send
    };
    all.map(justified).collect()
}

/// The tables in which a text is found, in any column of any row.
fn tables<'a>(rows: &'a [String], text: &str) -> BTreeSet<&'a str> {
    let holding = rows.iter().filter(|row| row.contains(text));
    holding.map(|row| row.split_once(' ').unwrap().0).collect()
}

#[tokio::test]
async fn decisions_hold_nothing_personal() {
    let pair = Pair::at(noon()).await;
    let templates = [
        settings::template("order", "UTILITY", &settings::body("Hello {{1}}")),
        settings::template("named", "UTILITY", &settings::body("Hello {{first_name}}")),
        settings::plain("plain", "UTILITY"),
    ];
    settings::import(&pair, ops::WABA, &templates).await;
    pair.admin.clone().set_contact_consent(ops::opt_in(NUMBER)).await.unwrap();
    let said = conversation::RecordInboundMessageRequest {
        contact_aliases: vec![USER.into()],
        ..ops::inbound(NUMBER, "m1", noon())
    };
    pair.conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();

    // Within the window and outside of it.
    let mut verdicts = BTreeSet::new();
    for hours in [0, 25] {
        pair.set(noon() + TimeDelta::hours(hours));
        for send in sends() {
            let decision = pair.authorize(send).await.unwrap();
            verdicts.insert(decision.verdict);
        }
    }
    assert_eq!(verdicts.len(), 2, "some are allowed, some not");

    let rows = Dump::of(&pair.policy.database).await.rows().await;
    let of_ids = tables(&rows, NUMBER);
    assert_eq!(of_ids, OF_CONTACTS.into());
    assert!(tables(&rows, USER).is_subset(&OF_CONTACTS.into()), "{:?}", tables(&rows, USER));
    for text in [NOTE, REFERENCE] {
        assert_eq!(tables(&rows, text), ["decision_people"].into(), "{text}");
    }
    for text in [PARAMETER, TEXT, OTHER] {
        assert_eq!(tables(&rows, text), [].into(), "{text}");
    }
}

#[tokio::test]
async fn what_is_asked_is_told_from_the_tables_of_people_and_only_in_full() {
    let pair = Pair::at(noon()).await;
    let send = ops::justified(ops::template("ali", "gone"), Reason::OrderUpdate, REFERENCE);
    let decision = pair.authorize(send.clone()).await.unwrap();
    let full = pair.decision(&decision.decision_id).await.unwrap();
    let asked = full.asked.unwrap();
    assert_eq!((asked.contact, asked.justification), (send.contact, send.justification));

    // As after an erasure of the contact.
    let client = pair.policy.database.connect().await;
    client.batch_execute("DELETE FROM decision_people").await.unwrap();
    let rest = pair.decision(&decision.decision_id).await.unwrap();
    assert_eq!((rest.verdict, &rest.violations), (full.verdict, &full.violations));
    let asked = rest.asked.unwrap();
    let justification = asked.justification.unwrap();
    assert_eq!(asked.contact, None);
    assert_eq!(justification.reason(), Reason::OrderUpdate);
    assert_eq!((&*justification.reference_id, &*justification.note), ("", ""));
}
