//! The facts that many sends need.

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::wire::timestamp;

use super::answer;
use super::parse::Contexts;
use super::problems::Failed;
use crate::store::{AsOf, SendContext, Store};

/// Handles `BatchGetSendContexts`.
pub(super) async fn batch_get(
    store: &Store,
    request: &pb::BatchGetSendContextsRequest,
) -> Result<pb::BatchGetSendContextsResponse, Failed> {
    let Contexts { keys } = Contexts::try_from(request)?;
    let AsOf { found, as_of } = store.send_contexts(&keys).await?;
    let contexts =
        found.iter().map(|found| found.as_ref().map(context).unwrap_or_default()).collect();
    Ok(pb::BatchGetSendContextsResponse { as_of: Some(timestamp(as_of)), contexts })
}

fn context(context: &SendContext) -> pb::SendContext {
    pb::SendContext {
        found: true,
        conversation_id: context.id.to_string(),
        channel_id: context.channel.to_string(),
        contact_ids: context.contacts.iter().map(ToString::to_string).collect(),
        closed: context.closed,
        handler: Some(answer::handler(&context.handler)),
        window_expires_at: context.window_expires_at.map(timestamp),
        last_inbound_at: context.last_inbound_at.map(timestamp),
        version: context.version,
        inbound_messages: context.seen.iter().map(answer::inbound_message).collect(),
    }
}
