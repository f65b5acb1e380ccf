//! Whom a body names must be the conversation's own contact, by whichever of its ids.

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use serde_json::{Value, json};

use crate::support::noon;

const NUMBER: &str = "966500000001";
const USER: &str = "SA.70010002000300040005";
const MISMATCH: &[&str] = &["RECIPIENT_MISMATCH"];

fn body(recipients: &Value) -> Value {
    let mut body = json!({"messaging_product": "whatsapp", "type": "text", "text": {"body": "hi"}});
    for (key, value) in recipients.as_object().unwrap() {
        body[key] = value.clone();
    }
    body
}

async fn customer_with_two_ids(pair: &Pair) -> conversation::Conversation {
    let said = conversation::RecordInboundMessageRequest {
        contact_aliases: vec![USER.into()],
        ..ops::inbound(NUMBER, "m1", noon())
    };
    let mut conversations = pair.conversation.clients.conversations.clone();
    let answer = conversations.record_inbound_message(said).await.unwrap();
    answer.into_inner().conversation.unwrap()
}

#[tokio::test]
async fn any_id_of_the_contact_is_the_contact_and_no_other() {
    let pair = Pair::at(noon()).await;
    let known = customer_with_two_ids(&pair).await;
    pair.customer_writes("966500000002", "m2").await;
    let rows: [(Value, &[&str]); 12] = [
        (json!({"to": NUMBER}), &[]),
        (json!({"to": "+966500000001"}), &[]),
        (json!({"to": " +966 50 000 0001 "}), &[]),
        (json!({"to": 966_500_000_001_u64}), &[]),
        (json!({"to": USER}), &[]),
        (json!({"recipient": USER}), &[]),
        (json!({"to": NUMBER, "recipient": USER}), &[]),
        (json!({"to": "966500000002"}), MISMATCH),
        (json!({"to": "00966500000001"}), MISMATCH),
        (json!({"to": "96650000000"}), MISMATCH),
        (json!({"recipient": "SA.7"}), MISMATCH),
        // The platform sends to the first; the other would be somebody else's.
        (json!({"to": NUMBER, "recipient": "SA.7"}), MISMATCH),
    ];
    for (recipients, refused) in rows {
        let body = body(&recipients);
        let by_id = pb::Send {
            contact: None,
            conversation_id: known.conversation_id.clone(),
            ..ops::cloud_api_body("", &body)
        };
        let by_contact = [NUMBER, USER].map(|id| ops::cloud_api_body(id, &body));
        for send in by_contact.into_iter().chain([by_id]) {
            let decision = pair.check(send).await.unwrap();
            assert_eq!(ops::codes(&decision), refused, "{recipients}");
        }
    }
}

#[tokio::test]
async fn a_contact_whom_nobody_knows_is_who_is_named() {
    let pair = Pair::at(noon()).await;
    let rows: [(&str, &[&str]); 2] = [
        ("+966500000009", &["WINDOW_NEVER_OPENED"]),
        ("966500000008", &["WINDOW_NEVER_OPENED", "RECIPIENT_MISMATCH"]),
    ];
    for (to, refused) in rows {
        let send = ops::cloud_api_body("966500000009", &body(&json!({"to": to})));
        assert_eq!(ops::codes(&pair.check(send).await.unwrap()), refused, "{to}");
    }
}

/// People write a plus before numbers. It makes nobody another person: what was said, who has the
/// conversation and what was counted hold for both spellings.
#[tokio::test]
async fn a_number_with_a_plus_is_the_same_person() {
    let pair = Pair::at(noon()).await;
    let known = customer_with_two_ids(&pair).await;
    let with_plus = format!("+{NUMBER}");
    let mut admin = pair.admin.clone();
    pair.import(&[("offer", "MARKETING")]).await;
    admin.set_contact_consent(ops::opt_out(&with_plus)).await.unwrap();
    for id in [NUMBER, &with_plus] {
        let decision = pair.check(ops::template(id, "offer")).await.unwrap();
        assert_eq!(ops::codes(&decision), ["MARKETING_OPTED_OUT"], "{id}");
        assert_eq!(decision.conversation_id, known.conversation_id, "{id}");
    }
    pair.enforce_only("PAIR_RATE_LIMIT").await;
    let burst = pb::rule_parameter::Value::Count(1);
    admin.update_policy(ops::set_rule("PAIR_RATE_LIMIT", "burst", burst)).await.unwrap();
    assert_eq!(ops::codes(&pair.authorize(ops::free_form(NUMBER)).await.unwrap()), [""; 0]);
    let second = pair.authorize(ops::free_form(&with_plus)).await.unwrap();
    assert_eq!(ops::codes(&second), ["PAIR_RATE_LIMIT"]);
}
