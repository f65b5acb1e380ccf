//! What contacts said of marketing.

use azeer_domain::{ContactId, TenantId, Time};
use azeer_edge::{tenant, told_at};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use messaging_policy_core::facts::Consent;

const MOST_SOURCE_CHARACTERS: usize = 256;

/// A contact whose consent is asked for.
pub(in crate::grpc) fn contact(
    request: &pb::GetContactConsentRequest,
) -> Result<(TenantId, ContactId), Problem> {
    let mut fields = Fields::new();
    let tenant = tenant(&mut fields, &request.tenant_id);
    let contact = fields.take("contact_id", ContactId::parse(&request.contact_id));
    fields.finish(|| Some((tenant?, contact?)))
}

/// What a contact said.
pub(in crate::grpc) struct Said {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) contact: ContactId,
    pub(in crate::grpc) state: Consent,
    pub(in crate::grpc) source: String,
    /// None: now.
    pub(in crate::grpc) occurred_at: Option<Time>,
}

impl TryFrom<&pb::SetContactConsentRequest> for Said {
    type Error = Problem;

    fn try_from(request: &pb::SetContactConsentRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let contact = fields.take("contact_id", ContactId::parse(&request.contact_id));
        let state = match pb::ConsentState::try_from(request.state) {
            Ok(pb::ConsentState::OptedIn) => Ok(Consent::OptedIn),
            Ok(pb::ConsentState::OptedOut) => Ok(Consent::OptedOut),
            Ok(pb::ConsentState::Unspecified) | Err(_) => Err("must be OPTED_IN or OPTED_OUT"),
        };
        let state = fields.take("state", state);
        let source = fields.text("source", &request.source, MOST_SOURCE_CHARACTERS);
        let told = request.occurred_at.as_ref();
        let occurred_at = told.and_then(|at| told_at(&mut fields, "occurred_at", Some(at)));
        fields.finish(|| {
            Some(Self {
                tenant: tenant?,
                contact: contact?,
                state: state?,
                source: source.unwrap_or_default(),
                occurred_at,
            })
        })
    }
}
