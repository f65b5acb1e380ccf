//! The end of service while the database hangs: it is told before it comes, and it comes.

use std::time::Duration;

use azeer_tests::service::Service;
use tokio::sync::oneshot;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use super::{get_ali, health_of};

/// Far more than the service gives its calls and writes: only a server that never ends fails.
const FOR_EVER: Duration = Duration::from_mins(1);

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
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted \
         AND relation = 'conversations'::regclass AND database = (SELECT oid FROM pg_database \
         WHERE datname = current_database())";
    while hold.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::task::yield_now().await;
    }

    let (stopped, mut has_stopped) = oneshot::channel();
    let stop = async {
        tokio::time::timeout(FOR_EVER, server.stop()).await.expect("it ends");
        stopped.send(()).unwrap();
    };
    let told = async {
        let status = watch.message().await.unwrap().unwrap().status();
        let end = watch.message().await.unwrap();
        assert_eq!((status, end), (ServingStatus::NotServing, None));
        assert!(has_stopped.try_recv().is_err(), "it is told while the call is waited for");
    };
    tokio::join!(stop, told);
    call.abort();
}
