//! Which decisions somebody wants to have judged again, and by what.

use std::ops::Range;

use azeer_domain::{TenantId, Time};
use azeer_edge::{tenant, told_at};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;

use super::PolicyChange;

/// A replay that is asked for.
pub(in crate::grpc) struct Replaying {
    pub(in crate::grpc) tenant: TenantId,
    /// When they were decided.
    pub(in crate::grpc) decided: Range<Time>,
    /// What the proposed policy is beside the one that holds.
    pub(in crate::grpc) change: PolicyChange,
}

impl TryFrom<&pb::ReplayDecisionsRequest> for Replaying {
    type Error = Problem;

    fn try_from(request: &pb::ReplayDecisionsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let from = told_at(&mut fields, "decided_from", request.decided_from.as_ref());
        let before = told_at(&mut fields, "decided_before", request.decided_before.as_ref());
        let in_order = from.zip(before).is_none_or(|(from, before)| from < before);
        fields.require("decided_before", in_order, "must be later than decided_from");
        let (given, mask) = (request.policy.as_ref(), request.update_mask.as_ref());
        let change = PolicyChange::read(&mut fields, &request.tenant_id, given, mask);
        fields.finish(|| Some(Self { tenant: tenant?, decided: from?..before?, change: change? }))
    }
}
