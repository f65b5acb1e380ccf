//! Numbers that change hands: what was said under one by its former owner is not the new one's.

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, PolicyClients, ops};
use pb::ConsentState::{OptedIn, OptedOut, Unspecified};
use serde_json::{Value, json};

use super::bodies::*;
use super::people::consent;
use super::{after, ingest, told, two};
use crate::erasure::erase_from_policy;
use crate::support::noon;

/// Who gets the number.
pub(super) const NEW: &str = "SA.new";

/// The same body, of somebody else with the same number.
pub(super) fn by(user: &str, mut body: Value) -> Value {
    body["entry"][0]["changes"][0]["value"]["contacts"] =
        json!([{"wa_id": CUSTOMER, "user_id": user}]);
    body
}

/// A customer writes to conversation-state under the number.
async fn writes(pair: &Pair, user: &str) {
    let said = conversation::RecordInboundMessageRequest {
        contact_aliases: vec![CUSTOMER.into()],
        ..ops::inbound(user, &format!("m-{user}"), noon())
    };
    pair.conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();
}

fn offer(id: &str) -> pb::Send {
    ops::justified(ops::template(id, "offer"), pb::JustificationReason::Campaign, "spring")
}

async fn set(clients: &PolicyClients, said: pb::SetContactConsentRequest) {
    clients.admin.clone().set_contact_consent(said).await.unwrap();
}

/// Marketing goes to the former owner, and not to the new one.
async fn assert_only_the_former_owner_opted_in(pair: &Pair, other: &PolicyClients) {
    let refused = ["MARKETING_CONSENT_REQUIRED"];
    for _ in 0..2 {
        for id in [NEW, CUSTOMER] {
            assert_eq!(ops::codes(&pair.check(offer(id)).await.unwrap()), refused, "{id}");
            assert_eq!(ops::codes(&other.authorize(offer(id)).await.unwrap()), refused, "{id}");
        }
        assert_eq!(ops::codes(&other.check(offer(USER)).await.unwrap()), [""; 0]);
    }
    assert_eq!(ops::codes(&pair.authorize(offer(USER)).await.unwrap()), [""; 0]);
    assert_eq!(consent(pair, USER).await.state(), OptedIn);
    for id in [NEW, CUSTOMER] {
        assert_eq!(consent(other, id).await.state(), Unspecified, "{id}");
    }
}

#[tokio::test]
async fn an_opt_in_does_not_pass_to_the_next_owner_of_the_number() {
    let (pair, other) = two().await;
    pair.import(&[("offer", "MARKETING")]).await;
    ingest(&pair, &text("hello", after(-600))).await;
    writes(&pair, USER).await;
    set(&pair, ops::opt_in(CUSTOMER)).await;
    ingest(&other.clients, &by(NEW, text("hello", after(-60)))).await;
    writes(&pair, NEW).await;
    assert_only_the_former_owner_opted_in(&pair, &other.clients).await;

    // What the new owner says is the new owner's.
    set(&pair, ops::opt_in(CUSTOMER)).await;
    set(&pair, ops::opt_out(USER)).await;
    assert_eq!(ops::codes(&other.clients.check(offer(NEW)).await.unwrap()), [""; 0]);
    let refused = other.clients.check(offer(USER)).await.unwrap();
    assert!(ops::codes(&refused).contains(&"MARKETING_OPTED_OUT"));
}

#[tokio::test]
async fn nor_where_only_the_conversation_tells_of_the_next_owner() {
    let (pair, other) = two().await;
    pair.import(&[("offer", "MARKETING")]).await;
    writes(&pair, USER).await;
    set(&pair, ops::opt_in(CUSTOMER)).await;
    // The policy gets to know whose the number is with a send.
    assert_eq!(ops::codes(&pair.authorize(ops::free_form(USER)).await.unwrap()), [""; 0]);
    writes(&pair, NEW).await;
    assert_only_the_former_owner_opted_in(&pair, &other.clients).await;
}

#[tokio::test]
async fn what_was_said_under_a_number_goes_with_who_said_it() {
    let (pair, other) = two().await;
    ingest(&pair, &text("hello", after(-600))).await;
    let said = |state: pb::ConsentState, seconds| pb::SetContactConsentRequest {
        state: state.into(),
        occurred_at: azeer_tests::service::timestamp(after(seconds)),
        ..ops::opt_in(CUSTOMER)
    };
    set(&pair, said(OptedIn, -500)).await;
    let stopped = pb::SetContactConsentRequest { contact_id: USER.into(), ..said(OptedOut, -400) };
    set(&pair, stopped).await;
    assert_eq!(told(&other.clients, &by(NEW, text("stop", after(-60)))).await, ["APPLIED"]);
    let request =
        pb::GetContactConsentRequest { tenant_id: ops::TENANT.into(), contact_id: USER.into() };
    let known = pair.admin.clone().get_contact_consent(request).await.unwrap().into_inner();
    assert_eq!(known.consent.unwrap().state(), OptedOut);
    let states: Vec<_> = known.history.iter().map(pb::ConsentChange::state).collect();
    assert_eq!(states, [OptedOut, OptedIn], "what is newer still holds");
    assert!(known.history.iter().all(|change| change.contact_id == USER));

    // An old body once more, and the new one: everybody has what they said.
    ingest(&pair, &text("hello", after(-600))).await;
    assert_eq!(consent(&other.clients, NEW).await.state(), OptedOut);
    ingest(&pair, &by(NEW, text("hello", after(-50)))).await;
    set(&pair, pb::SetContactConsentRequest { contact_id: NEW.into(), ..said(OptedIn, -30) }).await;
    for (id, state) in [(USER, OptedOut), (NEW, OptedIn), (CUSTOMER, OptedIn)] {
        assert_eq!(consent(&pair, id).await.state(), state, "{id}");
    }
}

#[tokio::test]
async fn a_failure_is_not_held_against_the_former_owner() {
    let (pair, other) = two().await;
    ingest(&pair, &text("hello", after(-600))).await;
    let suppressed = json!({"errors": [{"code": 131_049, "title": "not delivered"}]});
    let body = by(NEW, status("failed", &suppressed, after(-60)));
    assert_eq!(told(&pair, &body).await, ["APPLIED"]);
    assert!(consent(&other.clients, NEW).await.suppressed_until.is_some());
    for id in [USER, CUSTOMER] {
        assert_eq!(consent(&other.clients, id).await.suppressed_until, None, "{id}");
    }
}

#[tokio::test]
async fn to_erase_the_next_owner_takes_nothing_of_the_former_one() {
    let (pair, other) = two().await;
    pair.import(&[("offer", "MARKETING")]).await;
    ingest(&pair, &text("hello", after(-600))).await;
    writes(&pair, USER).await;
    set(&pair, ops::opt_in(USER)).await;
    assert_eq!(ops::codes(&pair.authorize(offer(USER)).await.unwrap()), [""; 0]);
    // Only conversation-state knows of the next owner.
    writes(&pair, NEW).await;
    erase_from_policy(&other.clients, NEW).await.unwrap();
    assert_eq!(consent(&pair, USER).await.state(), OptedIn);
    let counted = ["DUPLICATE_SEND", "CONTACT_COOLDOWN"];
    assert_eq!(ops::codes(&pair.check(offer(USER)).await.unwrap()), counted);
}
