//! The handlers of `PolicyAdminService`.

use std::sync::Arc;

use azeer_edge::tenant;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::fields::Fields;
use tonic::{Request, Response, Status};

use super::answer_settings as answer;
use super::parse::{self, PolicyChange, Said, SenderChanging};
use super::problems::Failed;
use crate::store::Store;

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
        let change = PolicyChange::try_from(request)?;
        let apply = |policy: &mut _| change.apply(policy);
        let stored = self.store.change_policy(&change.tenant, change.version, apply).await?;
        Ok(answer::policy(&change.tenant, &stored))
    }

    async fn set_consent(
        &self,
        request: &pb::SetContactConsentRequest,
    ) -> Result<pb::Consent, Failed> {
        let Said { tenant, contact, state, source, occurred_at } = Said::try_from(request)?;
        let holds = self.store.set_consent(&tenant, &contact, state, &source, occurred_at).await?;
        Ok(answer::consent(&contact, Some(holds)))
    }

    async fn consent(&self, request: &pb::GetContactConsentRequest) -> Result<pb::Consent, Failed> {
        let (tenant, contact) = parse::contact(request)?;
        Ok(answer::consent(&contact, self.store.consent(&tenant, &contact).await?))
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
        let consent = Some(self.consent(request.get_ref()).await?);
        Ok(Response::new(pb::GetContactConsentResponse { consent }))
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
}
