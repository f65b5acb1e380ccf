//! All versions of a policy, told as they were.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::{at, timestamp};
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use pb::rule_parameter::Value;
use prost::Message as _;
use tonic::Code;

use super::{policy, told, two, update_policy};
use crate::support::{bad_fields, noon};

const RULE: &str = "WINDOW_NEVER_OPENED";

fn all() -> pb::ListPolicyVersionsRequest {
    pb::ListPolicyVersionsRequest { tenant_id: ops::TENANT.into(), ..Default::default() }
}

async fn list(
    clients: &PolicyClients,
    request: pb::ListPolicyVersionsRequest,
) -> pb::ListPolicyVersionsResponse {
    clients.admin.clone().list_policy_versions(request).await.unwrap().into_inner()
}

/// All pages after one another, none of them empty but the only one.
async fn paged(
    clients: &PolicyClients,
    mut request: pb::ListPolicyVersionsRequest,
) -> Vec<Vec<pb::Policy>> {
    let mut pages = Vec::new();
    loop {
        let page = list(clients, request.clone()).await;
        assert!(request.page_token.is_empty() || !page.policies.is_empty());
        pages.push(page.policies);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return pages;
        }
    }
}

/// A change of whether the rule refuses.
fn mode(mode: pb::RuleMode) -> pb::UpdatePolicyRequest {
    change(pb::Policy {
        rules: [(RULE.to_owned(), pb::RuleSetting { mode: mode.into(), ..Default::default() })]
            .into(),
        ..Default::default()
    })
}

fn change(policy: pb::Policy) -> pb::UpdatePolicyRequest {
    pb::UpdatePolicyRequest {
        tenant_id: ops::TENANT.into(),
        policy: Some(policy),
        ..Default::default()
    }
}

/// Makes as many versions; gives them newest first.
async fn make(clients: &PolicyClients, versions: i64) -> Vec<pb::Policy> {
    let mut made = Vec::new();
    for n in 0..versions {
        let request = ops::set_rule("JUSTIFICATION_REUSED", "contacts", Value::Count(21 + n));
        made.insert(0, update_policy(clients, request).await.unwrap());
    }
    made
}

#[tokio::test]
async fn each_version_is_told_as_it_was_answered() {
    let pair = Pair::at(noon()).await;
    let other = pair.another_policy(&pair.conversation).await;
    let nothing = pb::ListPolicyVersionsResponse::default();
    assert_eq!(list(&pair, all()).await, nothing, "the defaults are no version");
    let changes = [
        mode(pb::RuleMode::Warn),
        ops::set_rule("CONTACT_FREQUENCY_CAP", "marketing_per_day", Value::Count(2)),
        change(pb::Policy { permit_mode: pb::PermitMode::Off.into(), ..Default::default() }),
        change(pb::Policy { stop_words: vec!["enough".into()], ..Default::default() }),
        mode(pb::RuleMode::Off),
        pb::UpdatePolicyRequest {
            update_mask: Some(prost_types::FieldMask { paths: vec!["*".into()] }),
            ..change(pb::Policy::default())
        },
    ];
    let mut answered = Vec::new();
    for (minute, change) in (1..).zip(changes) {
        let now = noon() + TimeDelta::minutes(minute);
        pair.set(now);
        let version = update_policy(&pair, change).await.unwrap();
        assert_eq!((version.version, version.update_time), (minute, timestamp(now)));
        answered.insert(0, version);
    }
    for clients in [&*pair, &other.clients] {
        let told = list(clients, all()).await;
        assert_eq!(told.policies, answered);
        assert_eq!(told.policies[0], policy(clients).await, "the newest one holds");
        assert!(told.next_page_token.is_empty());
    }
    let others = pb::ListPolicyVersionsRequest { tenant_id: "other".into(), ..all() };
    assert_eq!(list(&pair, others).await, nothing);
}

#[tokio::test]
async fn a_decision_names_the_version_that_it_was_decided_by() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    let mut decided = Vec::new();
    let modes = [pb::RuleMode::Warn, pb::RuleMode::Off, pb::RuleMode::Enforce, pb::RuleMode::Warn];
    for (round, wanted) in modes.into_iter().enumerate() {
        update_policy(replicas[round % 2], mode(wanted)).await.unwrap();
        let decision =
            replicas[(round + 1) % 2].authorize(ops::free_form("stranger")).await.unwrap();
        decided.push(pair.decision(&decision.decision_id).await.unwrap());
    }
    let versions = list(&pair, all()).await.policies;
    for (decision, wanted) in decided.iter().zip(modes) {
        let version = versions.iter().find(|of| of.version == decision.policy_version).unwrap();
        assert_eq!(version.rules[RULE].mode(), wanted);
        let warned: Vec<_> = decision.warnings.iter().map(|warning| &*warning.code).collect();
        let (verdict, warnings): (_, &[&str]) = match wanted {
            pb::RuleMode::Enforce => (pb::Verdict::Deny, &[]),
            pb::RuleMode::Warn => (pb::Verdict::Allow, &[RULE]),
            _ => (pb::Verdict::Allow, &[]),
        };
        assert_eq!((decision.verdict(), &*warned), (verdict, warnings), "{wanted:?}");
        let refused = if verdict == pb::Verdict::Deny { vec![RULE] } else { vec![] };
        assert_eq!(ops::codes(decision), refused, "{wanted:?}");
    }
}

#[tokio::test]
async fn page_by_page_every_version_is_told_once() {
    let pair = Pair::at(noon()).await;
    let made = make(&pair, 7).await;
    for page_size in [1, 2, 3, 7, 8] {
        let pages = paged(&pair, pb::ListPolicyVersionsRequest { page_size, ..all() }).await;
        let size = usize::try_from(page_size).unwrap();
        assert!(pages.iter().rev().skip(1).all(|page| page.len() == size), "{page_size} each");
        assert_eq!(pages.concat(), made, "{page_size} each");
    }
    // A version that is made meanwhile is newer than all that are still to come.
    let first = list(&pair, pb::ListPolicyVersionsRequest { page_size: 3, ..all() }).await;
    update_policy(&pair, mode(pb::RuleMode::Off)).await.unwrap();
    let page_token = first.next_page_token;
    let rest = list(&pair, pb::ListPolicyVersionsRequest { page_token, ..all() }).await;
    assert_eq!(rest.policies, made[3..]);
}

#[tokio::test]
async fn a_page_token_is_of_no_use_with_other_arguments() {
    let pair = Pair::at(noon()).await;
    make(&pair, 2).await;
    let first = pb::ListPolicyVersionsRequest { page_size: 1, ..all() };
    let page_token = list(&pair, first.clone()).await.next_page_token;
    let next = pb::ListPolicyVersionsRequest { page_token, ..first };
    list(&pair, pb::ListPolicyVersionsRequest { page_size: 9, ..next.clone() }).await;
    let other = pb::ListPolicyVersionsRequest { tenant_id: "other".into(), ..next };
    let refused = pair.admin.clone().list_policy_versions(other).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidArgument, "INVALID_FIELD".into()));
    assert_eq!(bad_fields(&refused), ["page_token".to_owned()].into());
}

/// An answer that is larger than clients take would be none.
#[tokio::test]
async fn a_page_of_long_versions_has_fewer() {
    let pair = Pair::at(at("2026-03-01T12:00:00Z")).await;
    let stop_words = (0..100).map(|n| format!("{n:0>3}{}", "ش".repeat(97))).collect();
    let long = change(pb::Policy { stop_words, ..Default::default() });
    let version = update_policy(&pair, long).await.unwrap();
    let copy = "INSERT INTO policies SELECT tenant_id, version + i, policy, create_time
         FROM policies, generate_series(1, 499) i";
    pair.policy.database.connect().await.batch_execute(copy).await.unwrap();
    let pages = paged(&pair, pb::ListPolicyVersionsRequest { page_size: 500, ..all() }).await;
    assert!(pages.len() > 1, "500 of {} bytes are too many", version.encoded_len());
    let told: Vec<i64> = pages.concat().iter().map(|version| version.version).collect();
    assert_eq!(told, (1..=500).rev().collect::<Vec<_>>());
}
