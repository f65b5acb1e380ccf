//! A database that is away: every RPC says so and when to try again, and nothing of what the
//! driver said. When it is back, so is the service.

use std::net::SocketAddr;

use azeer_proto::conversation::v1 as pb;
use azeer_tests::{Clients, Database, ops};
use conversation_state::{Config, Server};
use tokio_postgres::{Client, NoTls};
use tonic::transport::Channel;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;
use uuid::Uuid;

use super::get_ali;
use crate::support::{Call, at_noon, noon, told, write};
use crate::{fields, support};

/// A call of each RPC, with whom the database has much to do.
fn calls(id: &str) -> Vec<Call> {
    let mut calls = fields::good_calls(id, id);
    // Of an empty body there is nothing to write.
    calls.retain(|call| call.rpc != "IngestWebhook");
    let sent = noon().timestamp();
    let body = format!(
        r#"{{"entry":[{{"id":"1","changes":[{{"field":"messages","value":{{
        "metadata":{{"phone_number_id":"main"}},"contacts":[{{"wa_id":"ali"}}],"messages":[
        {{"from":"ali","id":"m7","timestamp":"{sent}","type":"text","text":{{"body":"x"}}}}]}}}}]}}]}}"#
    );
    let tenant_id = ops::TENANT.into();
    calls.push(Call::new(pb::IngestWebhookRequest { tenant_id, body: body.into() }));
    calls
}

async fn assert_away(channel: &Channel) {
    for call in calls(&Uuid::nil().to_string()) {
        let status = call.make(channel).await.expect_err(&call.rpc);
        assert_says_away(&call.rpc, &status);
    }
}

fn assert_says_away(rpc: &str, status: &Status) {
    let away = (Code::Unavailable, "DATABASE_UNAVAILABLE".to_owned());
    assert_eq!(told(status), away, "{rpc}: {status:?}");
    assert_eq!(status.message(), "the database is not available", "{rpc}");
    let info = status.get_error_details().request_info().cloned();
    let named = info.and_then(|info| Uuid::try_parse(&info.request_id).ok());
    assert!(named.is_some(), "{rpc}: the logs' id is told: {status:?}");
}

#[tokio::test]
async fn a_database_that_never_was_there() {
    let config = Config::new(
        "postgres://secret:word@127.0.0.1:1/nowhere",
        SocketAddr::from(([127, 0, 0, 1], 0)),
    );
    let server = Server::start(config).await.unwrap();
    assert_away(&Clients::connect(server.local_addr()).channel).await;
    tokio::time::timeout(super::STOPS_WITHIN, server.stop()).await.expect("it ends");
}

/// A connection to another database of the same PostgreSQL.
async fn beside(database: &Database) -> (Client, String) {
    let mut config: tokio_postgres::Config = database.url().parse().unwrap();
    let name = config.get_dbname().unwrap().to_owned();
    let (client, connection) = config.dbname("postgres").connect(NoTls).await.unwrap();
    tokio::spawn(async move {
        let _ = connection.await;
    });
    (client, name)
}

#[tokio::test]
async fn a_database_that_goes_and_comes_back() {
    let (service, dump) = at_noon().await;
    let channel = &service.clients.channel;
    write(channel, ops::inbound("ali", "m1", noon())).await.unwrap();
    let held = dump.rows().await;
    let (beside, name) = beside(&service.database).await;
    let connections = |allowed: bool| format!("ALTER DATABASE {name} ALLOW_CONNECTIONS {allowed}");
    beside.batch_execute(&connections(false)).await.unwrap();
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = $1";
    beside.query(end, &[&name]).await.unwrap();

    assert_away(channel).await;
    beside.batch_execute(&connections(true)).await.unwrap();
    get_ali(channel).await.unwrap();
    let dump = support::Dump::of(&service.database).await;
    assert_eq!(dump.rows().await, held);
    write(channel, ops::inbound("ali", "m2", noon())).await.unwrap();
}
