//! Permits and the keys by which they are checked, as clients see them.

use azeer_proto::policy::v1 as pb;
use azeer_runtime::batches::Lost;
use azeer_runtime::wire::timestamp;

use super::problems::Failed;
use crate::permits::{Permit, Permits};
use crate::store::{DecideError, Recorded};

/// The keys.
pub(super) fn keys(permits: &Permits) -> pb::GetPermitKeysResponse {
    pb::GetPermitKeysResponse { jwks: permits.jwks() }
}

/// The permit of a decision, if it has one.
pub(super) fn permit(permits: &Permits, recorded: &Recorded) -> Result<Option<Permit>, Failed> {
    let signed = permits.of(recorded);
    signed.map_err(|error| DecideError::Lost(Lost::internal(&error)).into())
}

/// Tells a decision's permit with it.
pub(super) fn add(decision: &mut pb::Decision, permit: Option<Permit>) {
    if let Some(Permit { token, expires_at }) = permit {
        decision.permit = token;
        decision.permit_expires_at = Some(timestamp(expires_at));
    }
}
