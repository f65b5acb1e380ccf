//! Permits: who gets one, what it says, and that it is good for nothing else.

mod commands;
mod forgeries;
mod rotations;
mod stand;
mod verifiers;
mod windows;

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::time;
use azeer_tests::{PolicyClients, ops};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use prost_types::FieldMask;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::support::noon;
use stand::{Stand, authorize, body, part, published, template, text};
use verifiers::{Attempt, attempt};

async fn set_permits(clients: &PolicyClients, mode: pb::PermitMode) {
    let policy = pb::Policy { permit_mode: mode.into(), ..Default::default() };
    let request = pb::UpdatePolicyRequest {
        tenant_id: ops::TENANT.into(),
        policy: Some(policy),
        update_mask: Some(FieldMask { paths: vec!["permit_mode".into()] }),
        ..Default::default()
    };
    clients.admin.clone().update_policy(request).await.unwrap();
}

#[tokio::test]
async fn a_permit_says_what_may_be_posted() {
    let stand = Stand::at(noon()).await;
    let send = text("ali");
    let allowed = stand.clients().authorize(send.clone()).await.unwrap();
    assert_eq!(allowed.verdict(), pb::Verdict::Allow, "{allowed:?}");

    let keys = published(stand.clients()).await;
    let header = part(&allowed.permit, 0);
    let kid = header["kid"].as_str().unwrap();
    assert_eq!(header, json!({"alg": "EdDSA", "typ": "JWT", "kid": kid}));
    assert!(keys.contains(kid), "{keys}");
    let seconds = noon().timestamp();
    let claims = json!({
        "iss": "policy.azeer", "jti": allowed.decision_id, "iat": seconds, "exp": seconds + 60,
        "tenant_id": ops::TENANT, "channel_id": ops::CHANNEL, "contact_id": "ali",
        "conversation_id": allowed.conversation_id,
        "body_sha256": URL_SAFE_NO_PAD.encode(Sha256::digest(body(&send))),
    });
    assert_eq!(part(&allowed.permit, 1), claims);
    // Noon is half a second past.
    let end = noon() + TimeDelta::milliseconds(59_500);
    assert_eq!(allowed.permit_expires_at.map(time), Some(end));
    assert_eq!(attempt(&keys, Attempt::new(&allowed.permit, body(&send), seconds)), None);
}

#[tokio::test]
async fn a_stranger_has_no_conversation() {
    let stand = Stand::at(noon()).await;
    stand.clients().import(&[("parcel", "UTILITY")]).await;
    let reason = pb::JustificationReason::OrderUpdate;
    let send = ops::justified(template("stranger", "parcel"), reason, "1024");
    let allowed = stand.clients().authorize(send.clone()).await.unwrap();
    let claims = part(&allowed.permit, 1);
    assert_eq!(claims["contact_id"], "stranger");
    assert_eq!(claims.get("conversation_id"), None, "{claims}");
    let keys = published(stand.clients()).await;
    let now = noon().timestamp();
    assert_eq!(attempt(&keys, Attempt::new(&allowed.permit, body(&send), now)), None);
}

#[tokio::test]
async fn a_repeated_request_gets_the_same_permit_from_any_replica() {
    let stand = Stand::at(noon()).await;
    let other = stand.another(Some(&stand.keys)).await;
    let request = ops::authorize(text("ali"));
    let first = authorize(stand.clients(), &request).await;
    assert!(!first.permit.is_empty(), "{first:?}");
    stand.set(noon() + TimeDelta::hours(1));
    for clients in [stand.clients(), &other.clients] {
        assert_eq!(authorize(clients, &request).await, first);
    }
    // Also once permits are off: it was given one.
    set_permits(stand.clients(), pb::PermitMode::Off).await;
    assert_eq!(authorize(&other.clients, &request).await, first);
}

#[tokio::test]
async fn nothing_else_gets_a_permit() {
    let stand = Stand::at(noon()).await;
    let clients = stand.clients();
    clients.import(&[("parcel", "UTILITY")]).await;
    let by_name = ops::justified(
        ops::template("ali", "parcel"),
        pb::JustificationReason::OrderUpdate,
        "1024",
    );
    let mut others = vec![
        ("a denial", clients.authorize(text("stranger")).await),
        ("a check", clients.check(text("ali")).await),
        ("no body", clients.authorize(ops::free_form("ali")).await),
        ("a template by name", clients.authorize(by_name).await),
    ];
    let allowed = clients.authorize(text("ali")).await.unwrap();
    assert!(!allowed.permit.is_empty());
    others.push(("a decision that is read", clients.decision(&allowed.decision_id).await));
    let listed = clients.sends.clone().list_decisions(ops::list_decisions()).await.unwrap();
    let listed = listed.into_inner().decisions;
    assert!(listed.iter().any(|listed| listed.decision_id == allowed.decision_id));
    others.extend(listed.into_iter().map(|listed| ("one that is listed", Ok(listed))));

    let without_keys = stand.another(None).await;
    assert_eq!(published(&without_keys.clients).await, r#"{"keys":[]}"#);
    others.push(("without keys", without_keys.clients.authorize(text("ali")).await));
    set_permits(clients, pb::PermitMode::Off).await;
    others.push(("switched off", clients.authorize(text("ali")).await));
    for (what, other) in others {
        let other = other.unwrap();
        assert_eq!((other.permit.as_str(), other.permit_expires_at), ("", None), "{what}");
        let denied = matches!(what, "a denial") || other.verdict() == pb::Verdict::Allow;
        assert!(denied || what == "one that is listed", "{what}: {other:?}");
    }
    set_permits(clients, pb::PermitMode::On).await;
    assert_ne!(clients.authorize(text("ali")).await.unwrap().permit, "");
}
