//! The handlers of `TemplateService`.

use std::sync::Arc;

use azeer_proto::policy::v1 as pb;
use azeer_runtime::tokens::{self, AfterToken};
use tonic::{Request, Response, Status};

use super::answer_settings as answer;
use super::parse::{Importing, TemplateListing, TemplateLookup};
use super::problems::{Failed, no_template};
use crate::store::Store;

/// Serves `TemplateService`.
pub(super) struct Templates {
    store: Arc<Store>,
}

impl Templates {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    async fn import(
        &self,
        request: &pb::ImportTemplatesRequest,
    ) -> Result<pb::ImportTemplatesResponse, Failed> {
        let Importing { tenant, import } = Importing::try_from(request)?;
        Ok(answer::imported(self.store.import_templates(&tenant, import).await?))
    }

    async fn get(
        &self,
        request: &pb::GetTemplateRequest,
    ) -> Result<pb::GetTemplateResponse, Failed> {
        let TemplateLookup { tenant, account, name, language } = TemplateLookup::try_from(request)?;
        let settings = self.store.settings(&tenant).await?;
        let template = settings.template(&account, &name, &language)?;
        let template = template.ok_or_else(|| no_template(&account, &name, &language))?;
        Ok(pb::GetTemplateResponse { template: Some(answer::template(template)) })
    }

    async fn list(
        &self,
        request: &pb::ListTemplatesRequest,
    ) -> Result<pb::ListTemplatesResponse, Failed> {
        let TemplateListing { tenant, filter, after, limit, arguments } =
            TemplateListing::try_from(request)?;
        let settings = self.store.settings(&tenant).await?;
        let page = settings.templates(&filter, after.as_ref(), limit);
        let next = page.next.map(|last| tokens::write(&AfterToken { arguments, last }));
        Ok(pb::ListTemplatesResponse {
            templates: page.templates.into_iter().map(answer::template).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }
}

#[tonic::async_trait]
impl pb::template_service_server::TemplateService for Templates {
    async fn import_templates(
        &self,
        request: Request<pb::ImportTemplatesRequest>,
    ) -> Result<Response<pb::ImportTemplatesResponse>, Status> {
        Ok(Response::new(self.import(request.get_ref()).await?))
    }

    async fn get_template(
        &self,
        request: Request<pb::GetTemplateRequest>,
    ) -> Result<Response<pb::GetTemplateResponse>, Status> {
        Ok(Response::new(self.get(request.get_ref()).await?))
    }

    async fn list_templates(
        &self,
        request: Request<pb::ListTemplatesRequest>,
    ) -> Result<Response<pb::ListTemplatesResponse>, Status> {
        Ok(Response::new(self.list(request.get_ref()).await?))
    }
}
