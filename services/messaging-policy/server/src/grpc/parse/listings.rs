//! Which versions of a policy and which senders somebody wants to see.

use azeer_domain::{ChannelId, TenantId};
use azeer_edge::tenant;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{AfterToken, digest};
use prost::Message as _;

use super::name_or_empty;
use crate::store::settings::SenderFilter;

/// A page of the versions of a policy that is asked for.
pub(in crate::grpc) struct VersionListing {
    pub(in crate::grpc) tenant: TenantId,
    /// Older than this one.
    pub(in crate::grpc) before: Option<i64>,
    pub(in crate::grpc) limit: usize,
    /// A digest of the arguments, for the next page's token.
    pub(in crate::grpc) arguments: String,
}

impl TryFrom<&pb::ListPolicyVersionsRequest> for VersionListing {
    type Error = Problem;

    fn try_from(request: &pb::ListPolicyVersionsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let limit = fields.page_size(request.page_size);
        let arguments = digest(request.tenant_id.as_bytes());
        let before = fields.page_token(&request.page_token, |token: &AfterToken<i64>| {
            token.arguments == arguments
        });
        let before = before.map(|token| token.last);
        fields.finish(|| Some(Self { tenant: tenant?, before, limit, arguments }))
    }
}

/// A page of senders that is asked for.
pub(in crate::grpc) struct SenderListing {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) filter: SenderFilter,
    pub(in crate::grpc) after: Option<ChannelId>,
    pub(in crate::grpc) limit: usize,
    /// A digest of the arguments, for the next page's token.
    pub(in crate::grpc) arguments: String,
}

impl TryFrom<&pb::ListSendersRequest> for SenderListing {
    type Error = Problem;

    fn try_from(request: &pb::ListSendersRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let waba_id = name_or_empty(&mut fields, "waba_id", &request.waba_id);
        let portfolio_id = name_or_empty(&mut fields, "portfolio_id", &request.portfolio_id);
        let limit = fields.page_size(request.page_size);
        let arguments = arguments(request);
        let after = fields.page_token(&request.page_token, |token: &AfterToken<ChannelId>| {
            token.arguments == arguments
        });
        let after = after.map(|token| token.last);
        fields.finish(|| {
            let filter = SenderFilter { waba_id: waba_id?, portfolio_id: portfolio_id? };
            Some(Self { tenant: tenant?, filter, after, limit, arguments })
        })
    }
}

/// A digest of what must be the same for all pages.
fn arguments(request: &pb::ListSendersRequest) -> String {
    let request =
        pb::ListSendersRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    digest(&request.encode_to_vec())
}
