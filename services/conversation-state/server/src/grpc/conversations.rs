//! The handlers of `ConversationService`.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{self, AfterToken};
use azeer_runtime::wire::timestamp;
use tonic::{Request, Response, Status};

use super::parse::{Batch, Counting, EventPage, Listing, Lookup};
use super::problems::{Failed, not_found};
use super::tokens::{ListToken, resume};
use super::{answer, contexts, erasure, ingest, watch};
use crate::store::{AsOf, Store, Target, Write};
use crate::watch::Hub;

/// Serves `ConversationService`.
pub(super) struct Conversations {
    store: Arc<Store>,
    hub: Arc<Hub>,
}

impl Conversations {
    pub(super) fn new(store: Arc<Store>, hub: Arc<Hub>) -> Self {
        Self { store, hub }
    }

    /// Writes what a request asks for. `told_at` names its field that says when, if it has one.
    async fn write<'a, R>(
        &self,
        request: &'a R,
        told_at: &str,
    ) -> Result<(Option<pb::Conversation>, bool), Failed>
    where
        Write: TryFrom<&'a R, Error = Problem>,
    {
        let write = Write::try_from(request)?;
        let (tenant, target) = (write.tenant.clone(), write.target.clone());
        let written = self.store.write(write).await;
        let written = written.map_err(|error| Failed::of_write(error, &target, told_at))?;
        let duplicate = written.is_duplicate();
        let conversation = answer::conversation(&tenant, written.conversation, written.as_of, "");
        Ok((Some(conversation), duplicate))
    }

    async fn get(
        &self,
        request: &pb::GetConversationRequest,
    ) -> Result<pb::GetConversationResponse, Failed> {
        let Lookup { tenant, target, messages } = Lookup::of_get(request)?;
        let AsOf { found, as_of } = self.store.conversation(&tenant, &target, &messages).await?;
        let (found, _) = found.ok_or_else(|| not_found(&target))?;
        let conversation = answer::conversation(&tenant, found, as_of, &request.language_code);
        Ok(pb::GetConversationResponse { conversation: Some(conversation) })
    }

    async fn batch_get(
        &self,
        request: &pb::BatchGetConversationsRequest,
    ) -> Result<pb::BatchGetConversationsResponse, Failed> {
        let Batch { tenant, ids, as_written } = Batch::new(request)?;
        let AsOf { found, as_of } = self.store.conversations(&tenant, &ids).await?;
        let mut found: HashMap<_, _> = found.into_iter().collect();
        // Two ids may have become one conversation: it is answered once.
        let mut told = HashSet::new();
        let mut answer = pb::BatchGetConversationsResponse::default();
        for (id, as_written) in ids.iter().zip(as_written) {
            match found.remove(id) {
                Some(c) if told.insert(c.id) => answer.conversations.push(answer::conversation(
                    &tenant,
                    c,
                    as_of,
                    &request.language_code,
                )),
                Some(_) => {}
                None => answer.not_found_ids.push(as_written.to_owned()),
            }
        }
        Ok(answer)
    }

    async fn send_context(
        &self,
        request: &pb::GetSendContextRequest,
    ) -> Result<pb::GetSendContextResponse, Failed> {
        let Lookup { tenant, target, messages } = Lookup::of_context(request)?;
        let AsOf { found, as_of } = self.store.conversation(&tenant, &target, &messages).await?;
        let mut answer =
            pb::GetSendContextResponse { as_of: Some(timestamp(as_of)), ..Default::default() };
        match found {
            Some((conversation, seen)) => {
                answer.version = conversation.version;
                answer.conversation = Some(answer::conversation(&tenant, conversation, as_of, ""));
                answer.inbound_messages = seen.iter().map(answer::inbound_message).collect();
            }
            // A contact whom nobody knows is a fact; an id that nobody gave out is a mistake.
            None if !request.conversation_id.is_empty() => return Err(not_found(&target)),
            None => {}
        }
        Ok(answer)
    }

    async fn list(
        &self,
        request: &pb::ListConversationsRequest,
    ) -> Result<pb::ListConversationsResponse, Failed> {
        let Listing { tenant, query, arguments } = Listing::try_from(request)?;
        let page = self.store.list(&tenant, query).await?;
        let next = page.next.map(|next| ListToken::new(arguments, page.as_of, next));
        let language = &request.language_code;
        Ok(pb::ListConversationsResponse {
            conversations: page
                .conversations
                .into_iter()
                .map(|c| answer::conversation(&tenant, c, page.as_of, language))
                .collect(),
            next_page_token: next.as_ref().map(tokens::write).unwrap_or_default(),
            as_of: Some(timestamp(page.as_of)),
            resume_token: resume(&tenant, page.revision),
        })
    }

    async fn tab_counts(
        &self,
        request: &pb::GetTabCountsRequest,
    ) -> Result<pb::GetTabCountsResponse, Failed> {
        let Counting { tenant, filter, soon } = Counting::try_from(request)?;
        let counts = self.store.tab_counts(&tenant, &filter, soon).await?;
        Ok(pb::GetTabCountsResponse {
            open: counts.open,
            expired: counts.expired,
            closed: counts.closed,
            bot: counts.bot,
            awaiting_reply: counts.awaiting_reply,
            expiring_soon: counts.expiring_soon,
            as_of: Some(timestamp(counts.as_of)),
            resume_token: resume(&tenant, counts.revision),
        })
    }

    async fn events(
        &self,
        request: &pb::ListConversationEventsRequest,
    ) -> Result<pb::ListConversationEventsResponse, Failed> {
        let EventPage { tenant, conversation, after, limit, arguments } =
            EventPage::try_from(request)?;
        let one_more = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let found = self.store.events(&tenant, conversation, after, one_more).await?;
        let mut found = found.ok_or_else(|| not_found(&Target::Conversation(conversation)))?;
        let more = found.len() > limit;
        found.truncate(limit);
        let next_page_token = match found.last() {
            Some(last) if more => tokens::write(&AfterToken { arguments, last: last.revision }),
            _ => String::new(),
        };
        let events = found.into_iter().map(answer::event).collect();
        Ok(pb::ListConversationEventsResponse { events, next_page_token })
    }
}

#[tonic::async_trait]
impl pb::conversation_service_server::ConversationService for Conversations {
    async fn record_inbound_message(
        &self,
        request: Request<pb::RecordInboundMessageRequest>,
    ) -> Result<Response<pb::RecordInboundMessageResponse>, Status> {
        let (conversation, duplicate) = self.write(request.get_ref(), "occurred_at").await?;
        Ok(Response::new(pb::RecordInboundMessageResponse { conversation, duplicate }))
    }

    async fn record_outbound_message(
        &self,
        request: Request<pb::RecordOutboundMessageRequest>,
    ) -> Result<Response<pb::RecordOutboundMessageResponse>, Status> {
        let (conversation, duplicate) = self.write(request.get_ref(), "occurred_at").await?;
        Ok(Response::new(pb::RecordOutboundMessageResponse { conversation, duplicate }))
    }

    async fn ingest_webhook(
        &self,
        request: Request<pb::IngestWebhookRequest>,
    ) -> Result<Response<pb::IngestWebhookResponse>, Status> {
        Ok(Response::new(ingest::webhook(&self.store, request.get_ref()).await?))
    }

    async fn report_window_closed(
        &self,
        request: Request<pb::ReportWindowClosedRequest>,
    ) -> Result<Response<pb::ReportWindowClosedResponse>, Status> {
        let (conversation, _) = self.write(request.get_ref(), "sent_at").await?;
        Ok(Response::new(pb::ReportWindowClosedResponse { conversation }))
    }

    async fn close_conversation(
        &self,
        request: Request<pb::CloseConversationRequest>,
    ) -> Result<Response<pb::CloseConversationResponse>, Status> {
        let (conversation, _) = self.write(request.get_ref(), "").await?;
        Ok(Response::new(pb::CloseConversationResponse { conversation }))
    }

    async fn reopen_conversation(
        &self,
        request: Request<pb::ReopenConversationRequest>,
    ) -> Result<Response<pb::ReopenConversationResponse>, Status> {
        let (conversation, _) = self.write(request.get_ref(), "").await?;
        Ok(Response::new(pb::ReopenConversationResponse { conversation }))
    }

    async fn hand_off_conversation(
        &self,
        request: Request<pb::HandOffConversationRequest>,
    ) -> Result<Response<pb::HandOffConversationResponse>, Status> {
        let (conversation, _) = self.write(request.get_ref(), "").await?;
        Ok(Response::new(pb::HandOffConversationResponse { conversation }))
    }

    async fn return_to_bot(
        &self,
        request: Request<pb::ReturnToBotRequest>,
    ) -> Result<Response<pb::ReturnToBotResponse>, Status> {
        let (conversation, _) = self.write(request.get_ref(), "").await?;
        Ok(Response::new(pb::ReturnToBotResponse { conversation }))
    }

    async fn assign_conversation(
        &self,
        request: Request<pb::AssignConversationRequest>,
    ) -> Result<Response<pb::AssignConversationResponse>, Status> {
        let (conversation, _) = self.write(request.get_ref(), "").await?;
        Ok(Response::new(pb::AssignConversationResponse { conversation }))
    }

    async fn get_conversation(
        &self,
        request: Request<pb::GetConversationRequest>,
    ) -> Result<Response<pb::GetConversationResponse>, Status> {
        Ok(Response::new(self.get(request.get_ref()).await?))
    }

    async fn batch_get_conversations(
        &self,
        request: Request<pb::BatchGetConversationsRequest>,
    ) -> Result<Response<pb::BatchGetConversationsResponse>, Status> {
        Ok(Response::new(self.batch_get(request.get_ref()).await?))
    }

    async fn get_send_context(
        &self,
        request: Request<pb::GetSendContextRequest>,
    ) -> Result<Response<pb::GetSendContextResponse>, Status> {
        Ok(Response::new(self.send_context(request.get_ref()).await?))
    }

    async fn batch_get_send_contexts(
        &self,
        request: Request<pb::BatchGetSendContextsRequest>,
    ) -> Result<Response<pb::BatchGetSendContextsResponse>, Status> {
        Ok(Response::new(contexts::batch_get(&self.store, request.get_ref()).await?))
    }

    async fn list_conversations(
        &self,
        request: Request<pb::ListConversationsRequest>,
    ) -> Result<Response<pb::ListConversationsResponse>, Status> {
        Ok(Response::new(self.list(request.get_ref()).await?))
    }

    async fn get_tab_counts(
        &self,
        request: Request<pb::GetTabCountsRequest>,
    ) -> Result<Response<pb::GetTabCountsResponse>, Status> {
        Ok(Response::new(self.tab_counts(request.get_ref()).await?))
    }

    async fn list_conversation_events(
        &self,
        request: Request<pb::ListConversationEventsRequest>,
    ) -> Result<Response<pb::ListConversationEventsResponse>, Status> {
        Ok(Response::new(self.events(request.get_ref()).await?))
    }

    type WatchConversationsStream = watch::Answers;

    async fn watch_conversations(
        &self,
        request: Request<pb::WatchConversationsRequest>,
    ) -> Result<Response<watch::Answers>, Status> {
        Ok(Response::new(watch::begin(&self.hub, request.get_ref()).await?))
    }

    async fn erase_contact(
        &self,
        request: Request<pb::EraseContactRequest>,
    ) -> Result<Response<pb::EraseContactResponse>, Status> {
        erasure::erase(&self.store, request.get_ref()).await?;
        Ok(Response::new(pb::EraseContactResponse {}))
    }
}
