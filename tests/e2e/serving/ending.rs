//! The end of service while the database hangs: it is told at once, and comes in time.

use std::time::{Duration, Instant};

use azeer_tests::service::Service;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{AT_ONCE, get_ali, health_of};

/// What calls and announcements are given, what writes are given, and a little more.
const ENDS_WITHIN: Duration = Duration::from_millis(5_400);

#[tokio::test]
async fn a_database_that_hangs_does_not_keep_a_server_from_stopping() {
    let Service { database, clients, server, .. } = Service::start().await;
    let mut health = HealthClient::new(clients.channel.clone());
    let mut watch = health.watch(health_of("")).await.unwrap().into_inner();
    watch.message().await.unwrap();

    // Neither calls nor announcements get on while this is open.
    let mut client = database.connect().await;
    let hold = client.transaction().await.unwrap();
    hold.batch_execute("LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let channel = clients.channel.clone();
    let call = tokio::spawn(async move { get_ali(&channel).await });
    tokio::time::sleep(AT_ONCE).await;

    let began = Instant::now();
    let told = async {
        let status = watch.message().await.unwrap().unwrap().status();
        (status, watch.message().await.unwrap(), began.elapsed())
    };
    let (stopped, told) = tokio::join!(tokio::time::timeout(ENDS_WITHIN, server.stop()), told);
    stopped.expect("it ends in time");
    let (status, end, after) = told;
    assert_eq!((status, end), (ServingStatus::NotServing, None));
    assert!(after < AT_ONCE, "told after {after:?}");
    assert!(began.elapsed() > AT_ONCE, "the call was waited for");
    call.abort();
}
