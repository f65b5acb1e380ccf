//! A conversation-state that counts what it is told, and fails at certain messages.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use azeer_proto::conversation::v1 as pb;
use azeer_runtime::server;
use azeer_tests::service::any_port;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use pb::conversation_service_server::SERVICE_NAME;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::{NamedService, UnaryService};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

/// How often it was told of each message.
type Told = Arc<Mutex<BTreeMap<String, usize>>>;

/// One that serves.
pub(super) struct Fake {
    pub(super) address: SocketAddr,
    told: Told,
    _server: server::Server,
}

impl Fake {
    /// A message at which it says that it can't answer.
    pub(super) const FAILS: &str = "fails";
    /// One that it never answers.
    pub(super) const NEVER: &str = "never";
    /// One that is too much for it.
    pub(super) const FULL: &str = "full";

    pub(super) async fn start() -> Self {
        let told = Told::default();
        let service = server::Service {
            names: vec![SERVICE_NAME],
            routes: Routes::new(Serve(Arc::clone(&told))),
            descriptors: pb::FILE_DESCRIPTOR_SET,
            error_domain: "conversation.azeer",
        };
        let server = server::Server::start(any_port(), service).await.unwrap();
        Self { address: server.local_addr(), told, _server: server }
    }

    pub(super) fn told(&self) -> BTreeMap<String, usize> {
        self.told.lock().unwrap().clone()
    }
}

/// The one RPC that is served.
#[derive(Clone)]
struct Serve(Told);

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
        assert!(request.uri().path().ends_with("/RecordOutboundMessage"), "{request:?}");
        let answer = Unary(Arc::clone(&self.0));
        let mut grpc = tonic::server::Grpc::new(ProstCodec::default());
        async move { Ok(grpc.unary(answer, request).await) }.boxed()
    }
}

struct Unary(Told);

impl UnaryService<pb::RecordOutboundMessageRequest> for Unary {
    type Response = pb::RecordOutboundMessageResponse;
    type Future = BoxFuture<'static, Result<Response<Self::Response>, Status>>;

    fn call(&mut self, request: Request<pb::RecordOutboundMessageRequest>) -> Self::Future {
        let told = Arc::clone(&self.0);
        async move {
            let message = request.into_inner().message_id;
            *told.lock().unwrap().entry(message.clone()).or_default() += 1;
            match message.as_str() {
                Fake::FAILS => Err(Status::unavailable("it fails")),
                Fake::NEVER => std::future::pending().await,
                Fake::FULL => Err(Status::resource_exhausted("it is too much")),
                _ => Ok(Response::new(pb::RecordOutboundMessageResponse::default())),
            }
        }
        .boxed()
    }
}
