//! A conversation-state that counts what it is asked and answers as the test says.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::server;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use pb::conversation_service_server::SERVICE_NAME;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::{NamedService, UnaryService};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use uuid::Uuid;

/// A contact whose batch waits until it is let through.
pub(crate) const SLOW: &str = "slow";

/// Refuses batches that hold certain contacts, or takes them.
type Refuse = Box<dyn Fn(&BTreeSet<String>) -> Result<(), Status> + Send + Sync>;

/// One that serves.
pub(crate) struct Fake {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    _server: server::Server,
}

struct State {
    refuse: Refuse,
    begun: Semaphore,
    through: Semaphore,
    batches: Mutex<Vec<BTreeSet<String>>>,
}

impl Fake {
    /// Answers all it is asked. Versions are the batches' numbers.
    pub(crate) async fn start() -> Self {
        Self::refusing(|_| Ok(())).await
    }

    pub(crate) async fn refusing(
        refuse: impl Fn(&BTreeSet<String>) -> Result<(), Status> + Send + Sync + 'static,
    ) -> Self {
        let state = Arc::new(State {
            refuse: Box::new(refuse),
            begun: Semaphore::new(0),
            through: Semaphore::new(0),
            batches: Mutex::default(),
        });
        let service = server::Service {
            names: vec![SERVICE_NAME],
            routes: Routes::new(Serve(Arc::clone(&state))),
            descriptors: pb::FILE_DESCRIPTOR_SET,
            error_domain: "conversation.azeer",
        };
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = server::Server::start(any, service).await.unwrap();
        Self { address: server.local_addr(), state, _server: server }
    }

    /// Waits until one more batch has begun.
    pub(crate) async fn begun(&self) {
        self.state.begun.acquire().await.unwrap().forget();
    }

    /// Lets one batch with [`SLOW`] through.
    pub(crate) fn let_through(&self) {
        self.state.through.add_permits(1);
    }

    /// The contacts of each batch.
    pub(crate) fn batches(&self) -> Vec<BTreeSet<String>> {
        self.state.batches.lock().unwrap().clone()
    }
}

impl State {
    async fn answer(
        &self,
        asked: pb::BatchGetSendContextsRequest,
    ) -> Result<pb::BatchGetSendContextsResponse, Status> {
        let contact = |request: &pb::GetSendContextRequest| {
            request.contact.as_ref().map(|contact| contact.contact_id.clone()).unwrap()
        };
        let contacts: BTreeSet<_> = asked.requests.iter().map(contact).collect();
        let number = {
            let mut batches = self.batches.lock().unwrap();
            batches.push(contacts.clone());
            batches.len()
        };
        self.begun.add_permits(1);
        if contacts.contains(SLOW) {
            self.through.acquire().await.unwrap().forget();
        }
        (self.refuse)(&contacts)?;
        let context = |request: &pb::GetSendContextRequest| pb::SendContext {
            found: true,
            conversation_id: Uuid::nil().to_string(),
            channel_id: "main".into(),
            contact_ids: vec![contact(request)],
            handler: Some(pb::Handler {
                kind: pb::HandlerKind::Human.into(),
                epoch: 1,
                ..Default::default()
            }),
            version: i64::try_from(number).unwrap(),
            ..Default::default()
        };
        Ok(pb::BatchGetSendContextsResponse {
            as_of: Some(prost_types::Timestamp::default()),
            contexts: asked.requests.iter().map(context).collect(),
        })
    }
}

/// The one RPC that is served.
#[derive(Clone)]
struct Serve(Arc<State>);

impl NamedService for Serve {
    const NAME: &'static str = SERVICE_NAME;
}

impl Service<http::Request<Body>> for Serve {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        assert!(request.uri().path().ends_with("/BatchGetSendContexts"), "{request:?}");
        let answer = Unary(Arc::clone(&self.0));
        let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
        async move { Ok(grpc.unary(answer, request).await) }.boxed()
    }
}

struct Unary(Arc<State>);

impl UnaryService<pb::BatchGetSendContextsRequest> for Unary {
    type Response = pb::BatchGetSendContextsResponse;
    type Future = BoxFuture<'static, Result<Response<Self::Response>, Status>>;

    fn call(&mut self, request: Request<pb::BatchGetSendContextsRequest>) -> Self::Future {
        let state = Arc::clone(&self.0);
        async move { state.answer(request.into_inner()).await.map(Response::new) }.boxed()
    }
}
