//! The gRPC side: thin handlers that check a request, call the store, and tell what came of it.
//!
//! - [`sends`], [`templates`], [`admin`]: the handlers of the three services
//! - [`outcomes`], [`permits`], [`webhooks`], [`replay`], [`erasure`]: what else
//!   `MessagingPolicyService` does
//! - [`parse`]: requests to domain values, all bad fields at once
//! - [`answer`], [`answer_settings`], [`answer_consent`]: domain values to answers
//! - [`problems`]: the one place where errors become statuses

mod admin;
mod answer;
mod answer_consent;
mod answer_settings;
mod deadline;
mod erasure;
mod json;
mod outcomes;
mod parse;
mod permits;
mod problems;
mod replay;
mod sends;
mod templates;
mod webhooks;

use std::sync::Arc;

use azeer_proto::policy::v1 as pb;
use azeer_runtime::server::Service;
use tonic::service::Routes;

use crate::conversation::Conversations;
use crate::permits::Permits;
use crate::replay::Replays;
use crate::store::Store;

/// What the server serves over a store and beside conversation-state.
pub(crate) fn service(
    store: &Arc<Store>,
    conversations: Arc<Conversations>,
    permits: Arc<Permits>,
    replays: Arc<Replays>,
) -> Service {
    use pb::messaging_policy_service_server::{
        MessagingPolicyServiceServer, SERVICE_NAME as SENDS,
    };
    use pb::policy_admin_service_server::{PolicyAdminServiceServer, SERVICE_NAME as ADMIN};
    use pb::template_service_server::{SERVICE_NAME as TEMPLATES, TemplateServiceServer};
    let sends = sends::Sends::new(Arc::clone(store), conversations, permits, replays);
    let templates = templates::Templates::new(Arc::clone(store));
    let admin = admin::Admin::new(Arc::clone(store));
    let routes = Routes::new(MessagingPolicyServiceServer::new(sends))
        .add_service(TemplateServiceServer::new(templates))
        .add_service(PolicyAdminServiceServer::new(admin));
    Service {
        names: vec![SENDS, TEMPLATES, ADMIN],
        routes,
        descriptors: pb::FILE_DESCRIPTOR_SET,
        error_domain: problems::DOMAIN,
    }
}
