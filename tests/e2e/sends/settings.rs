//! What decisions rest on beside the conversation: templates of the platform's listing, numbers,
//! rules.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{PolicyClients, ops};
use chrono::TimeDelta;
use pb::rule_parameter::Value as Parameter;
use serde_json::{Value, json};

/// An approved template of the platform's listing.
pub(crate) fn template(name: &str, category: &str, components: &Value) -> Value {
    json!({
        "name": name, "language": ops::LANGUAGE, "status": "APPROVED", "category": category,
        "components": components,
    })
}

/// One without parameters.
pub(crate) fn plain(name: &str, category: &str) -> Value {
    template(name, category, &body("There is news for you."))
}

/// Components that are a body alone.
pub(crate) fn body(text: &str) -> Value {
    json!([{"type": "BODY", "text": text}])
}

/// Has an account's templates be these.
pub(crate) async fn import(clients: &PolicyClients, account: &str, templates: &[Value]) {
    let request = pb::ImportTemplatesRequest {
        waba_id: account.into(),
        body: json!({"data": templates}).to_string().into_bytes(),
        ..ops::import(&[])
    };
    let told = clients.templates.clone().import_templates(request).await.unwrap().into_inner();
    assert_eq!(told.invalid, []);
}

/// Sets what is known of a number: what `sender` carries.
pub(crate) async fn sender(clients: &PolicyClients, channel: &str, sender: pb::Sender) {
    let sender = pb::Sender { channel_id: channel.into(), ..sender };
    let request = pb::UpdateSenderRequest {
        tenant_id: ops::TENANT.into(),
        sender: Some(sender),
        ..Default::default()
    };
    clients.admin.clone().update_sender(request).await.unwrap();
}

/// Lets a pair's rate be what it likes.
pub(crate) async fn no_rate(clients: &PolicyClients) {
    let mut off = ops::set_rule("PAIR_RATE_LIMIT", "burst", Parameter::Count(45));
    let rules = &mut off.policy.as_mut().unwrap().rules;
    for setting in rules.values_mut() {
        setting.mode = pb::RuleMode::Off.into();
    }
    clients.admin.clone().update_policy(off).await.unwrap();
}

/// How long before its end a window counts as over.
pub(crate) async fn margin(clients: &PolicyClients, margin: TimeDelta) {
    let margin = azeer_tests::service::duration(margin).unwrap();
    let request = ops::set_rule("WINDOW_EXPIRED", "margin", Parameter::Duration(margin));
    clients.admin.clone().update_policy(request).await.unwrap();
}
