//! The sends that messaging-policy is asked about, and whether it allowed them. What is asked here is
//! always allowed: a denial would cost less, and the figures would be of something else.

use azeer_proto::common::v1 as common;
use azeer_proto::conversation::v1::ContactRef;
use azeer_proto::policy::v1 as pb;
use pb::send::Content;
use prost::Message as _;
use prost_types::value::Kind;
use prost_types::{ListValue, Struct, Value};

use crate::error::Error;
use crate::population::{CHANNEL, LANGUAGE, TEMPLATE, contact};

/// An agent's message in words of her own.
pub(crate) fn free_form(tenant: String, i: u64) -> pb::Send {
    pb::Send {
        tenant_id: tenant,
        contact: Some(ContactRef { channel_id: CHANNEL.into(), contact_id: contact(i) }),
        sender: Some(common::Actor { kind: common::ActorKind::Agent.into(), id: "omar".into() }),
        content: Some(Content::FreeForm(pb::FreeForm::default())),
        ..Default::default()
    }
}

/// The same as the body that would be posted to the platform.
pub(super) fn posted(tenant: String, i: u64) -> pb::Send {
    let body = serde_json::json!({
        "messaging_product": "whatsapp", "to": contact(i), "type": "text",
        "text": { "body": "Your order is on its way." },
    });
    let content = Some(Content::CloudApiBody(body.to_string().into_bytes()));
    pb::Send { content, ..free_form(tenant, i) }
}

/// An agent's template about an order that no other send is about.
pub(super) fn template(tenant: String, i: u64, order: u64) -> pb::Send {
    let template = pb::TemplateMessage {
        name: TEMPLATE.into(),
        language_code: LANGUAGE.into(),
        components: vec![body(["Sara", "tomorrow"])],
    };
    let justification = pb::Justification {
        reason: pb::JustificationReason::OrderUpdate.into(),
        reference_id: format!("order-{order}"),
        note: String::new(),
    };
    pb::Send {
        content: Some(Content::Template(template)),
        justification: Some(justification),
        ..free_form(tenant, i)
    }
}

/// The component that fills the gaps of a template's body.
fn body(values: [&str; 2]) -> Struct {
    let parameter = |value: &str| object([("type", text("text")), ("text", text(value))]);
    let parameters = values.iter().map(|value| Kind::StructValue(parameter(value)).into());
    let parameters = Kind::ListValue(ListValue { values: parameters.collect() });
    object([("type", text("body")), ("parameters", parameters)])
}

fn object<const N: usize>(fields: [(&str, Kind); N]) -> Struct {
    Struct { fields: fields.map(|(name, kind)| (name.to_owned(), Value::from(kind))).into() }
}

fn text(value: &str) -> Kind {
    Kind::StringValue(value.to_owned())
}

/// What the driver reads of an answer of `CheckSend` or `AuthorizeSend`; the rest it skips, since what
/// it takes is taken from the services.
#[derive(Clone, PartialEq, prost::Message)]
struct Answer {
    #[prost(message, optional, tag = "1")]
    decision: Option<Judged>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Judged {
    #[prost(enumeration = "pb::Verdict", tag = "3")]
    verdict: i32,
}

/// Refuses an answer, framed as gRPC has it, that does not allow the send.
pub(super) fn must_allow(reply: &[u8]) -> Result<(), Error> {
    let message = reply.get(5..).unwrap_or_default();
    let judged = Answer::decode(message).ok().and_then(|answer| answer.decision);
    if judged.is_some_and(|judged| judged.verdict() == pb::Verdict::Allow) {
        return Ok(());
    }
    // Both answers have the decision in the same place.
    let decision = pb::CheckSendResponse::decode(message).ok().and_then(|answer| answer.decision);
    let violations = decision.unwrap_or_default().violations;
    let codes: Vec<_> = violations.into_iter().map(|violation| violation.code).collect();
    Err(Error::Answer(format!("a send with no ALLOW, but {codes:?}")))
}

#[cfg(test)]
mod tests {
    use super::super::wire::frame;
    use super::*;

    fn answer(verdict: pb::Verdict, codes: &[&str]) -> pb::AuthorizeSendResponse {
        let violation = |code: &&str| pb::Violation { code: (*code).into(), ..Default::default() };
        let decision = pb::Decision {
            decision_id: "01900000-0000-7000-8000-000000000000".into(),
            tenant_id: "sends000000".into(),
            verdict: verdict.into(),
            violations: codes.iter().map(violation).collect(),
            ..Default::default()
        };
        pb::AuthorizeSendResponse { decision: Some(decision) }
    }

    #[test]
    fn only_an_allow_will_do() {
        assert!(must_allow(&frame(&answer(pb::Verdict::Allow, &[]))).is_ok());
        let denied = must_allow(&frame(&answer(pb::Verdict::Deny, &["WINDOW_EXPIRED"])));
        assert!(denied.unwrap_err().to_string().contains("WINDOW_EXPIRED"));
        let unsaid = frame(&answer(pb::Verdict::Unspecified, &[]));
        let empty = frame(&pb::AuthorizeSendResponse::default());
        for no_answer in [&unsaid[..], &empty, &[], &[0, 0, 0, 0, 2, 255, 255]] {
            assert!(must_allow(no_answer).is_err(), "{no_answer:?}");
        }
    }
}
