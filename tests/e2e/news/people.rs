//! What customers say of marketing, in their own words or by a button of the platform's.

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use pb::ConsentState::{OptedIn, OptedOut, Unspecified};
use serde_json::json;

use super::bodies::*;
use super::{after, ingest, told, two};
use crate::support::{Dump, noon};

pub(super) async fn consent(clients: &PolicyClients, contact: &str) -> pb::Consent {
    let request =
        pb::GetContactConsentRequest { tenant_id: ops::TENANT.into(), contact_id: contact.into() };
    let answer = clients.admin.clone().get_contact_consent(request).await.unwrap();
    answer.into_inner().consent.unwrap()
}

/// A text of another customer, who goes by a number alone.
fn text_of(contact: &str, words: &str) -> serde_json::Value {
    let mut body = text(words, after(-60));
    let value = &mut body["entry"][0]["changes"][0]["value"];
    value["messages"][0]["from"] = json!(contact);
    value["contacts"] = json!([]);
    body
}

#[tokio::test]
async fn stop_words_in_many_spellings() {
    let (pair, other) = two().await;
    let stops =
        ["stop", " STOP ", "please stop.", "توقف", "تـوقّف!", "إلغاء الاشتراك", "الغاء الإشتراك 🙏"];
    let others = ["nonstop", "stopping by", "توقفت عن العمل", "إلغاء الطلب", "hello", "🛑"];
    for (number, words) in (0..).zip(stops.iter().chain(&others)) {
        let contact = format!("9665000{number:05}");
        let stops = stops.contains(words);
        let expected = if stops { "APPLIED" } else { "NOT_MINE" };
        assert_eq!(told(&pair, &text_of(&contact, words)).await, [expected], "{words}");
        let known = consent(&other.clients, &contact).await;
        let state = if stops { OptedOut } else { Unspecified };
        assert_eq!(known.state(), state, "{words}");
        if stops {
            assert_eq!(known.source, "stop-word");
            assert_eq!(known.occurred_at, timestamp(after(-60)));
        }
    }
}

#[tokio::test]
async fn the_tenants_own_words_are_the_ones_that_count() {
    let (pair, other) = two().await;
    let policy = pb::Policy { stop_words: vec!["basta".into()], ..Default::default() };
    let request = pb::UpdatePolicyRequest {
        tenant_id: ops::TENANT.into(),
        policy: Some(policy),
        ..Default::default()
    };
    pair.admin.clone().update_policy(request).await.unwrap();
    assert_eq!(told(&other.clients, &text_of("966500000007", "¡Basta!")).await, ["APPLIED"]);
    assert_eq!(told(&other.clients, &text_of("966500000008", "stop")).await, ["NOT_MINE"]);
}

#[tokio::test]
async fn an_opt_out_is_of_all_ids_that_are_known() {
    let (pair, other) = two().await;
    // Told together, one by one, before anybody is sent anything.
    ingest(&pair, &text("hello", after(-600))).await;
    let moved = json!({"type": "user_changed_number", "wa_id": "966500000002"});
    ingest(&pair, &message("system", &moved, after(-500))).await;
    assert_eq!(told(&pair, &text_of(CUSTOMER, "stop")).await, ["APPLIED"]);
    for id in [CUSTOMER, USER, "966500000002"] {
        assert_eq!(consent(&other.clients, id).await.state(), OptedOut, "{id}");
    }

    // A send to any of them is refused.
    pair.import(&[("offer", "MARKETING")]).await;
    let said = conversation::RecordInboundMessageRequest {
        contact_aliases: vec![USER.into()],
        ..ops::inbound("966500000002", "m1", noon())
    };
    pair.conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();
    for id in ["966500000002", USER] {
        let decision = pair.check(ops::template(id, "offer")).await.unwrap();
        assert!(ops::codes(&decision).contains(&"MARKETING_OPTED_OUT"), "{decision:?}");
    }
}

#[tokio::test]
async fn a_recycled_number_does_not_opt_its_former_owner_out() {
    let (pair, _) = two().await;
    ingest(&pair, &text("hello", after(-600))).await;
    let mut body = text("stop", after(-60));
    body["entry"][0]["changes"][0]["value"]["contacts"] =
        json!([{"wa_id": CUSTOMER, "user_id": "SA.new"}]);
    assert_eq!(told(&pair, &body).await, ["APPLIED"]);
    assert_eq!(consent(&pair, "SA.new").await.state(), OptedOut);
    assert_eq!(consent(&pair, USER).await.state(), Unspecified);
    let client = pair.policy.database.connect().await;
    let said = client
        .query_one("SELECT count(*) FROM consents WHERE contact_id = $1", &[&USER])
        .await
        .unwrap();
    assert_eq!(said.get::<_, i64>(0), 0, "nothing is recorded of the former owner");
}

#[tokio::test]
async fn a_wish_holds_in_the_order_of_time() {
    let (pair, other) = two().await;
    let rows = [
        ("stop", -60, "APPLIED", OptedOut),
        ("stop", -60, "DUPLICATE", OptedOut),
        ("resume", -70, "STALE", OptedOut),
        ("resume", -50, "APPLIED", OptedIn),
        ("stop", -60, "DUPLICATE", OptedIn),
        ("less", -40, "NO_EFFECT", OptedIn),
        ("stop", 200, "APPLIED", OptedOut),
    ];
    for (round, (wished, second, became, state)) in rows.into_iter().enumerate() {
        let clients: &PolicyClients = if round % 2 == 0 { &pair } else { &other.clients };
        let what = format!("{wished} at {second}");
        assert_eq!(told(clients, &wish(wished, after(second))).await, [became], "{what}");
        for id in [CUSTOMER, USER] {
            let known = consent(&other.clients, id).await;
            assert_eq!((known.state(), &*known.source), (state, "user-preferences"), "{what}");
        }
    }
    let known = consent(&pair, USER).await;
    assert_eq!(known.occurred_at, timestamp(noon()), "a little ahead of now is now");
}

#[tokio::test]
async fn a_failure_is_taken_once() {
    let pair = Pair::at(noon()).await;
    let dump = Dump::of(&pair.policy.database).await;
    let suppressed = json!({"errors": [{"code": 131_049, "title": "not delivered"}]});
    let body = status("failed", &suppressed, after(-60));
    assert_eq!(told(&pair, &body).await, ["APPLIED"]);
    for id in [CUSTOMER, USER] {
        let until = consent(&pair, id).await.suppressed_until;
        assert!(until.is_some_and(|until| until.seconds > noon().timestamp()), "{id}");
    }
    let before = dump.rows().await;
    assert_eq!(told(&pair, &body).await, ["DUPLICATE"]);
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn a_body_can_be_sent_again_after_the_database_was_away() {
    let pair = Pair::at(noon()).await;
    let client = pair.policy.database.connect().await;
    client.batch_execute("ALTER TABLE consents RENAME TO gone").await.unwrap();
    let request = pb::IngestWebhookRequest {
        tenant_id: ops::TENANT.into(),
        body: text("stop", after(-60)).to_string().into_bytes(),
    };
    let failed = pair.sends.clone().ingest_webhook(request).await;
    assert!(failed.is_err(), "an opt-out is not lost in an answer that looks good");
    client.batch_execute("ALTER TABLE gone RENAME TO consents").await.unwrap();
    assert_eq!(told(&pair, &text("stop", after(-60))).await, ["APPLIED"]);
    pair.set(noon() + TimeDelta::days(7));
    assert_eq!(told(&pair, &text("stop", after(-60))).await, ["DUPLICATE"]);
}

/// The platform tells whole seconds; the business's own words come with what is behind them.
#[tokio::test]
async fn an_opt_out_of_the_second_of_an_opt_in_holds_once() {
    let (pair, other) = two().await;
    let said = |micros| pb::SetContactConsentRequest {
        occurred_at: timestamp(after(-60) + TimeDelta::microseconds(micros)),
        ..ops::opt_in("966500000001")
    };
    pair.admin.clone().set_contact_consent(said(84_337)).await.unwrap();
    let stop = text_of("966500000001", "stop");
    assert_eq!(told(&other.clients, &stop).await, ["APPLIED"]);
    assert_eq!(consent(&pair, "966500000001").await.state(), OptedOut);
    // The same opt-in once more is nothing new; one after it is, and the old body does not undo it.
    pair.admin.clone().set_contact_consent(said(84_337)).await.unwrap();
    assert_eq!(consent(&pair, "966500000001").await.state(), OptedOut);
    pair.admin.clone().set_contact_consent(said(900_000)).await.unwrap();
    assert_eq!(told(&other.clients, &stop).await, ["DUPLICATE"]);
    assert_eq!(consent(&pair, "966500000001").await.state(), OptedIn);
}
