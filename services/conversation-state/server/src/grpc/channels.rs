//! The handlers of `ChannelService`.

use std::sync::Arc;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::fields::Fields;
use azeer_runtime::problem::Problem;
use azeer_runtime::tokens::{self, AfterToken};
use azeer_runtime::wire::etag;
use conversation_state_core::{ChannelId, TenantId};
use prost::Message as _;
use tonic::{Request, Response, Status};

use super::answer;
use super::parse::{ChannelChange, ChannelPage};
use super::problems::Failed;
use crate::store::Store;

/// A page ends before it is larger than this: routing rules can make channels large, and clients take
/// 4 MiB at once.
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// Serves `ChannelService`.
pub(super) struct Channels {
    store: Arc<Store>,
}

impl Channels {
    pub(super) fn new(store: Arc<Store>) -> Self {
        Self { store }
    }

    async fn get(&self, request: &pb::GetChannelRequest) -> Result<pb::GetChannelResponse, Failed> {
        let (tenant, channel) = parse_get(request)?;
        let settings = self.store.channel(&tenant, &channel).await?;
        Ok(pb::GetChannelResponse { channel: Some(answer::channel(&tenant, settings)) })
    }

    async fn upsert(
        &self,
        request: &pb::UpsertChannelRequest,
    ) -> Result<pb::UpsertChannelResponse, Failed> {
        let change = ChannelChange::try_from(request)?;
        let settings = self
            .store
            .change_channel(&change.tenant, &change.channel, |settings| {
                let given = &request.etag;
                if !given.is_empty() && *given != etag(settings.version) {
                    let mismatch = Problem::etag_mismatch("channel", settings.version);
                    return Err(Failed::from(mismatch));
                }
                change.apply(settings);
                Ok(())
            })
            .await?;
        let channel = Some(answer::channel(&change.tenant, settings));
        Ok(pb::UpsertChannelResponse { channel })
    }

    async fn list(
        &self,
        request: &pb::ListChannelsRequest,
    ) -> Result<pb::ListChannelsResponse, Failed> {
        let page = ChannelPage::try_from(request)?;
        let limit = i64::try_from(page.limit + 1).unwrap_or(i64::MAX);
        let found = self.store.channels(&page.tenant, &page.after, limit).await?;
        let all = found.len();
        let (mut channels, mut bytes) = (Vec::new(), 0);
        for settings in found.into_iter().take(page.limit) {
            let channel = answer::channel(&page.tenant, settings);
            bytes += channel.encoded_len();
            if bytes > MOST_BYTES && !channels.is_empty() {
                break;
            }
            channels.push(channel);
        }
        let next_page_token = match channels.last() {
            Some(last) if channels.len() < all => {
                let last = last.channel_id.clone();
                tokens::write(&AfterToken { arguments: page.arguments, last })
            }
            _ => String::new(),
        };
        Ok(pb::ListChannelsResponse { channels, next_page_token })
    }
}

fn parse_get(request: &pb::GetChannelRequest) -> Result<(TenantId, ChannelId), Problem> {
    let mut fields = Fields::new();
    let tenant = fields.take("tenant_id", TenantId::parse(&request.tenant_id));
    let channel = fields.take("channel_id", ChannelId::parse(&request.channel_id));
    fields.finish(|| Some((tenant?, channel?)))
}

#[tonic::async_trait]
impl pb::channel_service_server::ChannelService for Channels {
    async fn get_channel(
        &self,
        request: Request<pb::GetChannelRequest>,
    ) -> Result<Response<pb::GetChannelResponse>, Status> {
        Ok(Response::new(self.get(request.get_ref()).await?))
    }

    async fn upsert_channel(
        &self,
        request: Request<pb::UpsertChannelRequest>,
    ) -> Result<Response<pb::UpsertChannelResponse>, Status> {
        Ok(Response::new(self.upsert(request.get_ref()).await?))
    }

    async fn list_channels(
        &self,
        request: Request<pb::ListChannelsRequest>,
    ) -> Result<Response<pb::ListChannelsResponse>, Status> {
        Ok(Response::new(self.list(request.get_ref()).await?))
    }
}
