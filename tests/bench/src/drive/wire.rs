//! A gRPC client that does as little as possible: frames go to HTTP/2 as they are, answers are
//! counted and dropped. Shared cores make every microsecond of the driver a microsecond of the
//! figures.

use std::net::SocketAddr;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::RecvStream;
use h2::client::SendRequest;
use http::{HeaderMap, Request, Response, Uri};
use prost::Message;
use tokio::net::TcpStream;

use crate::error::Error;

/// More than any answer, so that the server never waits for the driver's permission to send.
const WINDOW: u32 = 1 << 24;

/// One HTTP/2 connection.
#[derive(Clone)]
pub(crate) struct Connection {
    send: SendRequest<Bytes>,
}

/// An answer.
pub(crate) struct Reply {
    /// The status's code; 0 is OK.
    pub(crate) status: u16,
    /// The message with its five bytes of length; empty where there is none.
    pub(crate) body: Bytes,
}

// === impl Connection ===

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, Error> {
        let stream =
            TcpStream::connect(address).await.map_err(Error::io("connect to the service"))?;
        stream.set_nodelay(true).map_err(Error::io("set up a connection"))?;
        let (send, connection) = h2::client::Builder::new()
            .initial_window_size(WINDOW)
            .initial_connection_window_size(WINDOW)
            .handshake(stream)
            .await?;
        // It ends with the last handle; what breaks is told to the calls.
        tokio::spawn(connection);
        Ok(Self { send })
    }

    async fn send(&self, uri: Uri, body: Bytes) -> Result<Response<RecvStream>, Error> {
        let request = Request::post(uri)
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .map_err(|_| Error::Answer("a request that HTTP does not allow".into()))?;
        let (response, mut stream) =
            self.send.clone().ready().await?.send_request(request, false)?;
        stream.send_data(body, true)?;
        Ok(response.await?)
    }

    /// Calls `uri`, which answers with many messages.
    pub(crate) async fn stream(&self, uri: Uri, body: Bytes) -> Result<Stream, Error> {
        let answer = self.send(uri, body).await?.into_body();
        Ok(Stream { answer, buffer: BytesMut::new() })
    }

    /// Calls `uri`, and keeps the answer's bytes where `keep` says so.
    pub(crate) async fn call(&self, uri: Uri, body: Bytes, keep: bool) -> Result<Reply, Error> {
        let (head, mut answer) = self.send(uri, body).await?.into_parts();
        let mut kept = BytesMut::new();
        while let Some(data) = answer.data().await {
            let data = data?;
            answer.flow_control().release_capacity(data.len())?;
            if keep {
                kept.extend_from_slice(&data);
            }
        }
        // Answers without a message carry the status in their head.
        let status = match status(&head.headers) {
            Some(status) => status,
            None => answer.trailers().await?.as_ref().and_then(status).unwrap_or(2),
        };
        Ok(Reply { status, body: kept.freeze() })
    }
}

/// The messages of a call that answers with many.
pub(crate) struct Stream {
    answer: RecvStream,
    /// What has come of the next messages.
    buffer: BytesMut,
}

impl Stream {
    /// The next message; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        loop {
            if let Some(head) = self.buffer.first_chunk::<5>() {
                let [_, length @ ..] = *head;
                let whole = 5 + usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
                if self.buffer.len() >= whole {
                    return Ok(Some(self.buffer.split_to(whole).freeze().slice(5..)));
                }
            }
            let Some(data) = self.answer.data().await else { return Ok(None) };
            let data = data?;
            self.answer.flow_control().release_capacity(data.len())?;
            self.buffer.extend_from_slice(&data);
        }
    }
}

/// Calls one after the other, and reads what is answered.
pub(crate) struct Client {
    connection: Connection,
    host: String,
}

// === impl Client ===

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Self, Error> {
        let connection = Connection::open(address).await?;
        Ok(Self { connection, host: format!("http://{address}") })
    }

    /// Calls a method of one of the services.
    pub(crate) async fn ask<R: Message + Default>(
        &self,
        method: &str,
        request: &impl Message,
    ) -> Result<R, Error> {
        let uri = format!("{}{}", self.host, path(method));
        let uri = uri.parse().map_err(|_| Error::Wrong(format!("{uri} is no URI")))?;
        let reply = self.connection.call(uri, frame(request), true).await?;
        if reply.status != 0 {
            return Err(Error::Answer(format!("{method} with status code {}", reply.status)));
        }
        let message = reply.body.get(5..).unwrap_or_default();
        R::decode(message).map_err(|error| Error::Answer(format!("{method} with {error}")))
    }
}

/// Where a method is served.
pub(crate) fn path(method: &str) -> String {
    match method {
        "Check" => "/grpc.health.v1.Health/Check".to_owned(),
        "CheckSend" | "AuthorizeSend" => {
            format!("/azeer.policy.v1.MessagingPolicyService/{method}")
        }
        "GetChannel" | "ListChannels" => format!("/azeer.conversation.v1.ChannelService/{method}"),
        _ => format!("/azeer.conversation.v1.ConversationService/{method}"),
    }
}

/// A message as gRPC sends it: uncompressed, its length first.
pub(crate) fn frame(message: &impl Message) -> Bytes {
    let length = message.encoded_len();
    let mut framed = BytesMut::with_capacity(5 + length);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(length).unwrap_or(u32::MAX));
    framed.put(message.encode_to_vec().as_slice());
    framed.freeze()
}

fn status(headers: &HeaderMap) -> Option<u16> {
    headers.get("grpc-status")?.to_str().ok()?.parse().ok()
}
