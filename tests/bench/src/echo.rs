//! The yardstick of `CheckSend`: a server that answers it with what it was given at its start, and
//! does nothing else. A process of its own, on the runtime that messaging-policy has.

use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::task::{Context, Poll};

use azeer_proto::policy::v1 as pb;
use futures::FutureExt as _;
use futures::future::{BoxFuture, Ready, ready};
use pb::messaging_policy_service_server::SERVICE_NAME;
use prost::Message as _;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codegen::{Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::error::Error;

/// Reads the answer, tells the address that it serves at, and serves.
#[tokio::main]
pub(crate) async fn main() -> Result<(), Error> {
    let mut answer = Vec::new();
    io::stdin().read_to_end(&mut answer).map_err(Error::io("read what to answer"))?;
    let answer = pb::CheckSendResponse::decode(answer.as_slice());
    let answer = answer.map_err(|error| Error::Wrong(format!("what to answer: {error}")))?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
    let listener = listener.map_err(Error::io("listen"))?;
    let address = listener.local_addr().map_err(Error::io("listen"))?;
    writeln!(io::stdout(), "{address}").map_err(Error::io("tell the address"))?;
    let server =
        Server::builder().max_concurrent_streams(1_000).add_service(Echo(Arc::new(answer)));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    Ok(server.serve_with_incoming(incoming).await?)
}

/// `MessagingPolicyService`, of which only `CheckSend` is there: requests are decoded and answers are
/// encoded as the generated server does it.
#[derive(Clone)]
struct Echo(Arc<pb::CheckSendResponse>);

impl NamedService for Echo {
    const NAME: &'static str = SERVICE_NAME;
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        let mut grpc = Grpc::new(ProstCodec::default());
        async move { Ok(grpc.unary(echo, request).await) }.boxed()
    }
}

impl UnaryService<pb::CheckSendRequest> for Echo {
    type Response = pb::CheckSendResponse;
    type Future = Ready<Result<Response<Self::Response>, Status>>;

    fn call(&mut self, _: Request<pb::CheckSendRequest>) -> Self::Future {
        ready(Ok(Response::new(pb::CheckSendResponse::clone(&self.0))))
    }
}
