//! What is told of templates holds at once, everywhere, in the order in which it was told.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{PolicyClients, ops};
use chrono::TimeDelta;
use pb::JustificationReason as Reason;
use serde_json::json;

use super::bodies::*;
use super::{after, template, told, two};
use crate::support::noon;

/// An update about an order, to somebody who never wrote.
fn update(reason: Reason) -> pb::Send {
    ops::justified(ops::template("ali", "order"), reason, "order-1")
}

/// The status by which each replica refuses the template; none: it does not.
async fn refused_as(replicas: [&PolicyClients; 2]) -> Option<String> {
    let mut told = Vec::new();
    for replica in replicas {
        let decision = replica.check(update(Reason::OrderUpdate)).await.unwrap();
        told.push(match &decision.violations[..] {
            [] => None,
            [violation] if violation.code == "TEMPLATE_NOT_APPROVED" => {
                Some(violation.metadata["status"].clone())
            }
            others => panic!("{others:?}"),
        });
    }
    assert_eq!(told[0], told[1], "both replicas decide the same");
    told.swap_remove(0)
}

#[tokio::test]
async fn a_pause_and_its_end_hold_at_once_on_every_replica() {
    let (pair, other) = two().await;
    pair.import(&[("order", "UTILITY")]).await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    assert_eq!(refused_as(replicas).await, None);
    // When it is told, by whom, what becomes of it, and the status afterwards.
    let rows = [
        (-60, "PAUSED", "APPLIED", Some("PAUSED")),
        (-60, "PAUSED", "DUPLICATE", Some("PAUSED")),
        (-50, "UNPAUSED", "APPLIED", None),
        (-60, "PAUSED", "STALE", None),
        (-40, "DISABLED", "APPLIED", Some("DISABLED")),
        (-30, "FLAGGED", "NO_EFFECT", Some("DISABLED")),
        (-30, "REINSTATED", "APPLIED", None),
        (-20, "ARCHIVED", "APPLIED", Some("ARCHIVED")),
        (-10, "UNARCHIVED", "APPLIED", None),
        (-5, "LIMIT_EXCEEDED", "APPLIED", Some("LIMIT_EXCEEDED")),
        (-4, "HOVERING", "APPLIED", Some("HOVERING")),
        (-3, "APPROVED", "APPLIED", None),
        (-4, "HOVERING", "STALE", None),
    ];
    for (round, (second, event, became, status)) in rows.into_iter().enumerate() {
        let body = template_status(event, after(second));
        assert_eq!(told(replicas[round % 2], &body).await, [became], "{event}");
        assert_eq!(refused_as(replicas).await.as_deref(), status, "{event}");
        for replica in replicas {
            let known = template(replica, "order").await;
            assert_eq!(known.status, status.unwrap_or("APPROVED"), "{event}");
            assert_eq!(known.sendable, status.is_none(), "{event}");
        }
    }
}

#[tokio::test]
async fn why_it_was_rejected_is_told_while_it_is() {
    let (pair, _) = two().await;
    pair.import(&[("order", "UTILITY")]).await;
    let rejected = json!({"event": "REJECTED", "reason": "PROMOTIONAL"});
    told(&pair, &of_template("message_template_status_update", &rejected, after(-60))).await;
    assert_eq!(template(&pair, "order").await.rejected_reason, "PROMOTIONAL");
    told(&pair, &template_status("APPROVED", after(-50))).await;
    assert_eq!(template(&pair, "order").await.rejected_reason, "");
}

#[tokio::test]
async fn what_is_told_before_the_import_is_kept_for_it() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    let quality = json!({"new_quality_score": "RED"});
    let category = json!({"new_category": "UTILITY"});
    for body in [
        template_status("PAUSED", after(-86_400)),
        template_status("DISABLED", after(-90_000)),
        of_template("message_template_quality_update", &quality, after(-60)),
        of_template("template_category_update", &category, after(-60)),
    ] {
        told(&pair, &body).await;
    }
    pair.import(&[("order", "MARKETING"), ("other", "UTILITY")]).await;
    assert_eq!(refused_as(replicas).await.as_deref(), Some("PAUSED"));
    let known = template(&other.clients, "order").await;
    assert_eq!((&*known.quality, &*known.category), ("RED", "UTILITY"));
    assert_eq!(template(&pair, "other").await.status, "APPROVED");

    // One that is known is as it is listed, and the order of what is told stays.
    pair.import(&[("order", "UTILITY"), ("other", "UTILITY")]).await;
    assert_eq!(refused_as(replicas).await, None);
    assert_eq!(told(&pair, &template_status("DISABLED", after(-90_000))).await, ["STALE"]);
    assert_eq!(told(&pair, &template_status("PAUSED", after(-86_400))).await, ["DUPLICATE"]);
    assert_eq!(refused_as(replicas).await, None);
    assert_eq!(told(&pair, &template_status("DISABLED", after(-80_000))).await, ["APPLIED"]);
    assert_eq!(refused_as(replicas).await.as_deref(), Some("DISABLED"));
}

#[tokio::test]
async fn an_announced_category_is_regarded_within_its_hour_and_holds_from_then_on() {
    let (pair, other) = two().await;
    pair.import(&[("order", "UTILITY")]).await;
    let at = after(7_200);
    let announced = json!({
        "new_category": "UTILITY", "correct_category": "MARKETING",
        "category_update_timestamp": at.timestamp(),
    });
    let body = of_template("template_category_update", &announced, after(-60));
    assert_eq!(told(&pair, &body).await, ["APPLIED"]);
    let known = template(&other.clients, "order").await;
    assert_eq!((&*known.category, &*known.next_category), ("UTILITY", "MARKETING"));
    assert_eq!(known.category_changes_at, timestamp(at));
    for (second, expected) in [
        (3_500, vec![]),
        (3_600, vec!["TEMPLATE_CATEGORY_CHANGING"]),
        (7_199, vec!["TEMPLATE_CATEGORY_CHANGING"]),
    ] {
        pair.set(after(second));
        for clients in [&*pair, &other.clients] {
            let decision = clients.check(update(Reason::OrderUpdate)).await.unwrap();
            assert_eq!(ops::codes(&decision), expected, "{second} s after noon");
        }
    }
    pair.set(at);
    let decision = pair.check(update(Reason::OrderUpdate)).await.unwrap();
    assert!(ops::codes(&decision).contains(&"JUSTIFICATION_REASON_MISMATCH"), "{decision:?}");
    let done = json!({"previous_category": "UTILITY", "new_category": "MARKETING"});
    told(&pair, &of_template("template_category_update", &done, at)).await;
    let known = template(&other.clients, "order").await;
    assert_eq!((&*known.category, &*known.next_category), ("MARKETING", ""));
}

#[tokio::test]
async fn what_does_not_say_when_is_told_now() {
    let (pair, _) = two().await;
    pair.import(&[("order", "UTILITY")]).await;
    let untimed = |event| {
        let mut body = template_status(event, noon());
        body["entry"][0]["time"] = json!(null);
        body
    };
    assert_eq!(told(&pair, &untimed("PAUSED")).await, ["APPLIED"]);
    pair.set(noon() + TimeDelta::minutes(1));
    assert_eq!(told(&pair, &untimed("PAUSED")).await, ["DUPLICATE"]);
    assert_eq!(told(&pair, &template_status("APPROVED", after(-1))).await, ["STALE"]);
    assert_eq!(told(&pair, &untimed("APPROVED")).await, ["APPLIED"]);
    assert_eq!(template(&pair, "order").await.status, "APPROVED");
    assert_eq!(
        template(&pair, "order").await.update_time,
        timestamp(noon() + TimeDelta::minutes(1))
    );
}
