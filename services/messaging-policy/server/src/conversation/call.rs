//! What replicas can be asked and told, and one try of it.

use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use pb::conversation_service_client::ConversationServiceClient;
use tokio::time::Instant;
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

/// How replicas are called.
pub(crate) type Client = ConversationServiceClient<Channel>;

/// A request that replicas take.
pub(crate) trait Call: Sized + Send + 'static {
    /// What they answer.
    type Told: Send + 'static;

    /// Makes the call.
    fn make(
        request: Request<Self>,
        client: Client,
    ) -> impl Future<Output = Result<Self::Told, Status>> + Send;
}

/// One try of a call.
#[derive(Debug)]
pub(crate) struct Attempt<C> {
    pub(crate) request: C,
    /// When it is given up.
    pub(crate) within: Duration,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Answer<T> {
    /// Just before it was sent.
    pub(crate) sent_at: Instant,
    pub(crate) told: T,
}

impl Call for pb::BatchGetSendContextsRequest {
    type Told = pb::BatchGetSendContextsResponse;

    async fn make(request: Request<Self>, mut client: Client) -> Result<Self::Told, Status> {
        client.batch_get_send_contexts(request).await.map(Response::into_inner)
    }
}
