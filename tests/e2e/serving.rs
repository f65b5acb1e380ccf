//! What every server does, whatever it serves: health, reflection, errors of a bounded size, and
//! the end of service.

mod away;
mod beneath;
mod ending;
mod schema;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::service::Service;
use azeer_tests::{Clients, ops, service};
use futures::stream::{self, FuturesUnordered, StreamExt as _};
use pb::channel_service_server::SERVICE_NAME as CHANNELS;
use pb::conversation_service_server::SERVICE_NAME as CONVERSATIONS;
use prost::Message as _;
use prost_types::FileDescriptorProto;
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::support::{self, Call, at_noon, noon, told, write};

/// Longer than a server gives running calls to finish.
const STOPS_WITHIN: Duration = Duration::from_secs(10);

/// Less than running calls are given: nothing was waited for.
const AT_ONCE: Duration = Duration::from_secs(3);

fn health_of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest { service: service.into() }
}

#[tokio::test]
async fn health_is_told_as_a_whole_and_by_service() {
    let (service, _) = at_noon().await;
    let mut health = HealthClient::new(service.clients.channel.clone());
    for name in ["", CONVERSATIONS, CHANNELS] {
        let answer = health.check(health_of(name)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving, "{name}");
    }
    assert_eq!(health.check(health_of("x")).await.unwrap_err().code(), Code::NotFound);
}

/// The services that reflection lists, and the names of the files that define one of them.
macro_rules! reflect {
    ($version:ident, $channel:expr) => {{
        use reflection::server_reflection_client::ServerReflectionClient;
        use reflection::server_reflection_request::MessageRequest;
        use reflection::server_reflection_response::MessageResponse;
        use tonic_reflection::pb::$version as reflection;

        let asked = [
            MessageRequest::ListServices(String::new()),
            MessageRequest::FileContainingSymbol(CONVERSATIONS.into()),
            MessageRequest::FileContainingSymbol("google.rpc.BadRequest".into()),
        ];
        let requests = asked.map(|asked| reflection::ServerReflectionRequest {
            message_request: Some(asked),
            ..Default::default()
        });
        let mut client = ServerReflectionClient::new($channel);
        let answers = client.server_reflection_info(stream::iter(requests)).await.unwrap();
        let (mut services, mut files) = (Vec::new(), Vec::new());
        for answer in answers.into_inner().collect::<Vec<_>>().await {
            match answer.unwrap().message_response.unwrap() {
                MessageResponse::ListServicesResponse(list) => {
                    services.extend(list.service.into_iter().map(|service| service.name));
                }
                MessageResponse::FileDescriptorResponse(found) => {
                    files.extend(found.file_descriptor_proto);
                }
                other => panic!("{other:?}"),
            }
        }
        (services, files)
    }};
}

#[tokio::test]
async fn both_versions_of_reflection_tell_the_services_and_their_files() {
    let (service, _) = at_noon().await;
    let channel = || service.clients.channel.clone();
    for (services, files) in [reflect!(v1, channel()), reflect!(v1alpha, channel())] {
        for name in [CONVERSATIONS, CHANNELS, "grpc.health.v1.Health"] {
            assert!(services.iter().any(|service| service == name), "{name}: {services:?}");
        }
        let files: Vec<_> =
            files.iter().map(|file| FileDescriptorProto::decode(&**file).unwrap()).collect();
        let defines = |name: &str| files.iter().any(|f| f.service.iter().any(|s| s.name() == name));
        assert!(defines("ConversationService"));
        let details = files.iter().flat_map(|file| &file.message_type);
        assert!(details.into_iter().any(|message| message.name() == "BadRequest"));
    }
}

/// Requests with hundreds of bad fields, and with some whose names are long.
fn thoroughly_bad() -> Vec<Call> {
    let upsert = support::bot_enabled(true);
    let mask = prost_types::FieldMask { paths: vec!["x".repeat(2_000); 1_000] };
    let filter =
        pb::ConversationFilter { channel_ids: vec!["ش".into(); 101], ..Default::default() };
    let mut calls = vec![
        Call::new(support::batch_get(&["x"; 500])),
        Call::new(support::batch_get(&["ش"; 501])),
        Call::new(pb::ListConversationsRequest { filter: Some(filter), ..ops::list(pb::Tab::All) }),
        Call::new(pb::UpsertChannelRequest { update_mask: Some(mask), ..upsert }),
    ];
    // Names that grow on their way: the bytes of their characters are told as `%D8`.
    for (character, count) in ["x", "ش", "😀", " ", "\u{1}"]
        .into_iter()
        .flat_map(|c| (1..=64).map(move |count| (c, count)))
    {
        let key = |i: usize| format!("{i:02}{}", character.repeat(62));
        let collected = (0..count).map(|i| (key(i), "\0".to_owned())).collect();
        let hand_off = ops::hand_off("x", "");
        calls.push(Call::new(pb::HandOffConversationRequest { collected, ..hand_off }));
    }
    calls
}

#[tokio::test]
async fn errors_stay_small_however_much_is_wrong() {
    let (service, _) = at_noon().await;
    let mut largest = 0;
    for call in thoroughly_bad() {
        let status = call.make(&service.clients.channel).await.unwrap_err();
        assert_eq!(told(&status).0, Code::InvalidArgument);
        assert!(!support::bad_fields(&status).is_empty());
        largest = largest.max(on_the_wire(&status));
    }
    assert!((4 * 1024..6 * 1024).contains(&largest), "{largest} bytes");
}

/// How many bytes the headers of an error have.
fn on_the_wire(status: &Status) -> usize {
    let response = status.clone().into_http::<()>();
    let headers = response.headers().iter();
    headers.map(|(name, value)| name.as_str().len() + value.len()).sum()
}

async fn get_ali(channel: &Channel) -> Result<pb::GetConversationResponse, Status> {
    support::send(channel.clone(), ops::get("ali")).await
}

#[tokio::test]
async fn a_server_that_stops_keeps_what_it_acknowledged_and_takes_no_more() {
    let Service { database, clients, server, .. } = Service::start().await;
    let address = server.local_addr();
    let writes = (0..200).map(|i| {
        let channel = clients.channel.clone();
        let id = format!("m{i}");
        async move {
            let said = ops::inbound("ali", &id, service::now());
            write(&channel, said).await.is_ok().then_some(id)
        }
    });
    let mut writes: FuturesUnordered<_> = writes.map(tokio::spawn).collect();
    let mut acknowledged = vec![writes.next().await.unwrap().unwrap()];
    let stopping = tokio::time::timeout(STOPS_WITHIN, server.stop());
    let (stopped, rest) = tokio::join!(stopping, writes.collect::<Vec<_>>());
    stopped.expect("it ends");
    acknowledged.extend(rest.into_iter().map(Result::unwrap));

    assert_takes_no_calls(address).await;
    let rows =
        database.connect().await.query("SELECT message_id FROM messages", &[]).await.unwrap();
    let rows: BTreeSet<String> = rows.iter().map(|row| row.get(0)).collect();
    let acknowledged: BTreeSet<_> = acknowledged.into_iter().flatten().collect();
    assert!(acknowledged.is_subset(&rows), "{:?}", acknowledged.difference(&rows));
}

#[tokio::test]
async fn a_caller_who_stays_does_not_keep_a_server_from_stopping() {
    let Service { clients, server, .. } = Service::at(noon()).await;
    let address = server.local_addr();
    let mut health = HealthClient::new(clients.channel.clone());
    let mut watch = health.watch(health_of(CONVERSATIONS)).await.unwrap().into_inner();
    let status = |answer: Option<HealthCheckResponse>| answer.map(|answer| answer.status());
    assert_eq!(status(watch.message().await.unwrap()), Some(ServingStatus::Serving));
    tokio::time::timeout(AT_ONCE, server.stop()).await.expect("nothing is running");
    assert_eq!(status(watch.message().await.unwrap()), Some(ServingStatus::NotServing));
    assert_eq!(status(watch.message().await.unwrap()), None, "the stream ends well");
    assert_takes_no_calls(address).await;
}

async fn assert_takes_no_calls(address: SocketAddr) {
    let status = get_ali(&Clients::connect(address).channel).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
}
