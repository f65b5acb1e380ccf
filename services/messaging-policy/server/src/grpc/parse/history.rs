//! Which decisions somebody wants to see.

use azeer_domain::{AgentId, TenantId};
use azeer_edge::{conversation_id, tenant, told_at};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::{Fields, uuid};
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{AfterToken, digest};
use messaging_policy_core::{RULES, Verdict};
use prost::Message as _;
use uuid::Uuid;

use super::{View, language_code, view};
use crate::store::History;

/// A decision that is asked for.
pub(in crate::grpc) struct Lookup {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) id: Uuid,
    pub(in crate::grpc) view: View,
}

impl TryFrom<&pb::GetDecisionRequest> for Lookup {
    type Error = Problem;

    fn try_from(request: &pb::GetDecisionRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let id = fields.take("decision_id", uuid(&request.decision_id));
        language_code(&mut fields, "language_code", &request.language_code);
        let view = view(&mut fields, request.view);
        fields.finish(|| Some(Self { tenant: tenant?, id: id?, view: view? }))
    }
}

/// A page of decisions that is asked for.
pub(in crate::grpc) struct Listing {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) history: History,
    pub(in crate::grpc) view: View,
    /// A digest of the arguments, for the next page's token.
    pub(in crate::grpc) arguments: String,
}

impl TryFrom<&pb::ListDecisionsRequest> for Listing {
    type Error = Problem;

    fn try_from(request: &pb::ListDecisionsRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let conversation = (!request.conversation_id.is_empty())
            .then(|| conversation_id(&mut fields, "conversation_id", &request.conversation_id));
        let verdict = match pb::Verdict::try_from(request.verdict) {
            Ok(pb::Verdict::Unspecified) => Ok(None),
            Ok(pb::Verdict::Allow) => Ok(Some(Verdict::Allow)),
            Ok(pb::Verdict::Deny) => Ok(Some(Verdict::Deny)),
            Err(_) => Err("must be ALLOW or DENY"),
        };
        let verdict = fields.take("verdict", verdict);
        let code = &request.violation_code;
        let known = code.is_empty() || RULES.iter().any(|rule| rule.code == code);
        fields.require("violation_code", known, "must be the code of a rule");
        let short = request.template_name.len() <= 512 && !request.template_name.contains('\0');
        fields.require("template_name", short, "must be at most 512 characters");
        let sender = fields.optional("actor_id", &request.actor_id, AgentId::parse);
        let mut time =
            |path, given: Option<_>| given.map(|given| told_at(&mut fields, path, Some(&given)));
        let from = time("decided_from", request.decided_from);
        let before = time("decided_before", request.decided_before);
        language_code(&mut fields, "language_code", &request.language_code);
        let view = view(&mut fields, request.view);
        let limit = fields.page_size(request.page_size);
        let arguments = arguments(request);
        let after = fields.page_token(&request.page_token, |token: &AfterToken<Uuid>| {
            token.arguments == arguments
        });
        fields.finish(|| {
            let history = History {
                conversation: flat(conversation)?,
                verdict: verdict?,
                violation: some(&request.violation_code),
                template: some(&request.template_name),
                sender: sender.map(|sender| sender.to_string()),
                from: flat(from)?,
                before: flat(before)?,
                after: after.map(|token| token.last),
                limit: i64::try_from(limit).ok()?,
            };
            Some(Self { tenant: tenant?, history, view: view?, arguments })
        })
    }
}

/// A field that is not given is none; one that is given and bad ends it.
#[allow(clippy::option_option, reason = "given or not, and good or not")]
fn flat<T>(given: Option<Option<T>>) -> Option<Option<T>> {
    given.map_or(Some(None), |good| good.map(Some))
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// A digest of what must be the same for all pages.
fn arguments(request: &pb::ListDecisionsRequest) -> String {
    let request = pb::ListDecisionsRequest {
        page_size: 0,
        page_token: String::new(),
        language_code: String::new(),
        view: 0,
        ..request.clone()
    };
    digest(&request.encode_to_vec())
}
