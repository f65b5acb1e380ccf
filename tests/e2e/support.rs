//! What the tests of requests and their refusals share: any RPC by its request alone, what an
//! error says, and everything that the database holds.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use azeer_proto::conversation::v1 as pb;
use azeer_proto::policy::v1 as policy;
use azeer_tests::service::{Service, at, timestamp};
use azeer_tests::{Database, ops};
use conversation_state_core::Time;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use prost::Message;
use prost_types::FileDescriptorSet;
use tokio_postgres::Client;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt as _;

/// The packages of both services as reflection tells them.
pub(crate) static DESCRIPTORS: LazyLock<FileDescriptorSet> = LazyLock::new(|| {
    let sets = [pb::FILE_DESCRIPTOR_SET, policy::FILE_DESCRIPTOR_SET];
    let mut file: Vec<_> =
        sets.iter().flat_map(|set| FileDescriptorSet::decode(*set).unwrap().file).collect();
    // What one package takes from the other is in both sets.
    file.sort_by(|a, b| a.name.cmp(&b.name));
    file.dedup_by(|a, b| a.name == b.name);
    FileDescriptorSet { file }
});

/// The time of services whose time stands.
pub(crate) fn noon() -> Time {
    at("2026-03-01T12:00:00.5Z")
}

/// A service whose time stands at noon, and what its database holds.
pub(crate) async fn at_noon() -> (Service, Dump) {
    let service = Service::at(noon()).await;
    let dump = Dump::of(&service.database).await;
    (service, dump)
}

/// The RPC that takes `R`: its service, its name and whether it answers with a stream.
pub(crate) fn rpc<R>() -> (String, String, bool) {
    let input = std::any::type_name::<R>().replace("azeer_proto::", ".azeer.").replace("::", ".");
    for file in &DESCRIPTORS.file {
        for service in &file.service {
            for method in &service.method {
                if method.input_type() == input {
                    let service = format!("{}.{}", file.package(), service.name());
                    return (service, method.name().to_owned(), method.server_streaming());
                }
            }
        }
    }
    panic!("no RPC takes {input}");
}

/// Calls the RPC that takes `R`. Of a stream it waits for the first message.
pub(crate) async fn send<R, A>(channel: Channel, request: R) -> Result<A, Status>
where
    R: Message + 'static,
    A: Message + Default + 'static,
{
    let (service, method, streams) = rpc::<R>();
    let path: PathAndQuery = format!("/{service}/{method}").parse().unwrap();
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    let codec = ProstCodec::<R, A>::default();
    let request = Request::new(request);
    if streams {
        let mut stream = client.server_streaming(request, path, codec).await?.into_inner();
        let first = stream.message().await?;
        return first.ok_or_else(|| Status::internal("the stream ended without a message"));
    }
    client.unary(request, path, codec).await.map(tonic::Response::into_inner)
}

/// Calls an RPC that writes. All of them answer with the conversation, and those that record
/// messages with `duplicate`, under the same numbers.
pub(crate) async fn write<R: Message + 'static>(
    channel: &Channel,
    request: R,
) -> Result<(pb::Conversation, bool), Status> {
    let answer: pb::RecordInboundMessageResponse = send(channel.clone(), request).await?;
    Ok((answer.conversation.expect("writes answer with the conversation"), answer.duplicate))
}

/// A call that is not made yet, whatever its RPC.
pub(crate) struct Call {
    /// The service, with its package.
    pub(crate) service: String,
    pub(crate) rpc: String,
    make: Box<dyn Fn(Channel) -> BoxFuture<'static, Result<(), Status>>>,
}

impl Call {
    pub(crate) fn new<R: Message + Clone + 'static>(request: R) -> Self {
        let (service, rpc, _) = rpc::<R>();
        Self { service, rpc, make: Box::new(move |channel| send(channel, request.clone()).boxed()) }
    }

    pub(crate) async fn make(&self, channel: &Channel) -> Result<(), Status> {
        (self.make)(channel.clone()).await
    }
}

/// An assignment by an agent to an agent.
pub(crate) fn assign(conversation: &str, to: &str) -> pb::AssignConversationRequest {
    pb::AssignConversationRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: conversation.into(),
        actor: ops::agent("sara"),
        agent_id: to.into(),
        ..Default::default()
    }
}

/// A return to the bot by an agent.
pub(crate) fn return_to_bot(conversation: &str) -> pb::ReturnToBotRequest {
    pb::ReturnToBotRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: conversation.into(),
        actor: ops::agent("sara"),
        ..Default::default()
    }
}

/// The platform's refusal of a message that was sent at an instant.
pub(crate) fn window_closed(conversation: &str, sent_at: Time) -> pb::ReportWindowClosedRequest {
    pb::ReportWindowClosedRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: conversation.into(),
        message_id: "refused".into(),
        sent_at: timestamp(sent_at),
        ..Default::default()
    }
}

/// Some conversations.
pub(crate) fn batch_get(ids: &[&str]) -> pb::BatchGetConversationsRequest {
    pb::BatchGetConversationsRequest {
        tenant_id: ops::TENANT.into(),
        conversation_ids: ids.iter().map(ToString::to_string).collect(),
        ..Default::default()
    }
}

/// The facts about a conversation.
pub(crate) fn send_context(conversation: &str) -> pb::GetSendContextRequest {
    pb::GetSendContextRequest {
        tenant_id: ops::TENANT.into(),
        conversation_id: conversation.into(),
        ..Default::default()
    }
}

/// The facts about whatever is asked for.
pub(crate) fn send_contexts(
    requests: impl IntoIterator<Item = pb::GetSendContextRequest>,
) -> pb::BatchGetSendContextsRequest {
    pb::BatchGetSendContextsRequest { requests: requests.into_iter().collect() }
}

/// A change of the main channel.
pub(crate) fn upsert(channel: pb::Channel) -> pb::UpsertChannelRequest {
    let channel = pb::Channel { channel_id: ops::CHANNEL.into(), ..channel };
    pb::UpsertChannelRequest {
        tenant_id: ops::TENANT.into(),
        channel: Some(channel),
        ..Default::default()
    }
}

/// The bot of the main channel on or off.
pub(crate) fn bot_enabled(on: bool) -> pb::UpsertChannelRequest {
    upsert(pb::Channel { bot_enabled: Some(on), ..Default::default() })
}

/// Code and reason of an error of conversation-state, whose details are complete.
#[track_caller]
pub(crate) fn told(status: &Status) -> (Code, String) {
    told_by("conversation.azeer", status)
}

/// The same of messaging-policy.
#[track_caller]
pub(crate) fn told_by_policy(status: &Status) -> (Code, String) {
    told_by("policy.azeer", status)
}

/// The same of an error of whatever domain.
#[track_caller]
pub(crate) fn told_by(domain: &str, status: &Status) -> (Code, String) {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no ErrorInfo: {status:?}"));
    assert_eq!(info.domain, domain, "{status:?}");
    let upper_snake = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    assert!(!info.reason.is_empty() && info.reason.chars().all(upper_snake), "{status:?}");
    assert!(!status.message().is_empty(), "{status:?}");
    let again =
        matches!(status.code(), Code::Unavailable | Code::ResourceExhausted | Code::Aborted);
    assert_eq!(details.retry_info().is_some(), again, "{status:?}");
    (status.code(), info.reason.clone())
}

/// A value that belongs to an error's reason.
#[track_caller]
pub(crate) fn metadata(status: &Status, key: &str) -> String {
    let info = status.get_details_error_info().unwrap_or_else(|| panic!("{status:?}"));
    info.metadata.get(key).unwrap_or_else(|| panic!("no {key}: {status:?}")).clone()
}

/// The fields that an error names, each with what it must be.
#[track_caller]
pub(crate) fn bad_fields(status: &Status) -> BTreeSet<String> {
    let bad = status.get_details_bad_request().map_or(Vec::new(), |bad| bad.field_violations);
    assert!(bad.iter().all(|violation| !violation.description.is_empty()), "{status:?}");
    bad.into_iter().map(|violation| violation.field).collect()
}

/// Everything that a database holds, row by row.
pub(crate) struct Dump {
    client: Client,
    query: String,
}

impl Dump {
    pub(crate) async fn of(database: &Database) -> Self {
        let client = database.connect().await;
        let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
        let tables = client.query(tables, &[]).await.unwrap();
        let tables: Vec<String> = tables
            .iter()
            .map(|row| row.get::<_, String>(0))
            .map(|t| format!("SELECT '{t} ' || r::text FROM \"{t}\" r"))
            .collect();
        Self { client, query: format!("{} ORDER BY 1", tables.join(" UNION ALL ")) }
    }

    pub(crate) async fn rows(&self) -> Vec<String> {
        let rows = self.client.query(&self.query, &[]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}
