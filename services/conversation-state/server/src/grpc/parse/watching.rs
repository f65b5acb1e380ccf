//! Watching: where to begin and what to pass.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use conversation_state_core::TenantId;

use super::super::tokens;
use super::listing::filter;
use super::tenant;
use crate::store::Filter;

const BAD_TOKEN: &str = "must be a resume_token of an answer for the same tenant";

/// A request to watch a tenant.
pub(in super::super) struct Watching {
    pub(in super::super) tenant: TenantId,
    /// The revision to begin after; none: now.
    pub(in super::super) after: Option<i64>,
    pub(in super::super) filter: Filter,
}

impl TryFrom<&pb::WatchConversationsRequest> for Watching {
    type Error = Problem;

    fn try_from(request: &pb::WatchConversationsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let after = after(&mut fields, &request.resume_token, tenant.as_ref());
        let filter = filter(&mut fields, request.filter.as_ref());
        fields.require(
            "filter.expiring_within",
            filter.expiring_within.is_none(),
            "must not be set: the passing of time is no event",
        );
        fields.finish(|| Some(Self { tenant: tenant?, after, filter }))
    }
}

/// The revision that a token of the tenant names; none: it is empty.
fn after(fields: &mut Fields, token: &str, tenant: Option<&TenantId>) -> Option<i64> {
    if token.is_empty() {
        return None;
    }
    let place = tokens::read_resume(token)
        .filter(|(of, _)| tenant.is_none_or(|tenant| tenant == of))
        .map(|(_, revision)| revision);
    fields.take("resume_token", place.ok_or(BAD_TOKEN))
}
