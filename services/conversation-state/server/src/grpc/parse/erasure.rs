//! Whom to erase.

use azeer_edge::{contact, tenant};
use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;

use crate::store::{Action, Request, Target, Write};

impl TryFrom<&pb::EraseContactRequest> for Write {
    type Error = Problem;

    fn try_from(request: &pb::EraseContactRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let whom = contact(&mut fields, request.contact.as_ref());
        let id = fields.optional("request_id", &request.request_id, uuid);
        // What is asked is not remembered: it names the contact.
        let request = id.map(|id| Request { rpc: "EraseContact", id, content_hash: [0; 32] });
        fields.finish(|| {
            let (channel, contact) = whom?;
            let target = Target::Contact(channel, contact);
            Some(Self { request, ..Self::new(tenant?, target, Action::Erase) })
        })
    }
}
