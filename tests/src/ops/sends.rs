//! Sends and what decides about them.

use azeer_proto::policy::v1 as pb;
use pb::rule_parameter::Value;
use pb::send::Content;
use uuid::Uuid;

use super::{TENANT, agent, contact_ref};

/// The account of tests that need only one.
pub const WABA: &str = "waba";
/// The language of templates of tests that need only one.
pub const LANGUAGE: &str = "en_US";

/// An agent's message in words of her own.
#[must_use]
pub fn free_form(contact: &str) -> pb::Send {
    send(contact, Content::FreeForm(pb::FreeForm::default()))
}

/// An agent's template without parameters and without a justification.
#[must_use]
pub fn template(contact: &str, name: &str) -> pb::Send {
    let template = pb::TemplateMessage {
        name: name.into(),
        language_code: LANGUAGE.into(),
        components: Vec::new(),
    };
    send(contact, Content::Template(template))
}

/// An agent's message as it would be posted to the platform: JSON.
#[must_use]
pub fn cloud_api_body(contact: &str, body: &impl ToString) -> pb::Send {
    send(contact, Content::CloudApiBody(body.to_string().into_bytes()))
}

fn send(contact: &str, content: Content) -> pb::Send {
    pb::Send {
        tenant_id: TENANT.into(),
        contact: contact_ref(contact),
        sender: agent("sara"),
        content: Some(content),
        ..Default::default()
    }
}

/// A send with a reason, a reference, and a note that says enough.
#[must_use]
pub fn justified(send: pb::Send, reason: pb::JustificationReason, reference: &str) -> pb::Send {
    let justification = pb::Justification {
        reason: reason.into(),
        reference_id: reference.into(),
        note: "the parcel leaves today".into(),
    };
    pb::Send { justification: Some(justification), ..send }
}

/// A check of a send.
#[must_use]
pub fn check(send: pb::Send) -> pb::CheckSendRequest {
    pb::CheckSendRequest { send: Some(send), ..Default::default() }
}

/// An authorization of a send, under a request id of its own.
#[must_use]
pub fn authorize(send: pb::Send) -> pb::AuthorizeSendRequest {
    pb::AuthorizeSendRequest {
        send: Some(send),
        request_id: Uuid::new_v4().to_string(),
        ..Default::default()
    }
}

/// A recorded decision, with all that is known of it.
#[must_use]
pub fn get_decision(id: &str) -> pb::GetDecisionRequest {
    pb::GetDecisionRequest {
        tenant_id: TENANT.into(),
        decision_id: id.into(),
        view: pb::DecisionView::Full.into(),
        ..Default::default()
    }
}

/// The decisions of the whole tenant.
#[must_use]
pub fn list_decisions() -> pb::ListDecisionsRequest {
    pb::ListDecisionsRequest { tenant_id: TENANT.into(), ..Default::default() }
}

/// The platform's listing of approved templates without parameters, each by name and category: all
/// that the account has.
#[must_use]
pub fn import(templates: &[(&str, &str)]) -> pb::ImportTemplatesRequest {
    let entry = |(name, category): &(&str, &str)| {
        format!(
            r#"{{"name":"{name}","language":"{LANGUAGE}","status":"APPROVED","category":"{category}",
            "components":[{{"type":"BODY","text":"There is news for you."}}]}}"#
        )
    };
    let entries: Vec<String> = templates.iter().map(entry).collect();
    pb::ImportTemplatesRequest {
        tenant_id: TENANT.into(),
        waba_id: WABA.into(),
        body: format!(r#"{{"data":[{}]}}"#, entries.join(",")).into_bytes(),
        complete: true,
    }
}

/// A policy of one rule: `all`, as `GetPolicy` tells them, are off but for that one.
#[must_use]
pub fn only(rule: &str, all: &pb::Policy) -> pb::UpdatePolicyRequest {
    let setting = |code: &String| {
        let mode = if code == rule { pb::RuleMode::Enforce } else { pb::RuleMode::Off };
        (code.clone(), pb::RuleSetting { mode: mode.into(), ..Default::default() })
    };
    assert!(all.rules.contains_key(rule), "{rule} is a rule");
    update_policy(pb::Policy {
        rules: all.rules.keys().map(setting).collect(),
        ..Default::default()
    })
}

/// A number of a rule, a count or a duration.
#[must_use]
pub fn set_rule(rule: &str, parameter: &str, value: Value) -> pb::UpdatePolicyRequest {
    let value = pb::RuleParameter { value: Some(value) };
    let parameters = [(parameter.to_owned(), value)].into();
    let setting = pb::RuleSetting { parameters, ..Default::default() };
    update_policy(pb::Policy { rules: [(rule.to_owned(), setting)].into(), ..Default::default() })
}

fn update_policy(policy: pb::Policy) -> pb::UpdatePolicyRequest {
    pb::UpdatePolicyRequest { tenant_id: TENANT.into(), policy: Some(policy), ..Default::default() }
}

/// A contact's consent to marketing, given now.
#[must_use]
pub fn opt_in(contact: &str) -> pb::SetContactConsentRequest {
    consent(contact, pb::ConsentState::OptedIn)
}

/// A contact's refusal of marketing, given now.
#[must_use]
pub fn opt_out(contact: &str) -> pb::SetContactConsentRequest {
    consent(contact, pb::ConsentState::OptedOut)
}

fn consent(contact: &str, state: pb::ConsentState) -> pb::SetContactConsentRequest {
    pb::SetContactConsentRequest {
        tenant_id: TENANT.into(),
        contact_id: contact.into(),
        state: state.into(),
        ..Default::default()
    }
}

/// The codes of the rules that refuse a send.
#[must_use]
pub fn codes(decision: &pb::Decision) -> Vec<&str> {
    decision.violations.iter().map(|violation| violation.code.as_str()).collect()
}
