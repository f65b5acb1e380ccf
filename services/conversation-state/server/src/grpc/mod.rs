//! The gRPC side: thin handlers that check a request, call the store, and tell what came of it.
//!
//! - [`conversations`], [`channels`]: the handlers of the two services
//! - [`parse`]: requests to domain values, all bad fields at once
//! - [`answer`]: domain values to answers
//! - [`problems`]: the one place where errors become statuses
//! - [`contexts`]: the facts that many sends need
//! - [`ingest`]: webhook bodies
//! - [`watch`]: streams of events
//! - [`tokens`]: page and resume tokens

mod answer;
mod channels;
mod contexts;
mod conversations;
mod erasure;
mod ingest;
mod parse;
mod problems;
mod tokens;
mod watch;

use std::sync::Arc;

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::server::Service;
use tonic::service::Routes;

use crate::store::Store;
use crate::watch::Hub;

/// What the server serves over a store and what is told of it.
pub(crate) fn service(store: &Arc<Store>, hub: &Arc<Hub>) -> Service {
    use pb::channel_service_server::{ChannelServiceServer, SERVICE_NAME as CHANNELS};
    use pb::conversation_service_server::{
        ConversationServiceServer, SERVICE_NAME as CONVERSATIONS,
    };
    let conversations = conversations::Conversations::new(Arc::clone(store), Arc::clone(hub));
    let channels = channels::Channels::new(Arc::clone(store));
    let routes = Routes::new(ConversationServiceServer::new(conversations))
        .add_service(ChannelServiceServer::new(channels));
    Service {
        names: vec![CONVERSATIONS, CHANNELS],
        routes,
        descriptors: pb::FILE_DESCRIPTOR_SET,
        error_domain: problems::DOMAIN,
    }
}
