//! The handlers of `PolicyAdminService`.

use std::sync::Arc;

use azeer_edge::tenant;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::tokens::{self, AfterToken};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::parse::{self, PolicyChanging, Said, SenderChanging, SenderListing, VersionListing};
use super::problems::Failed;
use super::{answer_consent, answer_settings as answer};
use crate::store::Store;

/// Versions may be long, and most clients take no answer of more than 4 MiB.
const MOST_PAGE_BYTES: usize = 3 * 1024 * 1024;

/// Serves `PolicyAdminService`.
pub(super) struct Admin {
    store: Arc<Store>,
}

impl Admin {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    async fn policy(&self, request: &pb::GetPolicyRequest) -> Result<pb::Policy, Failed> {
        let mut fields = Fields::new();
        let tenant = tenant(&mut fields, &request.tenant_id);
        let tenant = fields.finish(|| tenant)?;
        let settings = self.store.settings(&tenant).await?;
        Ok(answer::policy(&tenant, &settings.stored_policy()))
    }

    async fn change_policy(&self, request: &pb::UpdatePolicyRequest) -> Result<pb::Policy, Failed> {
        let PolicyChanging { tenant, version, change } = PolicyChanging::try_from(request)?;
        let apply = |policy: &mut _| change.apply(policy);
        let stored = self.store.change_policy(&tenant, version, apply).await?;
        Ok(answer::policy(&tenant, &stored))
    }

    async fn versions(
        &self,
        request: &pb::ListPolicyVersionsRequest,
    ) -> Result<pb::ListPolicyVersionsResponse, Failed> {
        let VersionListing { tenant, before, limit, arguments } = request.try_into()?;
        let page = self.store.policy_versions(&tenant, before, limit).await?;
        let found = page.policies.len();
        let mut bytes = 0;
        let policies = page.policies.iter().map(|stored| answer::policy(&tenant, stored));
        let fitting = policies.take_while(|policy| {
            bytes += policy.encoded_len();
            bytes <= MOST_PAGE_BYTES
        });
        let policies: Vec<_> = fitting.collect();
        let last = policies.last().filter(|_| page.has_more || policies.len() < found);
        let next = last.map(|last| tokens::write(&AfterToken { arguments, last: last.version }));
        Ok(pb::ListPolicyVersionsResponse { next_page_token: next.unwrap_or_default(), policies })
    }

    async fn set_consent(
        &self,
        request: &pb::SetContactConsentRequest,
    ) -> Result<pb::Consent, Failed> {
        let Said { tenant, contact, state, source, occurred_at } = Said::try_from(request)?;
        let holds = self.store.set_consent(&tenant, &contact, state, &source, occurred_at).await?;
        Ok(answer_consent::consent(&contact, holds))
    }

    async fn consent(
        &self,
        request: &pb::GetContactConsentRequest,
    ) -> Result<pb::GetContactConsentResponse, Failed> {
        let (tenant, contact) = parse::contact(request)?;
        let (holds, history) = self.store.consent(&tenant, &contact).await?;
        Ok(pb::GetContactConsentResponse {
            consent: Some(answer_consent::consent(&contact, holds)),
            history: history.into_iter().map(answer_consent::change).collect(),
        })
    }

    async fn sender(&self, request: &pb::GetSenderRequest) -> Result<pb::Sender, Failed> {
        let (tenant, channel) = parse::sender(request)?;
        let (known, reached) = self.store.sender(&tenant, &channel).await?;
        Ok(answer::sender(&channel, known, reached))
    }

    async fn change_sender(&self, request: &pb::UpdateSenderRequest) -> Result<pb::Sender, Failed> {
        let SenderChanging { tenant, channel, version, change } =
            SenderChanging::try_from(request)?;
        let changed = self.store.change_sender(&tenant, &channel, version, &change).await;
        let (known, reached) = changed?;
        Ok(answer::sender(&channel, known, reached))
    }

    async fn senders(
        &self,
        request: &pb::ListSendersRequest,
    ) -> Result<pb::ListSendersResponse, Failed> {
        let SenderListing { tenant, filter, after, limit, arguments } = request.try_into()?;
        let page = self.store.senders(&tenant, &filter, after.as_ref(), limit).await?;
        let next = page.next.map(|last| tokens::write(&AfterToken { arguments, last }));
        let senders = page.senders.into_iter();
        let senders = senders.map(|of| answer::sender(&of.channel, of.known, of.reached));
        Ok(pb::ListSendersResponse {
            senders: senders.collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }
}

#[tonic::async_trait]
impl pb::policy_admin_service_server::PolicyAdminService for Admin {
    async fn get_policy(
        &self,
        request: Request<pb::GetPolicyRequest>,
    ) -> Result<Response<pb::GetPolicyResponse>, Status> {
        let policy = Some(self.policy(request.get_ref()).await?);
        Ok(Response::new(pb::GetPolicyResponse { policy }))
    }

    async fn update_policy(
        &self,
        request: Request<pb::UpdatePolicyRequest>,
    ) -> Result<Response<pb::UpdatePolicyResponse>, Status> {
        let policy = Some(self.change_policy(request.get_ref()).await?);
        Ok(Response::new(pb::UpdatePolicyResponse { policy }))
    }

    async fn set_contact_consent(
        &self,
        request: Request<pb::SetContactConsentRequest>,
    ) -> Result<Response<pb::SetContactConsentResponse>, Status> {
        let consent = Some(self.set_consent(request.get_ref()).await?);
        Ok(Response::new(pb::SetContactConsentResponse { consent }))
    }

    async fn get_contact_consent(
        &self,
        request: Request<pb::GetContactConsentRequest>,
    ) -> Result<Response<pb::GetContactConsentResponse>, Status> {
        Ok(Response::new(self.consent(request.get_ref()).await?))
    }

    async fn get_sender(
        &self,
        request: Request<pb::GetSenderRequest>,
    ) -> Result<Response<pb::GetSenderResponse>, Status> {
        let sender = Some(self.sender(request.get_ref()).await?);
        Ok(Response::new(pb::GetSenderResponse { sender }))
    }

    async fn update_sender(
        &self,
        request: Request<pb::UpdateSenderRequest>,
    ) -> Result<Response<pb::UpdateSenderResponse>, Status> {
        let sender = Some(self.change_sender(request.get_ref()).await?);
        Ok(Response::new(pb::UpdateSenderResponse { sender }))
    }

    async fn list_policy_versions(
        &self,
        request: Request<pb::ListPolicyVersionsRequest>,
    ) -> Result<Response<pb::ListPolicyVersionsResponse>, Status> {
        Ok(Response::new(self.versions(request.get_ref()).await?))
    }

    async fn list_senders(
        &self,
        request: Request<pb::ListSendersRequest>,
    ) -> Result<Response<pb::ListSendersResponse>, Status> {
        Ok(Response::new(self.senders(request.get_ref()).await?))
    }
}
