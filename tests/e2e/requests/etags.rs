//! A change that names another version than the current one is not made.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::Service;
use chrono::TimeDelta;
use tonic::Code;

use super::{Command, current, with_the_bot};
use crate::support::{self, Dump, at_noon, noon, told, write};

fn mismatch() -> (Code, String) {
    (Code::Aborted, "ETAG_MISMATCH".into())
}

/// What looks like the etag of a version and is not.
fn nearly(version: i64) -> Vec<String> {
    let v = version;
    let texts = [
        format!("v{}", v - 1),
        format!("v{}", v + 1),
        format!("v0{v}"),
        format!("v+{v}"),
        format!("V{v}"),
        format!("{v}"),
        format!(" v{v}"),
        format!("v{v} "),
    ];
    let nonsense = ["x", "v", "v-1", "*", "\0", "v99999999999999999999"].map(ToOwned::to_owned);
    [&texts[..], &nonsense].concat()
}

#[tokio::test]
async fn commands_are_for_the_version_that_they_name() {
    let (service, dump) = at_noon().await;
    let id = with_the_bot(&service).await;
    // Time makes no version, also where it makes another state.
    service.clock.set(noon() + TimeDelta::hours(25));
    holds_for_its_version(&service, &dump, ops::hand_off(&id, "sales")).await;
    holds_for_its_version(&service, &dump, support::assign(&id, "noor")).await;
    holds_for_its_version(&service, &dump, support::return_to_bot(&id)).await;
    holds_for_its_version(&service, &dump, ops::close(&id)).await;
    holds_for_its_version(&service, &dump, ops::reopen(&id)).await;
}

async fn holds_for_its_version<C: Command>(service: &Service, dump: &Dump, command: C) {
    let channel = &service.clients.channel;
    let before = current(service).await;
    let held = dump.rows().await;
    for etag in nearly(before.version) {
        let refused = write(channel, command.clone().with(&etag, "")).await.expect_err(&etag);
        assert_eq!(told(&refused), mismatch(), "{command:?} {etag:?}");
        assert_eq!(support::metadata(&refused, "etag"), before.etag);
    }
    assert_eq!(dump.rows().await, held, "{command:?}");
    let (done, _) = write(channel, command.clone().with(&before.etag, "")).await.unwrap();
    assert_eq!(done.version, before.version + 1);
    // What it asks for is done already; that somebody did it is what the caller must know first.
    let stale = write(channel, command.with(&before.etag, "")).await.unwrap_err();
    assert_eq!(told(&stale), mismatch());
}

#[tokio::test]
async fn a_channel_is_changed_at_the_version_that_the_request_names() {
    let (service, dump) = at_noon().await;
    let mut client = service.clients.channels.clone();
    let bot_on = |etag: &str| {
        let request = support::bot_enabled(true);
        pb::UpsertChannelRequest { etag: etag.into(), ..request }
    };
    let mut etag = String::new();
    for version in 0..3 {
        let held = dump.rows().await;
        let wrong = if version == 0 { nearly(1) } else { nearly(version) };
        for wrong in wrong {
            let refused = client.upsert_channel(bot_on(&wrong)).await.expect_err(&wrong);
            assert_eq!(told(&refused), mismatch(), "{wrong:?}");
            assert_eq!(support::metadata(&refused, "etag"), etag);
        }
        assert_eq!(dump.rows().await, held, "at version {version}");
        let channel = client.upsert_channel(bot_on(&etag)).await.unwrap().into_inner().channel;
        etag = channel.unwrap().etag;
    }
    // An empty one holds always.
    client.upsert_channel(bot_on("")).await.unwrap();
}
