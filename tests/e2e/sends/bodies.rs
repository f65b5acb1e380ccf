//! Bodies for the platform's messages endpoint, of every type that its documentation has: what they
//! are taken for, and what of a malformed one is named.

mod table;

use std::collections::BTreeSet;

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, ops};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tonic::Code;

use super::settings;
use crate::support::{self, Dump, noon};
use table::{CUSTOMER, FREE_FORM, TEMPLATES, free_form, malformed, signals, templates};

/// Whoever asks gets the facts too.
async fn check(pair: &Pair, body: &Value) -> pb::Decision {
    let request = pb::CheckSendRequest {
        view: pb::DecisionView::Full.into(),
        ..ops::check(ops::cloud_api_body(CUSTOMER, body))
    };
    let answer = pair.sends.clone().check_send(request).await;
    let answer = answer.unwrap_or_else(|status| panic!("{body}: {status:?}"));
    answer.into_inner().decision.unwrap()
}

/// Both services at noon, when the customer wrote, with the templates that the table sends.
async fn at_noon() -> Pair {
    let pair = Pair::at(noon()).await;
    settings::import(&pair, ops::WABA, &templates()).await;
    pair.admin.clone().set_contact_consent(ops::opt_in(CUSTOMER)).await.unwrap();
    pair.customer_writes(CUSTOMER, "m1").await;
    pair
}

fn kind(decision: &pb::Decision) -> &str {
    &decision.asked.as_ref().unwrap().kind
}

#[tokio::test]
async fn every_type_goes_within_the_window_and_free_form_not_after_it() {
    let pair = at_noon().await;
    for (what, expected, body) in free_form() {
        let decision = check(&pair, &body).await;
        assert_eq!(decision.verdict(), pb::Verdict::Allow, "{what}: {decision:?}");
        assert_eq!(kind(&decision), expected, "{what}");
    }
    for (what, body) in TEMPLATES.iter().map(|(what, body)| (what, body())) {
        let decision = check(&pair, &body).await;
        assert_eq!(decision.verdict(), pb::Verdict::Allow, "{what}: {decision:?}");
        assert_eq!(kind(&decision), "template", "{what}");
    }
    pair.set(noon() + TimeDelta::hours(25));
    for (what, _, body) in free_form() {
        let decision = check(&pair, &body).await;
        assert_eq!(ops::codes(&decision), ["WINDOW_EXPIRED"], "{what}");
        let suggested = &decision.suggested_templates;
        assert!(suggested.iter().any(|template| template.name == "plain"), "{suggested:?}");
    }
    for (what, body) in TEMPLATES.iter().map(|(what, body)| (what, body())) {
        let refused: &[_] = match *what {
            "a one-time code" => &[],
            _ => &["JUSTIFICATION_REQUIRED"],
        };
        assert_eq!(ops::codes(&check(&pair, &body).await), refused, "{what}");
    }
}

#[tokio::test]
async fn what_fills_a_template_is_held_against_what_was_approved() {
    let pair = at_noon().await;
    for (what, body) in TEMPLATES.iter().map(|(what, body)| (what, body())) {
        let mut bare = body;
        let had = bare["template"].as_object_mut().unwrap().remove("components");
        let refused: &[_] = if had.is_some() { &["TEMPLATE_PARAMETER_MISMATCH"] } else { &[] };
        assert_eq!(ops::codes(&check(&pair, &bare).await), refused, "{what}");
    }
}

#[tokio::test]
async fn a_missing_type_is_that_of_the_one_content() {
    let pair = at_noon().await;
    let with_templates = TEMPLATES.iter().map(|(what, body)| (*what, "template", body()));
    for (what, expected, mut body) in free_form().into_iter().chain(with_templates) {
        body.as_object_mut().unwrap().remove("type");
        if expected != "template" && !FREE_FORM.contains(&expected) {
            let status = pair.check(ops::cloud_api_body(CUSTOMER, &body)).await.unwrap_err();
            assert_eq!(support::bad_fields(&status), ["send.cloud_api_body.type".into()].into());
            continue;
        }
        assert_eq!(kind(&check(&pair, &body).await), expected, "{what}");
    }
}

#[tokio::test]
async fn malformed_bodies_are_named_and_change_nothing() {
    let pair = at_noon().await;
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    for (what, body, fields) in malformed().into_iter().chain(signals()) {
        let names: BTreeSet<String> = fields
            .split(' ')
            .map(|field| {
                ["send.cloud_api_body", field].join(if field.is_empty() { "" } else { "." })
            })
            .collect();
        let send = ops::cloud_api_body(CUSTOMER, &body);
        for answered in [pair.check(send.clone()).await, pair.authorize(send).await] {
            let status = answered.expect_err(what);
            let refused = (Code::InvalidArgument, "INVALID_FIELD".to_owned());
            assert_eq!(support::told_by_policy(&status), refused, "{what}");
            assert_eq!(support::bad_fields(&status), names, "{what}: {status:?}");
        }
        assert_eq!(dump.rows().await, before, "{what}");
    }
}

#[tokio::test]
async fn what_is_no_json_is_named_as_a_whole() {
    let pair = at_noon().await;
    let long = json!({"text": "x".repeat(65_536)}).to_string();
    let twice = format!(r#"{{"to":"{CUSTOMER}","to":"1"}}"#);
    for body in ["", "{", "[]", "null", "\"hello\"", &long, &twice] {
        let status = pair.check(ops::cloud_api_body(CUSTOMER, &body)).await.unwrap_err();
        assert_eq!(support::told_by_policy(&status).0, Code::InvalidArgument);
        assert_eq!(support::bad_fields(&status), ["send.cloud_api_body".into()].into());
    }
}

#[tokio::test]
async fn a_send_without_a_content_is_none() {
    let pair = at_noon().await;
    let send = pb::Send { content: None, ..ops::free_form(CUSTOMER) };
    let status = pair.check(send).await.unwrap_err();
    assert_eq!(support::bad_fields(&status), ["send.content".into()].into());
}
