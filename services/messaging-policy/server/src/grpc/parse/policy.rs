//! Changes to a policy: what a request names, and what that may be.

mod rules;
mod stop_words;
#[cfg(test)]
mod tests;

use azeer_domain::TenantId;
use azeer_edge::tenant;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use messaging_policy_core::Policy;
use messaging_policy_core::policy::MessageKind;
use prost_types::FieldMask;

use super::{Mask, version};
use rules::RulesChange;

/// What a mask may name.
static PATHS: [&str; 4] = ["rules", "free_within_window", "permit_mode", "stop_words"];

/// A change to a tenant's policy that is asked for.
pub(in crate::grpc) struct Changing {
    pub(in crate::grpc) tenant: TenantId,
    /// The version that the caller knows; none: whatever it is.
    pub(in crate::grpc) version: Option<i64>,
    pub(in crate::grpc) change: PolicyChange,
}

impl TryFrom<&pb::UpdatePolicyRequest> for Changing {
    type Error = Problem;

    fn try_from(request: &pb::UpdatePolicyRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let (given, mask) = (request.policy.as_ref(), request.update_mask.as_ref());
        let change = PolicyChange::read(&mut fields, &request.tenant_id, given, mask);
        let version = version(&request.etag);
        fields.finish(|| Some(Self { tenant: tenant?, version, change: change? }))
    }
}

/// What is to be another in a policy.
pub(in crate::grpc) struct PolicyChange {
    rules: Option<RulesChange>,
    free_within_window: Option<Vec<MessageKind>>,
    permits: Option<bool>,
    stop_words: Option<Vec<String>>,
}

// === impl PolicyChange ===

impl PolicyChange {
    /// Reads what a request's `policy` and `update_mask` name, for the tenant that it names.
    pub(super) fn read(
        fields: &mut Fields,
        tenant_id: &str,
        policy: Option<&pb::Policy>,
        mask: Option<&FieldMask>,
    ) -> Option<Self> {
        let mask = Mask::read(fields, mask, &PATHS);
        let Some(given) = policy else {
            fields.bad("policy", "must be set");
            return None;
        };
        let same = given.tenant_id.is_empty() || given.tenant_id == tenant_id;
        fields.require("policy.tenant_id", same, "must be empty or the request's tenant_id");
        let rules = rules::named(fields, &given.rules);
        let kinds = kinds(fields, &given.free_within_window);
        let permits = fields.take("policy.permit_mode", permits(given.permit_mode));
        let stop_words = stop_words::stop_words(fields, &given.stop_words);
        let rules = RulesChange { replaces: !mask.is_empty(), named: rules? };
        let (kinds, permits, stop_words) = (kinds?, permits?, stop_words?);
        let names = |field, is_carried| mask.names(field, is_carried);
        let by_default = || Policy::default().permits;
        Some(Self {
            rules: names("rules", true).then_some(rules),
            permits: names("permit_mode", permits.is_some())
                .then(|| permits.unwrap_or_else(by_default)),
            free_within_window: names("free_within_window", !kinds.is_empty()).then_some(kinds),
            stop_words: names("stop_words", !stop_words.is_empty()).then_some(stop_words),
        })
    }

    /// Sets what the request names and leaves the rest.
    pub(in crate::grpc) fn apply(&self, policy: &mut Policy) {
        if let Some(rules) = &self.rules {
            rules.apply(policy);
        }
        if let Some(kinds) = &self.free_within_window {
            policy.free_within_window.clone_from(kinds);
        }
        if let Some(permits) = self.permits {
            policy.permits = permits;
        }
        if let Some(stop_words) = &self.stop_words {
            policy.stop_words.clone_from(stop_words);
        }
    }
}

/// The kinds of messages, each once and in order.
fn kinds(fields: &mut Fields, given: &[i32]) -> Option<Vec<MessageKind>> {
    let kinds = given.iter().enumerate().map(|(place, kind)| {
        let kind = match pb::MessageKind::try_from(*kind) {
            Ok(pb::MessageKind::FreeForm) => Ok(MessageKind::FreeForm),
            Ok(pb::MessageKind::Marketing) => Ok(MessageKind::Marketing),
            Ok(pb::MessageKind::Utility) => Ok(MessageKind::Utility),
            Ok(pb::MessageKind::Authentication) => Ok(MessageKind::Authentication),
            Ok(pb::MessageKind::Unspecified) | Err(_) => {
                Err("must be FREE_FORM, MARKETING, UTILITY or AUTHENTICATION")
            }
        };
        fields.take(&format!("policy.free_within_window[{place}]"), kind)
    });
    // All are looked at before any is given up for.
    let kinds: Vec<_> = kinds.collect();
    let mut kinds = kinds.into_iter().collect::<Option<Vec<_>>>()?;
    kinds.sort_unstable();
    kinds.dedup();
    Some(kinds)
}

/// Whether there are permits; none: not said.
fn permits(given: i32) -> Result<Option<bool>, &'static str> {
    match pb::PermitMode::try_from(given) {
        Ok(pb::PermitMode::Unspecified) => Ok(None),
        Ok(pb::PermitMode::On) => Ok(Some(true)),
        Ok(pb::PermitMode::Off) => Ok(Some(false)),
        Err(_) => Err("must be ON or OFF"),
    }
}
