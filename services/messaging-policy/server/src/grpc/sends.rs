//! The handlers of `MessagingPolicyService`.

use std::sync::Arc;

use azeer_domain::{MessageId, Target};
use azeer_proto::policy::v1 as pb;
use azeer_runtime::tokens::{self, AfterToken};
use tokio::time::Instant;
use tonic::{Request, Response, Status};

use super::answer::{self, Telling};
use super::parse::{Authorizing, Checking, Listing, Lookup};
use super::problems::{Failed, no_conversation, no_decision};
use super::{deadline, erasure, outcomes, permits, replay, webhooks};
use crate::ask::Ask;
use crate::conversation::{Ask as Question, Context, Conversations};
use crate::permits::Permits;
use crate::replay::Replays;
use crate::store::{Item, Store};

/// Serves `MessagingPolicyService`.
pub(super) struct Sends {
    store: Arc<Store>,
    conversations: Arc<Conversations>,
    permits: Arc<Permits>,
    replays: Arc<Replays>,
}

impl Sends {
    pub(super) fn new(
        store: Arc<Store>,
        conversations: Arc<Conversations>,
        permits: Arc<Permits>,
        replays: Arc<Replays>,
    ) -> Self {
        Self { store, conversations, permits, replays }
    }

    /// What conversation-state says now.
    async fn context(&self, ask: &Ask, until: Instant) -> Result<Context, Failed> {
        let question = Question {
            tenant: ask.tenant.clone(),
            subject: ask.target.clone(),
            inbound_messages: messages_to_verify(ask),
        };
        let context = self.conversations.context(&question, until).await?;
        // A contact whom nobody knows is a fact; an id that nobody gave out is a mistake.
        match (&context.conversation, &ask.target) {
            (None, Target::Conversation(_)) => Err(no_conversation(&ask.target)),
            _ => Ok(context),
        }
    }

    async fn check(
        &self,
        request: &pb::CheckSendRequest,
        facts_until: Instant,
    ) -> Result<pb::CheckSendResponse, Failed> {
        let Checking { ask, view } = Checking::try_from(request)?;
        let context = self.context(&ask, facts_until).await?;
        let item = Item { ask, context, request: None, permit_key: None };
        let recorded = self.store.decide(item).await?;
        let telling = Telling::new(&request.language_code, view);
        Ok(pb::CheckSendResponse { decision: Some(answer::decision(recorded, telling)) })
    }

    async fn authorize(
        &self,
        request: &pb::AuthorizeSendRequest,
        facts_until: Instant,
    ) -> Result<pb::AuthorizeSendResponse, Failed> {
        let Authorizing { ask, request: id, view } = Authorizing::try_from(request)?;
        let recorded = match self.context(&ask, facts_until).await {
            Ok(context) => {
                let permit_key = self.permits.current_key();
                let item = Item { ask, context, request: Some(id), permit_key };
                self.store.decide(item).await?
            }
            // What was decided needs no facts any more.
            Err(failed) => self.store.decided(&ask.tenant, &id).await?.ok_or(failed)??,
        };
        let permit = permits::permit(&self.permits, &recorded)?;
        let telling = Telling::new(&request.language_code, view);
        let mut decision = answer::decision(recorded, telling);
        permits::add(&mut decision, permit);
        Ok(pb::AuthorizeSendResponse { decision: Some(decision) })
    }

    async fn get(
        &self,
        request: &pb::GetDecisionRequest,
    ) -> Result<pb::GetDecisionResponse, Failed> {
        let Lookup { tenant, id, view } = Lookup::try_from(request)?;
        let recorded = self.store.decision(&tenant, id).await?;
        let recorded = recorded.ok_or_else(|| no_decision(&request.decision_id))?;
        let telling = Telling::new(&request.language_code, view);
        Ok(pb::GetDecisionResponse { decision: Some(answer::decision(recorded, telling)) })
    }

    async fn list(
        &self,
        request: &pb::ListDecisionsRequest,
    ) -> Result<pb::ListDecisionsResponse, Failed> {
        let Listing { tenant, history, view, arguments } = Listing::try_from(request)?;
        let page = self.store.decisions(&tenant, &history).await?;
        let next = page.next.map(|last| tokens::write(&AfterToken { arguments, last }));
        let telling = Telling::new(&request.language_code, view);
        let decisions = page.decisions.into_iter();
        Ok(pb::ListDecisionsResponse {
            decisions: decisions.map(|decision| answer::decision(decision, telling)).collect(),
            next_page_token: next.unwrap_or_default(),
        })
    }
}

/// The message that a justification refers to, where it must be one of the customer's.
fn messages_to_verify(ask: &Ask) -> Vec<MessageId> {
    let given = ask.justification.as_ref();
    let refers = given.filter(|given| given.reason.answers_a_message());
    refers.and_then(|given| MessageId::parse(&given.reference).ok()).into_iter().collect()
}

#[tonic::async_trait]
impl pb::messaging_policy_service_server::MessagingPolicyService for Sends {
    async fn check_send(
        &self,
        request: Request<pb::CheckSendRequest>,
    ) -> Result<Response<pb::CheckSendResponse>, Status> {
        let facts_until = deadline::for_facts(request.metadata());
        Ok(Response::new(self.check(request.get_ref(), facts_until).await?))
    }

    async fn authorize_send(
        &self,
        request: Request<pb::AuthorizeSendRequest>,
    ) -> Result<Response<pb::AuthorizeSendResponse>, Status> {
        let facts_until = deadline::for_facts(request.metadata());
        Ok(Response::new(self.authorize(request.get_ref(), facts_until).await?))
    }

    async fn get_decision(
        &self,
        request: Request<pb::GetDecisionRequest>,
    ) -> Result<Response<pb::GetDecisionResponse>, Status> {
        Ok(Response::new(self.get(request.get_ref()).await?))
    }

    async fn list_decisions(
        &self,
        request: Request<pb::ListDecisionsRequest>,
    ) -> Result<Response<pb::ListDecisionsResponse>, Status> {
        Ok(Response::new(self.list(request.get_ref()).await?))
    }

    async fn report_send_outcome(
        &self,
        request: Request<pb::ReportSendOutcomeRequest>,
    ) -> Result<Response<pb::ReportSendOutcomeResponse>, Status> {
        Ok(Response::new(outcomes::report(&self.store, request.get_ref()).await?))
    }

    async fn get_permit_keys(
        &self,
        _: Request<pb::GetPermitKeysRequest>,
    ) -> Result<Response<pb::GetPermitKeysResponse>, Status> {
        Ok(Response::new(permits::keys(&self.permits)))
    }

    async fn ingest_webhook(
        &self,
        request: Request<pb::IngestWebhookRequest>,
    ) -> Result<Response<pb::IngestWebhookResponse>, Status> {
        Ok(Response::new(webhooks::ingest(&self.store, request.get_ref()).await?))
    }

    type ReplayDecisionsStream = replay::Messages;

    async fn replay_decisions(
        &self,
        request: Request<pb::ReplayDecisionsRequest>,
    ) -> Result<Response<replay::Messages>, Status> {
        let messages = replay::replay(&self.replays, &self.store, request.get_ref()).await?;
        Ok(Response::new(messages))
    }

    async fn erase_contact(
        &self,
        request: Request<pb::EraseContactRequest>,
    ) -> Result<Response<pb::EraseContactResponse>, Status> {
        let until = deadline::for_facts(request.metadata());
        let (store, conversations) = (&self.store, &self.conversations);
        let erased = erasure::erase(store, conversations, request.get_ref(), until).await?;
        Ok(Response::new(erased))
    }
}
