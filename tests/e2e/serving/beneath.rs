//! Requests that no handler sees: what the transport refuses is told like any other error.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use prost::Message;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

use crate::support::{at_noon, bad_fields, send, told};

/// Any request whose first two fields are texts, messages or bytes.
#[derive(Clone, PartialEq, Message)]
struct Raw {
    #[prost(bytes = "vec", tag = "1")]
    first: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    second: Vec<u8>,
}

const NO_TEXT: &[u8] = b"\xff\xfe";

async fn refused(channel: &Channel, path: &str, request: Raw) -> Status {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let path = path.parse().unwrap();
    let codec = ProstCodec::<Raw, ()>::default();
    client.unary(Request::new(request), path, codec).await.expect_err("no handler takes it")
}

#[tokio::test]
async fn what_is_no_protobuf_names_its_field() {
    let (service, _) = at_noon().await;
    let channel = &service.clients.channel;
    let malformed = (Code::InvalidArgument, "MALFORMED_REQUEST".to_owned());
    let tenant = || ops::TENANT.as_bytes().to_vec();

    let counts = "/azeer.conversation.v1.ConversationService/GetTabCounts";
    let request = Raw { first: NO_TEXT.to_vec(), second: Vec::new() };
    let status = refused(channel, counts, request).await;
    assert_eq!(told(&status), malformed);
    assert!(status.message().contains("GetTabCountsRequest.tenant_id: "), "{status:?}");
    assert_eq!(bad_fields(&status), ["tenant_id".to_owned()].into());

    let upsert = "/azeer.conversation.v1.ChannelService/UpsertChannel";
    let given = Raw { first: tenant(), second: NO_TEXT.to_vec() };
    let request = Raw { first: tenant(), second: given.encode_to_vec() };
    let status = refused(channel, upsert, request).await;
    assert_eq!(told(&status), malformed);
    assert_eq!(bad_fields(&status), ["channel.channel_id".to_owned()].into());

    let request = Raw { first: tenant(), second: NO_TEXT.to_vec() };
    let status = refused(channel, upsert, request).await;
    assert_eq!(told(&status), malformed, "{status:?}");
}

#[tokio::test]
async fn what_is_too_large_is_refused_as_such() {
    let (service, _) = at_noon().await;
    let tenant_id = ops::TENANT.into();
    let request = pb::IngestWebhookRequest { tenant_id, body: vec![b' '; 5 << 20] };
    let answer = send::<_, pb::IngestWebhookResponse>(service.clients.channel.clone(), request);
    let status = answer.await.unwrap_err();
    assert_eq!(told(&status), (Code::InvalidArgument, "REQUEST_TOO_LARGE".to_owned()));
}

#[tokio::test]
async fn what_nobody_serves_is_told_as_such() {
    let (service, _) = at_noon().await;
    let unknown = (Code::Unimplemented, "UNKNOWN_METHOD".to_owned());
    for path in [
        "/azeer.conversation.v1.ConversationService/Forget",
        "/azeer.conversation.v2.ConversationService/GetTabCounts",
        "/grpc.health.v1.Health/Forget",
    ] {
        let status = refused(&service.clients.channel, path, Raw::default()).await;
        assert_eq!(told(&status), unknown, "{path}");
    }
}
