//! Whom to erase.

use azeer_domain::{ChannelId, ContactId, TenantId};
use azeer_edge::{contact, tenant};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;
use uuid::Uuid;

/// A contact that is to be erased.
pub(in crate::grpc) struct Erasing {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) channel: ChannelId,
    pub(in crate::grpc) contact: ContactId,
    pub(in crate::grpc) request: Option<Uuid>,
}

impl TryFrom<&pb::EraseContactRequest> for Erasing {
    type Error = Problem;

    fn try_from(request: &pb::EraseContactRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let whom = contact(&mut fields, request.contact.as_ref());
        let request = fields.optional("request_id", &request.request_id, uuid);
        fields.finish(|| {
            let (channel, contact) = whom?;
            Some(Self { tenant: tenant?, channel, contact, request })
        })
    }
}
