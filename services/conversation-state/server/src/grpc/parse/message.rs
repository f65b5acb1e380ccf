//! The messages of either side, and what the platform says of the window.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use conversation_state_core::{
    ChannelId, Command, ContactId, Inbound, InboundKind, MessageId, Outbound, OutboundKind,
    WindowClosed,
};

use super::{actor, epoch, target, tenant, told_at};
use crate::store::{Action, Target, Write};

const MOST_ALIASES: usize = 10;
const MOST_TEXT_BYTES: usize = 65_536;
const MOST_NAME_CHARACTERS: usize = 256;
const MOST_TEMPLATE_NAME_BYTES: usize = 512;

impl TryFrom<&pb::RecordInboundMessageRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::RecordInboundMessageRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let channel = fields.take("channel_id", ChannelId::parse(&request.channel_id));
        let contact = fields.take("contact_id", ContactId::parse(&request.contact_id));
        let aliases = aliases(&mut fields, &request.contact_aliases);
        let message = fields.take("message_id", MessageId::parse(&request.message_id));
        let occurred_at = told_at(&mut fields, "occurred_at", request.occurred_at.as_ref());
        let kind = match pb::InboundKind::try_from(request.kind) {
            Ok(pb::InboundKind::Unspecified | pb::InboundKind::Message) => Ok(InboundKind::Message),
            Ok(pb::InboundKind::Call) => Ok(InboundKind::Call),
            Ok(pb::InboundKind::Reaction) => Ok(InboundKind::Reaction),
            Err(_) => Err("must be MESSAGE, CALL or REACTION"),
        };
        let kind = fields.take("kind", kind);
        let short = request.text.len() <= MOST_TEXT_BYTES;
        fields.require("text", short, "must be at most 65536 bytes");
        let name = &request.contact_name;
        let contact_name = fields.text("contact_name", name, MOST_NAME_CHARACTERS);
        let text = (!request.text.is_empty()).then(|| request.text.clone());
        fields.finish(|| {
            let inbound = Inbound { occurred_at: occurred_at?, kind: kind?, text, contact_name };
            let target = Target::Contact(channel?, contact?);
            let action = Action::Command(Command::Inbound(inbound));
            let write = Self::new(tenant?, target, action);
            Some(Self { aliases, message: Some(message?), ..write })
        })
    }
}

impl TryFrom<&pb::RecordOutboundMessageRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::RecordOutboundMessageRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let target = target(&mut fields, &request.conversation_id, request.contact.as_ref());
        let message = fields.take("message_id", MessageId::parse(&request.message_id));
        let occurred_at = told_at(&mut fields, "occurred_at", request.occurred_at.as_ref());
        let sender = actor(&mut fields, "sender", request.sender.as_ref());
        let kind = match pb::OutboundKind::try_from(request.kind) {
            Ok(pb::OutboundKind::FreeForm) => Ok(OutboundKind::FreeForm),
            Ok(pb::OutboundKind::Template) => Ok(OutboundKind::Template),
            Ok(pb::OutboundKind::Unspecified) | Err(_) => Err("must be FREE_FORM or TEMPLATE"),
        };
        let kind = fields.take("kind", kind);
        template_name(&mut fields, kind, &request.template_name);
        let handler_epoch = epoch(&mut fields, request.handler_epoch);
        fields.finish(|| {
            let (occurred_at, sender, kind) = (occurred_at?, sender?, kind?);
            let outbound = Outbound { occurred_at, sender, kind, handler_epoch };
            let action = Action::Command(Command::Outbound(outbound));
            Some(Self { message: Some(message?), ..Self::new(tenant?, target?, action) })
        })
    }
}

impl TryFrom<&pb::ReportWindowClosedRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::ReportWindowClosedRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let target = target(&mut fields, &request.conversation_id, request.contact.as_ref());
        fields.take("message_id", MessageId::parse(&request.message_id));
        let sent_at = told_at(&mut fields, "sent_at", request.sent_at.as_ref());
        fields.finish(|| {
            let report = WindowClosed { sent_at: sent_at? };
            let action = Action::Command(Command::WindowClosed(report));
            Some(Self::new(tenant?, target?, action))
        })
    }
}

fn aliases(fields: &mut Fields, given: &[String]) -> Vec<ContactId> {
    if given.len() > MOST_ALIASES {
        fields.bad("contact_aliases", format_args!("must be at most {MOST_ALIASES}"));
    }
    let given = given.iter().take(MOST_ALIASES).enumerate();
    given
        .filter_map(|(i, id)| fields.take(&format!("contact_aliases[{i}]"), ContactId::parse(id)))
        .collect()
}

fn template_name(fields: &mut Fields, kind: Option<OutboundKind>, name: &str) {
    let well_formed = (1..=MOST_TEMPLATE_NAME_BYTES).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    match kind {
        Some(OutboundKind::Template) => {
            fields.require("template_name", well_formed, "must be 1-512 of a-z 0-9 _");
        }
        Some(OutboundKind::FreeForm) => {
            fields.require("template_name", name.is_empty(), "must be empty for FREE_FORM");
        }
        None => {}
    }
}
