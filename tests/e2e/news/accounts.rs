//! What is told of numbers, accounts and limits holds at once, everywhere.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use pb::{SenderQuality as Quality, SenderStatus as Status};
use serde_json::{Value, json};

use super::bodies::*;
use super::{after, ingest, sender, told, two};
use crate::support::{Dump, noon};

async fn update_sender(clients: &PolicyClients, sender: pb::Sender, paths: &[&str]) -> pb::Sender {
    let request = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(sender),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(ToString::to_string).collect(),
        }),
        ..Default::default()
    };
    clients.admin.clone().update_sender(request).await.unwrap().into_inner().sender.unwrap()
}

/// The codes by which both replicas refuse words of an agent's own, and when they would not.
async fn refused(replicas: [&PolicyClients; 2]) -> (Vec<String>, Option<prost_types::Timestamp>) {
    let mut told = Vec::new();
    for replica in replicas {
        let decision = replica.check(ops::free_form(CUSTOMER)).await.unwrap();
        let codes = ops::codes(&decision).iter().map(ToString::to_string).collect();
        told.push((codes, decision.earliest_allowed_at));
    }
    assert_eq!(told[0], told[1], "both replicas decide the same");
    told.swap_remove(0)
}

fn free() -> (Vec<String>, Option<prost_types::Timestamp>) {
    (Vec::new(), None)
}

fn restricted(
    until: Option<prost_types::Timestamp>,
) -> (Vec<String>, Option<prost_types::Timestamp>) {
    (vec!["SENDER_RESTRICTED".into()], until)
}

#[tokio::test]
async fn a_message_tells_whose_number_it_came_by() {
    let (pair, other) = two().await;
    let dump = Dump::of(&pair.policy.database).await;
    ingest(&pair, &text("hello", after(-60))).await;
    let known = sender(&other.clients, ops::CHANNEL).await;
    assert_eq!((&*known.waba_id, &*known.display_phone_number), (WABA, DISPLAY));
    let before = dump.rows().await;
    ingest(&other.clients, &text("hello again", after(-50))).await;
    assert_eq!(dump.rows().await, before, "a number that is known costs no write");

    // It moves with what was told last, whatever comes late.
    let from = |account: &str, second| {
        let mut body = text("hello", after(second));
        body["entry"][0]["id"] = json!(account);
        body
    };
    for (account, second, expected) in
        [("late", -70, WABA), ("new", -40, "new"), (WABA, -45, "new"), ("not a name", -30, "new")]
    {
        ingest(&pair, &from(account, second)).await;
        assert_eq!(sender(&other.clients, ops::CHANNEL).await.waba_id, expected, "{account}");
    }
}

#[tokio::test]
async fn an_account_is_restricted_until_the_end_and_a_halt_until_it_is_lifted() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    pair.customer_writes(CUSTOMER, "m1").await;
    ingest(&pair, &text("hello", after(-60))).await;
    let until = after(600);
    assert_eq!(told(&pair, &restriction(Some(until), after(-50))).await, ["APPLIED"]);
    assert_eq!(refused(replicas).await, restricted(timestamp(until)));
    let known = sender(&other.clients, ops::CHANNEL).await;
    let told_restriction = known.account_restriction.unwrap();
    assert_eq!(told_restriction.until, timestamp(until));
    assert_eq!(told_restriction.reason, "RESTRICTED_BIZ_INITIATED_MESSAGING");
    assert_eq!(known.restriction, None, "the number itself is not");

    // A number has a restriction of its own: both must end.
    let own = |end| pb::Sender {
        channel_id: ops::CHANNEL.into(),
        restriction: Some(pb::SenderRestriction { reason: String::new(), until: timestamp(end) }),
        ..Default::default()
    };
    update_sender(&pair, own(after(300)), &["restriction"]).await;
    assert_eq!(refused(replicas).await, restricted(timestamp(until)));
    update_sender(&pair, own(after(900)), &["restriction"]).await;
    assert_eq!(refused(replicas).await, restricted(timestamp(after(900))));
    update_sender(
        &pair,
        pb::Sender { channel_id: ops::CHANNEL.into(), ..Default::default() },
        &["restriction"],
    )
    .await;

    let ban = |state: &str| json!({"ban_info": {"waba_ban_state": state}});
    let disabled = account("DISABLED_UPDATE", &ban("DISABLE"), after(-40));
    assert_eq!(told(&other.clients, &disabled).await, ["APPLIED"]);
    assert_eq!(refused(replicas).await, restricted(None));
    assert_eq!(told(&pair, &restriction(Some(until), after(-30))).await, ["APPLIED"]);
    assert_eq!(refused(replicas).await, restricted(None), "what is halted stays so");
    let reinstated = account("DISABLED_UPDATE", &ban("REINSTATE"), after(-20));
    assert_eq!(told(&pair, &reinstated).await, ["APPLIED"]);
    assert_eq!(told(&pair, &disabled).await, ["STALE"]);
    assert_eq!(refused(replicas).await, free());

    told(&pair, &restriction(Some(until), after(-10))).await;
    pair.set(until);
    assert_eq!(refused(replicas).await, free(), "by then it has ended");
}

#[tokio::test]
async fn an_accounts_restriction_and_a_numbers_spelling_can_be_set() {
    let (pair, other) = two().await;
    let set = pb::Sender {
        channel_id: ops::CHANNEL.into(),
        waba_id: WABA.into(),
        display_phone_number: DISPLAY.into(),
        account_restriction: Some(pb::SenderRestriction { reason: "spam".into(), until: None }),
        ..Default::default()
    };
    let told = update_sender(&pair, set.clone(), &["*"]).await;
    assert_eq!(told.account_restriction, set.account_restriction);
    assert_eq!(told.display_phone_number, DISPLAY);
    let sibling =
        pb::Sender { channel_id: "sibling".into(), waba_id: WABA.into(), ..Default::default() };
    let told = update_sender(&other.clients, sibling, &["waba_id"]).await;
    assert_eq!(told.account_restriction, set.account_restriction, "it is the account's");
    let lifted = pb::Sender { channel_id: "sibling".into(), ..Default::default() };
    let told = update_sender(&pair, lifted.clone(), &["account_restriction"]).await;
    assert_eq!(told.account_restriction, None);
    assert_eq!(sender(&pair, ops::CHANNEL).await.account_restriction, None);

    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    let alone = pb::Sender { channel_id: "alone".into(), ..set };
    let request = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(pb::Sender { waba_id: String::new(), ..alone }),
        ..Default::default()
    };
    let refused = pair.admin.clone().update_sender(request).await.unwrap_err();
    assert_eq!(crate::support::bad_fields(&refused), ["sender.waba_id".to_owned()].into());
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn the_quality_of_a_number_is_told_by_how_people_write_it() {
    let (pair, other) = two().await;
    pair.import(&[("offer", "MARKETING")]).await;
    ingest(&pair, &text("hello", after(-600))).await;
    let rows = [
        ("FLAGGED", None, Quality::Red, Status::Flagged, 0),
        ("DOWNGRADE", Some("TIER_2K"), Quality::Red, Status::Connected, 2_000),
        ("FLAGGED", None, Quality::Red, Status::Flagged, 2_000),
        ("UNFLAGGED", None, Quality::Unspecified, Status::Connected, 2_000),
        ("UPGRADE", Some("TIER_10K"), Quality::Unspecified, Status::Connected, 10_000),
        ("ONBOARDING", Some("TIER_250"), Quality::Unspecified, Status::Connected, 250),
    ];
    for (second, (event, limit, quality, status, contacts)) in (-500..).zip(rows) {
        let body = number_quality(event, "966115550100", limit, after(second));
        assert_eq!(told(&pair, &body).await, ["APPLIED"], "{event}");
        let known = sender(&other.clients, ops::CHANNEL).await;
        assert_eq!((known.quality(), known.status(), known.limit), (quality, status, contacts));
    }
    let late = number_quality("FLAGGED", DISPLAY, None, after(-550));
    assert_eq!(told(&pair, &late).await, ["STALE"]);
    let unknown = number_quality("FLAGGED", "1", Some("TIER_50"), after(-1));
    assert_eq!(told(&pair, &unknown).await, ["UNKNOWN_SENDER"]);
    assert_eq!(sender(&pair, ops::CHANNEL).await.limit, 250, "it changed nothing");
}

#[tokio::test]
async fn limits_come_as_numbers_and_tiers_and_are_the_portfolios() {
    let pair = Pair::at(noon()).await;
    ingest(&pair, &text("hello", after(-600))).await;
    let rows: [(Value, i64, bool); 5] = [
        (json!(250), 250, false),
        (json!("TIER_2K"), 2_000, false),
        (json!("100000"), 100_000, false),
        (json!(-1), 0, true),
        (json!("TIER_10K"), 10_000, false),
    ];
    for (second, (told_limit, limit, unlimited)) in (-500..).zip(rows) {
        assert_eq!(told(&pair, &capability(told_limit, after(second))).await, ["APPLIED"]);
        let known = sender(&pair, ops::CHANNEL).await;
        assert_eq!((known.limit, known.unlimited), (limit, unlimited));
    }

    let owned = json!({"waba_info": {"waba_id": WABA, "owner_business_id": "owner"}});
    assert_eq!(told(&pair, &account("PARTNER_ADDED", &owned, after(-400))).await, ["APPLIED"]);
    let known = sender(&pair, ops::CHANNEL).await;
    assert_eq!((&*known.portfolio_id, known.limit), ("owner", 10_000), "it comes along");
    told(&pair, &capability("TIER_250", after(-300))).await;
    assert_eq!(sender(&pair, ops::CHANNEL).await.limit, 250);
    let late = capability("TIER_2K", after(-350));
    assert_eq!(told(&pair, &late).await, ["STALE"]);
    assert_eq!(sender(&pair, "elsewhere").await.limit, 10_000, "of who has no portfolio");

    // It is a limit like any other.
    pair.import(&[("order", "UTILITY")]).await;
    told(&pair, &capability(1, after(-200))).await;
    let send = |contact: &str| {
        let send = ops::template(contact, "order");
        ops::justified(send, pb::JustificationReason::OrderUpdate, contact)
    };
    assert_eq!(ops::codes(&pair.authorize(send("ali")).await.unwrap()), [""; 0]);
    pair.set(noon() + TimeDelta::minutes(1));
    let refused = pair.authorize(send("noor")).await.unwrap();
    assert_eq!(ops::codes(&refused), ["PORTFOLIO_LIMIT_REACHED"]);
}
