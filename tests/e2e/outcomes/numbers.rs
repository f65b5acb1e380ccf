//! What failures teach of numbers and templates, whoever the message was for.

use azeer_proto::conversation::v1::IngestOutcome;
use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;

use crate::caps::stand::{Settings, decided};
use crate::support::noon;

async fn pair() -> Pair {
    let pair = Pair::at(noon()).await;
    Settings::through(&pair).await.only(&[], &[]).await;
    let rated = pb::Sender { quality: pb::SenderQuality::Green.into(), ..number() };
    update(&pair, pb::Sender { waba_id: ops::WABA.into(), limit: 250, ..rated }, &[]).await;
    pair
}

fn number() -> pb::Sender {
    pb::Sender { channel_id: ops::CHANNEL.into(), ..Default::default() }
}

async fn update(pair: &Pair, sender: pb::Sender, paths: &[&str]) {
    let request = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(sender),
        update_mask: Some(prost_types::FieldMask {
            paths: paths.iter().map(ToString::to_string).collect(),
        }),
        ..Default::default()
    };
    pair.admin.clone().update_sender(request).await.unwrap();
}

async fn sender(pair: &Pair) -> pb::Sender {
    let request =
        pb::GetSenderRequest { tenant_id: ops::TENANT.into(), channel_id: ops::CHANNEL.into() };
    pair.admin.clone().get_sender(request).await.unwrap().into_inner().sender.unwrap()
}

async fn template(pair: &Pair) -> pb::Template {
    let request = pb::GetTemplateRequest {
        tenant_id: ops::TENANT.into(),
        waba_id: ops::WABA.into(),
        name: "sale".into(),
        language_code: ops::LANGUAGE.into(),
    };
    pair.templates.clone().get_template(request).await.unwrap().into_inner().template.unwrap()
}

async fn allowed(pair: &Pair, contact: &str) -> String {
    let decision = decided(pair, ops::authorize(ops::template(contact, "sale"))).await;
    assert_eq!(decision.verdict(), pb::Verdict::Allow, "{decision:?}");
    decision.decision_id
}

/// A number of which all is known but its restriction stays what it is.
async fn assert_only_restricted(pair: &Pair, before: &pb::Sender, reason: &str) {
    let after = sender(pair).await;
    let restriction = after.restriction.clone().unwrap();
    assert_eq!((restriction.reason.as_str(), after.etag.as_str()), (reason, "v2"));
    let (restriction, etag, update_time) =
        (before.restriction.clone(), before.etag.clone(), before.update_time);
    assert_eq!(pb::Sender { restriction, etag, update_time, ..after }, *before, "{reason}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_to_nobody_known_restricts_its_number_alone() {
    for code in [130_429, 80_007, 131_048, 131_031] {
        let pair = pair().await;
        let before = sender(&pair).await;
        let status = ops::status_failed(None, "to-a-group", code.into(), noon());
        assert_eq!(pair.ingest(status).await.unwrap(), IngestOutcome::Applied);
        assert_only_restricted(&pair, &before, &format!("platform-{code}")).await;
    }
}

#[tokio::test]
async fn what_an_erased_contact_was_sent_teaches_all_the_same() {
    let pair = pair().await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(allowed(&pair, "ali").await);
    }
    let request = pb::EraseContactRequest {
        tenant_id: ops::TENANT.into(),
        contact: ops::contact_ref("ali"),
        ..Default::default()
    };
    pair.sends.clone().erase_contact(request).await.unwrap();
    let before = sender(&pair).await;
    for (id, code) in ids.iter().zip([131_048, 132_001, 132_015]) {
        pair.report(ops::failed(id, code)).await.unwrap();
    }
    assert_only_restricted(&pair, &before, "platform-131048").await;
    let template = template(&pair).await;
    assert!(template.import_needed);
    assert_eq!(template.status, "PAUSED");
}

/// A halt that is told after a back-off which happened later.
#[tokio::test]
async fn a_halt_holds_however_late_it_is_told() {
    let pair = pair().await;
    let earlier = noon() - TimeDelta::seconds(20);
    for (message, code, at) in [("m1", 130_429, noon()), ("m2", 131_031, earlier)] {
        let status = ops::status_failed(None, message, code, at);
        assert_eq!(pair.ingest(status).await.unwrap(), IngestOutcome::Applied);
    }
    let restriction = sender(&pair).await.restriction.unwrap();
    assert_eq!((restriction.reason.as_str(), restriction.until), ("platform-131031", None));
}

/// Whether something was to be lifted, or the failure is told only afterwards.
#[tokio::test]
async fn what_was_lifted_stays_so_until_another_failure() {
    for was_known in [true, false] {
        let pair = pair().await;
        let id = allowed(&pair, "ali").await;
        if was_known {
            let status = ops::status_failed(None, "m1", 131_048, noon());
            pair.ingest(status).await.unwrap();
            assert!(sender(&pair).await.restriction.is_some());
        }
        pair.set(noon() + TimeDelta::seconds(60));
        update(&pair, number(), &["restriction"]).await;
        pair.set(noon() + TimeDelta::seconds(120));

        let late = ops::status_failed(None, "m2", 131_031, noon() + TimeDelta::seconds(30));
        assert_eq!(pair.ingest(late).await.unwrap(), IngestOutcome::Applied);
        assert_eq!(sender(&pair).await.restriction, None, "{was_known}");
        pair.report(ops::failed(&id, 131_031)).await.unwrap();
        let restriction = sender(&pair).await.restriction.unwrap();
        assert_eq!(restriction.reason, "platform-131031", "{was_known}");
    }
}

/// The platform's clock may be ahead when it tells of a template.
#[tokio::test]
async fn a_template_that_fails_is_not_what_was_told_of_it_ahead_of_time() {
    let pair = pair().await;
    let id = allowed(&pair, "ali").await;
    let ahead = (noon() + TimeDelta::seconds(200)).timestamp();
    let body = format!(
        r#"{{"entry":[{{"id":"{}","time":{ahead},"changes":[
        {{"field":"message_template_status_update","value":{{"event":"APPROVED",
        "message_template_id":1,"message_template_name":"sale",
        "message_template_language":"{}"}}}}]}}]}}"#,
        ops::WABA,
        ops::LANGUAGE,
    );
    let told = pb::IngestWebhookRequest { tenant_id: ops::TENANT.into(), body: body.into_bytes() };
    assert_eq!(pair.ingest(told).await.unwrap(), IngestOutcome::Applied);
    pair.report(ops::failed(&id, 132_015)).await.unwrap();
    assert_eq!(template(&pair).await.status, "PAUSED");
}
