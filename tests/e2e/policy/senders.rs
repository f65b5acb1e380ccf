//! What is known of numbers, their accounts and portfolios.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use futures::future::join;
use tonic::Code;

use super::{ROUNDS, import, sender, told, two, update_sender};
use crate::support::{Dump, bad_fields, noon};

fn channel(id: &str) -> pb::Sender {
    pb::Sender { channel_id: id.into(), ..Default::default() }
}

/// A number of which everything is known.
fn all_set() -> pb::Sender {
    pb::Sender {
        waba_id: "waba".into(),
        portfolio_id: "group".into(),
        quality: pb::SenderQuality::Yellow.into(),
        status: pb::SenderStatus::Flagged.into(),
        limit: 2_000,
        restriction: Some(pb::SenderRestriction {
            reason: "spam".into(),
            until: timestamp(noon()),
        }),
        ..channel(ops::CHANNEL)
    }
}

/// The sender without what no request sets.
fn settings(sender: &pb::Sender) -> pb::Sender {
    pb::Sender { update_time: None, etag: String::new(), reached: 0, ..sender.clone() }
}

type Change = fn(&mut pb::Sender);

#[tokio::test]
async fn without_a_mask_only_what_is_carried_changes() {
    let pair = Pair::at(noon()).await;
    assert_eq!(sender(&pair, ops::CHANNEL).await, channel(ops::CHANNEL));
    let set = update_sender(&pair, all_set(), &[], "").await.unwrap();
    assert_eq!(settings(&set), all_set());
    assert_eq!((set.update_time, set.etag.is_empty()), (timestamp(noon()), false));

    let rows: [(&str, Change); 7] = [
        ("nothing", |_| ()),
        ("a quality", |s| s.set_quality(pb::SenderQuality::Red)),
        ("a status", |s| s.set_status(pb::SenderStatus::Banned)),
        ("a limit", |s| s.limit = 250),
        ("an account", |s| s.waba_id = "waba".into()),
        ("a portfolio", |s| s.portfolio_id = "group".into()),
        ("a restriction", |s| s.restriction = Some(pb::SenderRestriction::default())),
    ];
    let mut expected = all_set();
    for (what, change) in rows {
        let mut sparse = channel(ops::CHANNEL);
        change(&mut sparse);
        change(&mut expected);
        let changed = update_sender(&pair, sparse, &[], "").await.unwrap();
        assert_eq!(settings(&changed), expected, "{what}");
        assert_eq!(sender(&pair, ops::CHANNEL).await, changed, "{what}");
    }
    let unlimited = pb::Sender { unlimited: true, ..channel(ops::CHANNEL) };
    let changed = update_sender(&pair, unlimited, &[], "").await.unwrap();
    assert_eq!((changed.limit, changed.unlimited), (0, true), "one ends the other");
}

#[tokio::test]
async fn with_a_mask_what_is_named_and_left_out_becomes_unknown() {
    let pair = Pair::at(noon()).await;
    let rows: [(&[&str], Change); 8] = [
        (&["quality"], |s| s.quality = 0),
        (&["status"], |s| s.status = 0),
        (&["limit"], |s| s.limit = 0),
        (&["unlimited"], |_| ()),
        (&["restriction"], |s| s.restriction = None),
        (&["portfolio_id"], |s| {
            s.portfolio_id.clear();
            // It was the portfolio's.
            s.limit = 0;
        }),
        (&["waba_id"], |s| {
            s.waba_id.clear();
            s.portfolio_id.clear();
            s.limit = 0;
        }),
        (&["*"], |s| *s = channel(ops::CHANNEL)),
    ];
    for (paths, change) in rows {
        update_sender(&pair, all_set(), &["*"], "").await.unwrap();
        let named = update_sender(&pair, channel(ops::CHANNEL), paths, "").await.unwrap();
        let mut expected = all_set();
        change(&mut expected);
        assert_eq!(settings(&named), expected, "{paths:?}");
    }
}

#[tokio::test]
async fn what_belongs_to_a_portfolio_holds_for_all_its_numbers() {
    let (pair, other) = two().await;
    let of_account = |id: &str, account: &str| pb::Sender {
        waba_id: account.into(),
        portfolio_id: "group".into(),
        ..channel(id)
    };
    let first = update_sender(&pair, of_account("a", "w"), &[], "").await.unwrap();
    update_sender(&pair, of_account("b", "v"), &[], "").await.unwrap();
    let limited = pb::Sender { limit: 250, ..channel("b") };
    update_sender(&other.clients, limited, &[], "").await.unwrap();
    let told = sender(&pair, "a").await;
    assert_eq!((told.limit, told.portfolio_id.as_str()), (250, "group"));
    assert_ne!(told.etag, first.etag, "it is another version of what is told");
    let named = pb::Sender { quality: 1, ..channel("a") };
    let stale = update_sender(&other.clients, named, &[], &first.etag).await.unwrap_err();
    assert_eq!(super::told(&stale), (Code::Aborted, "ETAG_MISMATCH".into()));
    assert_eq!(sender(&other.clients, "c").await, channel("c"));
}

#[tokio::test]
async fn a_portfolio_belongs_to_an_account() {
    let pair = Pair::at(noon()).await;
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    let alone = pb::Sender { portfolio_id: "group".into(), ..channel("a") };
    let refused = update_sender(&pair, alone.clone(), &[], "").await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidArgument, "INVALID_FIELD".into()));
    assert_eq!(bad_fields(&refused), ["sender.waba_id".to_owned()].into());
    assert_eq!(dump.rows().await, before);
    update_sender(&pair, pb::Sender { waba_id: "w".into(), ..channel("a") }, &[], "")
        .await
        .unwrap();
    let known = update_sender(&pair, alone, &[], "").await.unwrap();
    assert_eq!((known.waba_id.as_str(), known.portfolio_id.as_str()), ("w", "group"));
}

#[tokio::test]
async fn what_changes_nothing_makes_no_version() {
    let pair = Pair::at(noon()).await;
    let set = update_sender(&pair, all_set(), &["*"], "").await.unwrap();
    let dump = Dump::of(&pair.policy.database).await;
    let before = dump.rows().await;
    pair.set(noon() + TimeDelta::hours(1));
    for (given, paths) in [(all_set(), &["*"][..]), (set.clone(), &[]), (channel("main"), &[])] {
        assert_eq!(update_sender(&pair, given, paths, &set.etag).await.unwrap(), set);
    }
    assert_eq!(dump.rows().await, before);
}

#[tokio::test]
async fn a_restriction_holds_at_once_on_every_replica() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    pair.customer_writes("ali", "m1").await;
    for round in 0..ROUNDS {
        let (here, there) = (replicas[round % 2], replicas[(round + 1) % 2]);
        let banned = round % 2 == 0;
        let status = if banned { pb::SenderStatus::Banned } else { pb::SenderStatus::Connected };
        let number = pb::Sender { status: status.into(), ..channel(ops::CHANNEL) };
        update_sender(here, number, &[], "").await.unwrap();
        for replica in [there, here] {
            let decision = replica.check(ops::free_form("ali")).await.unwrap();
            let refused: &[&str] = if banned { &["SENDER_RESTRICTED"] } else { &[] };
            assert_eq!(ops::codes(&decision), refused, "round {round}");
        }
    }
}

#[tokio::test]
async fn of_all_who_know_the_same_version_one_changes_it() {
    let (pair, other) = two().await;
    let mut known = update_sender(&pair, all_set(), &[], "").await.unwrap();
    for round in 0..ROUNDS {
        let limited = |n: usize| pb::Sender {
            limit: i64::try_from(1 + 2 * round + n).unwrap(),
            ..channel(ops::CHANNEL)
        };
        let (one, two) = join(
            update_sender(&pair, limited(0), &[], &known.etag),
            update_sender(&other.clients, limited(1), &[], &known.etag),
        )
        .await;
        let (changed, refused) = match (one, two) {
            (Ok(changed), Err(refused)) | (Err(refused), Ok(changed)) => (changed, refused),
            both => panic!("one of both wins: {both:?}"),
        };
        assert_eq!(told(&refused), (Code::Aborted, "ETAG_MISMATCH".into()));
        assert_eq!(sender(&pair, ops::CHANNEL).await, changed);
        known = changed;
    }
}

#[tokio::test]
async fn how_many_contacts_were_reached_is_told_exactly() {
    let pair = Pair::at(noon()).await;
    let other = pair.another_policy(&pair.conversation).await;
    import(&pair, ops::import(&[("order_update", "UTILITY")])).await;
    update_sender(&pair, all_set(), &["waba_id", "portfolio_id", "limit"], "").await.unwrap();
    let update = |contact: &str, order: i64| {
        let send = ops::template(contact, "order_update");
        ops::justified(send, pb::JustificationReason::OrderUpdate, &order.to_string())
    };
    for hour in 0..4 {
        pair.set(noon() + TimeDelta::hours(hour));
        // One of them again and again: it counts once, from its last time on.
        for contact in ["again".to_owned(), format!("contact-{hour}")] {
            let decision = pair.authorize(update(&contact, hour)).await.unwrap();
            assert_eq!(ops::codes(&decision), [""; 0], "{contact}");
        }
        for clients in [&*pair, &other.clients] {
            assert_eq!(sender(clients, ops::CHANNEL).await.reached, hour + 2);
        }
    }
    // They leave one by one, without any write.
    for (hour, left) in [(23, 5), (24, 4), (25, 3), (26, 2), (27, 0)] {
        pair.set(noon() + TimeDelta::hours(hour));
        assert_eq!(sender(&other.clients, ops::CHANNEL).await.reached, left, "{hour} h");
    }
    let nameless = sender(&pair, "elsewhere").await;
    assert_eq!(nameless.reached, 0, "another portfolio");
}
