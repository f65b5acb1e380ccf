//! Requests for the facts that many sends need.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;

use super::Lookup;
use crate::store::ContextKey;

/// A request for many contexts.
pub(in crate::grpc) struct Contexts {
    /// In the order asked for.
    pub(in crate::grpc) keys: Vec<ContextKey>,
}

impl Contexts {
    const MOST: usize = 256;
}

impl TryFrom<&pb::BatchGetSendContextsRequest> for Contexts {
    type Error = Problem;

    fn try_from(request: &pb::BatchGetSendContextsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let count = request.requests.len();
        if !(1..=Self::MOST).contains(&count) {
            fields.bad("requests", format_args!("must be 1-{}", Self::MOST));
        }
        let mut keys = Vec::with_capacity(count.min(Self::MOST));
        for (i, one) in request.requests.iter().take(Self::MOST).enumerate() {
            let path = || format!("requests[{i}]");
            let lookup = fields.within(path, |fields| {
                let (contact, messages) = (one.contact.as_ref(), &one.inbound_message_ids);
                Lookup::check(fields, &one.tenant_id, &one.conversation_id, contact, messages)
            });
            keys.extend(lookup.map(|Lookup { tenant, target, messages }| ContextKey {
                tenant,
                target,
                messages,
            }));
        }
        fields.finish(|| Some(Self { keys }))
    }
}
