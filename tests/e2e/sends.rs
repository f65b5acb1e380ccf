//! Sends, decided on what conversation-state says at the moment.

mod bodies;
mod codes;
mod control;
mod history;
mod people;
mod recipients;
pub(crate) mod settings;
mod windows;

use azeer_proto::conversation::v1::ConversationState;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Database, Pair, Replica, Service, ops};
use chrono::TimeDelta;
use serde_json::json;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::PROGRAM;
use crate::support::{Dump, noon};

#[tokio::test]
async fn a_check_leaves_no_trace() {
    let pair = Pair::start().await;
    let conversation = pair.customer_writes("ali", "m1").await;
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;

    let decision = pair.check(ops::free_form("ali")).await.unwrap();

    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    assert_eq!(decision.state(), ConversationState::Open);
    assert_eq!(decision.conversation_id, conversation.conversation_id);
    assert_eq!(decision.conversation_version, conversation.version);
    assert_eq!(decision.window_expires_at, conversation.window_expires_at);
    assert!(decision.dry_run && decision.decision_id.is_empty());
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn an_authorization_is_there_before_it_is_answered() {
    let pair = Pair::start().await;
    pair.customer_writes("ali", "m1").await;

    let allowed = pair.authorize(ops::free_form("ali")).await.unwrap();
    let refused = pair.authorize(ops::free_form("stranger")).await.unwrap();

    assert_eq!(allowed.verdict(), pb::Verdict::Allow, "{allowed:?}");
    assert_eq!(refused.verdict(), pb::Verdict::Deny);
    assert_eq!(ops::codes(&refused), ["WINDOW_NEVER_OPENED"]);
    for answered in [allowed, refused] {
        assert!(!answered.dry_run);
        let recorded = pair.decision(&answered.decision_id).await.unwrap();
        assert!(recorded.asked.is_some() && !recorded.rule_results.is_empty());
        let basic = pb::Decision { asked: None, rule_results: Vec::new(), facts: None, ..recorded };
        assert_eq!(basic, answered);
    }
}

#[tokio::test]
async fn outside_the_window_a_template_needs_a_reason() {
    let pair = Pair::at(noon()).await;
    pair.import(&[("order_shipped", "UTILITY")]).await;
    let template = ops::template("stranger", "order_shipped");
    let reason = pb::JustificationReason::OrderUpdate;
    let justified = ops::justified(template.clone(), reason, "1024");

    let free_form = pair.authorize(ops::free_form("stranger")).await.unwrap();
    let suggested: Vec<&str> =
        free_form.suggested_templates.iter().map(|template| template.name.as_str()).collect();
    assert_eq!(suggested, ["order_shipped"]);
    let unreasoned = pair.authorize(template.clone()).await.unwrap();
    assert_eq!(ops::codes(&unreasoned), ["JUSTIFICATION_REQUIRED"]);

    let allowed = pair.authorize(justified.clone()).await.unwrap();
    assert_eq!(allowed.verdict(), pb::Verdict::Allow, "{allowed:?}");
    let again = pair.check(justified.clone()).await.unwrap();
    assert_eq!(ops::codes(&again), ["DUPLICATE_SEND", "CONTACT_COOLDOWN"]);
    pair.set(noon() + TimeDelta::hours(24));
    let later = pair.check(justified).await.unwrap();
    assert_eq!(ops::codes(&later), [""; 0], "{later:?}");
}

#[tokio::test]
async fn marketing_is_for_those_who_want_it() {
    let pair = Pair::start().await;
    pair.import(&[("spring_sale", "MARKETING")]).await;
    pair.customer_writes("ali", "m1").await;
    // As the body that would be posted to the platform.
    let body = json!({
        "messaging_product": "whatsapp", "to": "ali", "type": "template",
        "template": { "name": "spring_sale", "language": { "code": ops::LANGUAGE } },
    });
    let sale = ops::cloud_api_body("ali", &body);

    let refused = pair.check(sale.clone()).await.unwrap();
    assert_eq!(ops::codes(&refused), ["MARKETING_CONSENT_REQUIRED"]);
    pair.admin.clone().set_contact_consent(ops::opt_in("ali")).await.unwrap();
    let allowed = pair.check(sale.clone()).await.unwrap();
    assert_eq!(ops::codes(&allowed), [""; 0]);
    pair.admin.clone().set_contact_consent(ops::opt_out("ali")).await.unwrap();
    let refused = pair.check(sale.clone()).await.unwrap();
    assert_eq!(ops::codes(&refused), ["MARKETING_OPTED_OUT"]);

    let policy = pair.enforce_only("BOT_NOT_IN_CONTROL").await;
    let silenced = pair.check(sale).await.unwrap();
    assert_eq!((silenced.verdict(), silenced.policy_version), (pb::Verdict::Allow, policy.version));
}

#[tokio::test]
async fn replicas_of_both_decide_alike() {
    let pair = Pair::start().await;
    let other = pair.another_conversation().await;
    let others = pair.another_policy(&other).await;
    pair.customer_writes("ali", "m1").await;

    let here = pair.authorize(ops::free_form("ali")).await.unwrap();
    let there = others.clients.decision(&here.decision_id).await.unwrap();
    assert_eq!(there.verdict(), pb::Verdict::Allow);
    let there = others.clients.check(ops::free_form("ali")).await.unwrap();
    assert_eq!(there.conversation_version, here.conversation_version);
}

#[tokio::test]
async fn a_permission_ends_with_its_window() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    // Until the last seconds, which count as outside.
    for (passed, refused) in [
        (TimeDelta::hours(23), &[][..]),
        (TimeDelta::hours(24) - TimeDelta::seconds(1), &["WINDOW_EXPIRED"]),
        (TimeDelta::hours(25), &["WINDOW_EXPIRED"]),
    ] {
        pair.set(noon() + passed);
        let decision = pair.check(ops::free_form("ali")).await.unwrap();
        assert_eq!(ops::codes(&decision), refused, "after {passed}");
    }
}

#[tokio::test]
async fn without_facts_nothing_is_allowed() {
    let pair = Pair::start().await;
    pair.customer_writes("ali", "m1").await;
    pair.check(ops::free_form("ali")).await.unwrap();
    let Pair { conversation, policy, .. } = pair;
    conversation.server.stop().await;

    let dump = Dump::of(&policy.database).await;
    let before = dump.rows().await;
    for answer in [
        policy.clients.check(ops::free_form("ali")).await,
        policy.clients.authorize(ops::free_form("ali")).await,
    ] {
        let status = answer.unwrap_err();
        let details = status.get_error_details();
        let reason = details.error_info().map(|info| info.reason.as_str());
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(reason, Some("CONVERSATION_STATE_UNAVAILABLE"));
        assert!(details.retry_info().is_some(), "{status:?}");
    }
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn a_decision_outlives_the_process_that_made_it() {
    let conversation = Service::start().await;
    let database = Database::policy().await;
    let beside = conversation.server.local_addr();
    let replica = Replica::policy(PROGRAM, &database, beside).await;
    let decided = replica.clients.authorize(ops::free_form("stranger")).await.unwrap();
    let address = replica.address();
    replica.kill().await;

    let again = Replica::policy_with(PROGRAM, &database, beside, address, &[]).await;
    let found = again.clients.decision(&decided.decision_id).await.unwrap();
    assert_eq!((found.verdict(), found.decided_at), (pb::Verdict::Deny, decided.decided_at));
}
