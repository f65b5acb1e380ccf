//! Listings of templates to take over, and which templates somebody wants to see.

use azeer_cloud_api::{Listing as Listed, language_key, parse_listing};
use azeer_domain::TenantId;
use azeer_domain::id::is_name;
use azeer_edge::tenant;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{AfterToken, digest};
use prost::Message as _;

use super::{language_code, name_or_empty};
use crate::names::is_template_name;
use crate::store::settings::{Import, TemplateFilter, TemplateKey};

const MOST_BODY_BYTES: usize = 3 * 1024 * 1024;
/// Longer than any status or category that the platform has.
const MOST_WORD_CHARACTERS: usize = 64;

/// A listing to take over.
pub(in crate::grpc) struct Importing {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) import: Import,
}

impl TryFrom<&pb::ImportTemplatesRequest> for Importing {
    type Error = Problem;

    fn try_from(request: &pb::ImportTemplatesRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        fields.require("waba_id", is_name(&request.waba_id), "must be 1-64 of A-Z a-z 0-9 _ -");
        let listing = listing(&mut fields, &request.body);
        fields.finish(|| {
            let (waba_id, complete) = (request.waba_id.clone(), request.complete);
            Some(Self { tenant: tenant?, import: Import { waba_id, listing: listing?, complete } })
        })
    }
}

fn listing(fields: &mut Fields, body: &[u8]) -> Option<Listed> {
    if body.len() > MOST_BODY_BYTES {
        fields.bad("body", "must be at most 3 MiB");
        return None;
    }
    fields.take("body", parse_listing(body))
}

/// A template that is asked for.
pub(in crate::grpc) struct Lookup {
    pub(in crate::grpc) tenant: TenantId,
    /// Empty: the only one.
    pub(in crate::grpc) account: String,
    pub(in crate::grpc) name: String,
    pub(in crate::grpc) language: String,
}

impl TryFrom<&pb::GetTemplateRequest> for Lookup {
    type Error = Problem;

    fn try_from(request: &pb::GetTemplateRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let account = name_or_empty(&mut fields, "waba_id", &request.waba_id);
        let named = is_template_name(&request.name);
        fields.require("name", named, "must be 1-512 of a-z 0-9 _");
        let language = language_code(&mut fields, "language_code", &request.language_code);
        let told = !request.language_code.is_empty();
        fields.require("language_code", told, "must be set");
        fields.finish(|| {
            let name = request.name.clone();
            Some(Self { tenant: tenant?, account: account?, name, language: language? })
        })
    }
}

/// A page of templates that is asked for.
pub(in crate::grpc) struct Listing {
    pub(in crate::grpc) tenant: TenantId,
    pub(in crate::grpc) filter: TemplateFilter,
    pub(in crate::grpc) after: Option<TemplateKey>,
    pub(in crate::grpc) limit: usize,
    /// A digest of the arguments, for the next page's token.
    pub(in crate::grpc) arguments: String,
}

impl TryFrom<&pb::ListTemplatesRequest> for Listing {
    type Error = Problem;

    fn try_from(request: &pb::ListTemplatesRequest) -> Result<Self, Problem> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let waba_id = name_or_empty(&mut fields, "waba_id", &request.waba_id);
        let status = fields.text("status", &request.status, MOST_WORD_CHARACTERS);
        let category = fields.text("category", &request.category, MOST_WORD_CHARACTERS);
        let language = language_code(&mut fields, "language_code", &request.language_code);
        let limit = fields.page_size(request.page_size);
        let arguments = arguments(request);
        let after = fields.page_token(&request.page_token, |token: &AfterToken<TemplateKey>| {
            token.arguments == arguments
        });
        fields.finish(|| {
            let filter = TemplateFilter {
                waba_id: waba_id?,
                status: status.unwrap_or_default(),
                category: category.unwrap_or_default(),
                language_key: language_key(&language?),
                sendable_only: request.sendable_only,
            };
            let after = after.map(|token| token.last);
            Some(Self { tenant: tenant?, filter, after, limit, arguments })
        })
    }
}

/// A digest of what must be the same for all pages.
fn arguments(request: &pb::ListTemplatesRequest) -> String {
    let request =
        pb::ListTemplatesRequest { page_size: 0, page_token: String::new(), ..request.clone() };
    digest(&request.encode_to_vec())
}
