//! What somebody wants to send, in one of the three ways to say it.

use azeer_cloud_api::{
    FreeFormKind, MalformedSend, SendContent, SentTemplate, parse_send, parse_sent_components,
};
use azeer_domain::{ActorKind, MessageId};
use azeer_edge::{actor, epoch, target, tenant};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;
use messaging_policy_core::Reason;
use prost::Message as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::super::json;
use super::{View, language_code, view};
use crate::ask::{Ask, Content, Justification};
use crate::names::is_template_name;
use crate::store::Request;

const MOST_BODY_BYTES: usize = 65_536;
const MOST_COMPONENTS: usize = 64;
const MOST_NOTE_CHARACTERS: usize = 2_000;

/// A send to check.
pub(in crate::grpc) struct Checking {
    pub(in crate::grpc) ask: Ask,
    pub(in crate::grpc) view: View,
}

/// A send to authorize.
pub(in crate::grpc) struct Authorizing {
    pub(in crate::grpc) ask: Ask,
    pub(in crate::grpc) request: Request,
    pub(in crate::grpc) view: View,
}

impl TryFrom<&pb::CheckSendRequest> for Checking {
    type Error = Problem;

    fn try_from(request: &pb::CheckSendRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let ask = ask(&mut fields, request.send.as_ref(), &request.language_code);
        let view = view(&mut fields, request.view);
        fields.finish(|| Some(Self { ask: ask?, view: view? }))
    }
}

impl TryFrom<&pb::AuthorizeSendRequest> for Authorizing {
    type Error = Problem;

    fn try_from(request: &pb::AuthorizeSendRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let ask = ask(&mut fields, request.send.as_ref(), &request.language_code);
        let view = view(&mut fields, request.view);
        let id = fields.take("request_id", uuid(&request.request_id));
        fields.finish(|| {
            let content_hash = Sha256::digest(request.send.as_ref()?.encode_to_vec()).into();
            Some(Self { ask: ask?, request: Request { id: id?, content_hash }, view: view? })
        })
    }
}

/// The send of a request, and the language in which it is asked for.
fn ask(fields: &mut Fields, send: Option<&pb::Send>, language: &str) -> Option<Ask> {
    let language_code = language_code(fields, "language_code", language);
    let Some(send) = send else {
        fields.bad("send", "must be set");
        return None;
    };
    fields.within(
        || "send".to_owned(),
        |fields| {
            let tenant = tenant(fields, &send.tenant_id);
            let target = target(fields, &send.conversation_id, send.contact.as_ref());
            let sender = actor(fields, "sender", send.sender.as_ref());
            let handler_epoch = epoch(fields, send.handler_epoch);
            if sender.as_ref().is_some_and(|sender| sender.kind == ActorKind::Bot) {
                let told = handler_epoch.is_some();
                fields.require("handler_epoch", told, "must be set when a BOT sends");
            }
            let content = content(fields, send.content.as_ref());
            let given = send.justification.as_ref();
            let justification = match given {
                Some(given) => Some(
                    fields.within(|| "justification".to_owned(), |f| justification(f, given))?,
                ),
                None => None,
            };
            let (content, recipients) = content?;
            Some(Ask {
                tenant: tenant?,
                target: target?,
                sender: sender?,
                handler_epoch,
                content,
                recipients,
                body_hash: body_hash(send.content.as_ref()),
                justification,
                language_code: language_code?,
            })
        },
    )
}

/// A digest of the very bytes that are to be posted.
fn body_hash(given: Option<&pb::send::Content>) -> Option<[u8; 32]> {
    match given {
        Some(pb::send::Content::CloudApiBody(body)) => Some(Sha256::digest(body).into()),
        Some(pb::send::Content::FreeForm(_) | pb::send::Content::Template(_)) | None => None,
    }
}

/// What is sent, and whom a body names.
fn content(
    fields: &mut Fields,
    given: Option<&pb::send::Content>,
) -> Option<(Content, Option<Vec<String>>)> {
    match given {
        Some(pb::send::Content::FreeForm(free_form)) => {
            let kind = kind(fields, &free_form.kind)?;
            Some((Content::FreeForm(kind), None))
        }
        Some(pb::send::Content::Template(given)) => {
            let template = fields.within(|| "template".to_owned(), |f| template(f, given))?;
            Some((Content::Template(template), None))
        }
        Some(pb::send::Content::CloudApiBody(body)) => self::body(fields, body),
        None => {
            fields.bad("content", "must be one of free_form, template and cloud_api_body");
            None
        }
    }
}

fn kind(fields: &mut Fields, given: &str) -> Option<String> {
    let well_formed = given.len() <= 64
        && given.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !given.eq_ignore_ascii_case("template");
    let must_be = "must be 1-64 of A-Z a-z 0-9 _, and no template";
    fields.require("free_form.kind", well_formed, must_be);
    let kind = if given.is_empty() { "text".to_owned() } else { given.to_ascii_lowercase() };
    well_formed.then_some(kind)
}

fn template(fields: &mut Fields, given: &pb::TemplateMessage) -> Option<SentTemplate> {
    let named = is_template_name(&given.name);
    fields.require("name", named, "must be 1-512 of a-z 0-9 _");
    let language = language_code(fields, "language_code", &given.language_code);
    fields.require("language_code", !given.language_code.is_empty(), "must be set");
    if given.components.len() > MOST_COMPONENTS {
        fields.bad("components", format_args!("must be at most {MOST_COMPONENTS}"));
        return None;
    }
    let components = given.components.iter().map(json::read_object).collect();
    let components = Value::Array(components).to_string();
    let components = parse_sent_components(components.as_bytes());
    let components = components.map_err(|malformed| note(fields, None, malformed)).ok()?;
    let language = language.filter(|language| named && !language.is_empty())?;
    Some(SentTemplate { name: given.name.clone(), language, components })
}

fn body(fields: &mut Fields, body: &[u8]) -> Option<(Content, Option<Vec<String>>)> {
    const PATH: &str = "cloud_api_body";
    if body.len() > MOST_BODY_BYTES {
        fields.bad(PATH, format_args!("must be at most {MOST_BODY_BYTES} bytes"));
        return None;
    }
    let parsed = parse_send(body).map_err(|malformed| note(fields, Some(PATH), malformed)).ok()?;
    let content = match parsed.content {
        SendContent::FreeForm(kind) => Content::FreeForm(name_of(kind)),
        SendContent::Template(template) => {
            let language = format!("{PATH}.template.language.code");
            language_code(fields, &language, &template.language)?;
            let named = is_template_name(&template.name);
            let name = format!("{PATH}.template.name");
            fields.require(&name, named, "must be 1-512 of a-z 0-9 _");
            named.then_some(Content::Template(template))?
        }
    };
    Some((content, Some(parsed.recipients)))
}

/// Notes all that is malformed, of a body at a path or of components.
fn note(fields: &mut Fields, body: Option<&str>, malformed: MalformedSend) {
    for fault in malformed.fields {
        let path = match (body, fault.field.as_str()) {
            (body, "") => body.unwrap_or("components").to_owned(),
            (None, field) => field.to_owned(),
            (Some(body), field) => format!("{body}.{field}"),
        };
        fields.bad(path, format_args!("must be {}", fault.must_be));
    }
}

/// The platform's name of a type of message.
fn name_of(kind: FreeFormKind) -> String {
    let name = match kind {
        FreeFormKind::Text => "text",
        FreeFormKind::Image => "image",
        FreeFormKind::Audio => "audio",
        FreeFormKind::Video => "video",
        FreeFormKind::Document => "document",
        FreeFormKind::Sticker => "sticker",
        FreeFormKind::Location => "location",
        FreeFormKind::Contacts => "contacts",
        FreeFormKind::Reaction => "reaction",
        FreeFormKind::Interactive => "interactive",
        FreeFormKind::Other(name) => return name,
    };
    name.to_owned()
}

fn justification(fields: &mut Fields, given: &pb::Justification) -> Option<Justification> {
    use pb::JustificationReason as Told;
    let reason = match Told::try_from(given.reason) {
        Ok(Told::OrderUpdate) => Ok(Reason::OrderUpdate),
        Ok(Told::PaymentUpdate) => Ok(Reason::PaymentUpdate),
        Ok(Told::AppointmentReminder) => Ok(Reason::AppointmentReminder),
        Ok(Told::AccountAlert) => Ok(Reason::AccountAlert),
        Ok(Told::ReplyToInquiry) => Ok(Reason::ReplyToInquiry),
        Ok(Told::SupportFollowUp) => Ok(Reason::SupportFollowUp),
        Ok(Told::RequestedOffer) => Ok(Reason::RequestedOffer),
        Ok(Told::Campaign) => Ok(Reason::Campaign),
        Ok(Told::Unspecified) | Err(_) => Err("must be set to one of the reasons"),
    };
    let reason = fields.take("reason", reason);
    let reference = fields.optional("reference_id", &given.reference_id, MessageId::parse);
    fields.text("note", &given.note, MOST_NOTE_CHARACTERS);
    Some(Justification {
        reason: reason?,
        reference: reference.map_or_else(String::new, |reference| reference.to_string()),
        note: given.note.clone(),
    })
}
