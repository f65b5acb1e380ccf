//! Pages of senders and their filters.

use azeer_proto::policy::v1 as pb;
use azeer_tests::{Pair, PolicyClients, ops};
use tonic::Code;

use super::{sender, told, two, update_sender};
use crate::support::{bad_fields, noon};

fn all() -> pb::ListSendersRequest {
    pb::ListSendersRequest { tenant_id: ops::TENANT.into(), ..Default::default() }
}

async fn list(clients: &PolicyClients, request: pb::ListSendersRequest) -> pb::ListSendersResponse {
    clients.admin.clone().list_senders(request).await.unwrap().into_inner()
}

/// All pages after one another, none of them empty but the only one.
async fn paged(clients: &PolicyClients, mut request: pb::ListSendersRequest) -> Vec<pb::Sender> {
    let mut found = Vec::new();
    loop {
        let page = list(clients, request.clone()).await;
        assert!(page.senders.len() <= usize::try_from(request.page_size).unwrap());
        assert!(request.page_token.is_empty() || !page.senders.is_empty());
        found.extend(page.senders);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            return found;
        }
    }
}

fn channels(senders: &[pb::Sender]) -> Vec<&str> {
    senders.iter().map(|sender| sender.channel_id.as_str()).collect()
}

/// Five numbers: each one's channel, account and portfolio.
async fn fill(clients: &PolicyClients) {
    let numbers = [
        ("b", "second", "group"),
        ("main", "first", "group"),
        ("a10", "first", ""),
        ("a9", "third", "alone"),
        ("z", "", ""),
    ];
    for (channel_id, waba_id, portfolio_id) in numbers {
        let number = pb::Sender {
            channel_id: channel_id.into(),
            waba_id: waba_id.into(),
            portfolio_id: portfolio_id.into(),
            quality: pb::SenderQuality::Green.into(),
            ..Default::default()
        };
        update_sender(clients, number, &[], "").await.unwrap();
    }
}

type Filter = fn(&mut pb::ListSendersRequest);

#[tokio::test]
async fn all_conditions_hold_together_and_the_order_is_fixed() {
    let (pair, other) = two().await;
    assert_eq!(list(&pair, all()).await, pb::ListSendersResponse::default());
    fill(&pair).await;
    let rows: [(&str, Filter, &[&str]); 7] = [
        ("all", |_| (), &["a10", "a9", "b", "main", "z"]),
        ("an account", |r| r.waba_id = "first".into(), &["a10", "main"]),
        ("no account", |r| r.waba_id = "fourth".into(), &[]),
        // The account of `a10` joined it with `main`.
        ("a portfolio", |r| r.portfolio_id = "group".into(), &["a10", "b", "main"]),
        ("no portfolio", |r| r.portfolio_id = "first".into(), &[]),
        (
            "an account of a portfolio",
            |r| {
                r.waba_id = "second".into();
                r.portfolio_id = "group".into();
            },
            &["b"],
        ),
        (
            "an account of another portfolio",
            |r| {
                r.waba_id = "second".into();
                r.portfolio_id = "alone".into();
            },
            &[],
        ),
    ];
    for (what, filter, expected) in rows {
        let mut request = all();
        filter(&mut request);
        for clients in [&*pair, &other.clients] {
            let page = list(clients, request.clone()).await;
            assert_eq!(channels(&page.senders), expected, "{what}");
            assert!(page.next_page_token.is_empty(), "{what}");
            for told in page.senders {
                assert_eq!(sender(clients, &told.channel_id).await, told, "{what}");
            }
        }
        for page_size in 1..=3 {
            let request = pb::ListSendersRequest { page_size, ..request.clone() };
            let found = paged(&pair, request).await;
            assert_eq!(channels(&found), expected, "{what}, {page_size} each");
        }
    }
}

#[tokio::test]
async fn each_is_told_with_what_its_portfolio_reached() {
    let pair = Pair::at(noon()).await;
    pair.import(&[("order_update", "UTILITY")]).await;
    fill(&pair).await;
    let own = pb::Sender { waba_id: ops::WABA.into(), ..Default::default() };
    for (channel, portfolio) in [("main", "group"), ("z", "own")] {
        let number = pb::Sender {
            channel_id: channel.into(),
            waba_id: if channel == "main" { ops::WABA.into() } else { "other".into() },
            portfolio_id: portfolio.into(),
            ..own.clone()
        };
        update_sender(&pair, number, &[], "").await.unwrap();
    }
    for contact in ["ali", "mona", "ali"] {
        let send = ops::template(contact, "order_update");
        let reason = pb::JustificationReason::OrderUpdate;
        pair.authorize(ops::justified(send, reason, contact)).await.unwrap();
    }
    let reached: Vec<_> = list(&pair, all()).await.senders;
    let reached: Vec<_> = reached.iter().map(|of| (&*of.channel_id, of.reached)).collect();
    assert_eq!(reached, [("a10", 2), ("a9", 0), ("b", 2), ("main", 2), ("z", 0)]);
}

#[tokio::test]
async fn a_page_token_is_of_no_use_with_other_arguments() {
    let pair = Pair::at(noon()).await;
    fill(&pair).await;
    let first = pb::ListSendersRequest { page_size: 1, ..all() };
    let page_token = list(&pair, first.clone()).await.next_page_token;
    let next = pb::ListSendersRequest { page_token, ..first };
    list(&pair, pb::ListSendersRequest { page_size: 9, ..next.clone() }).await;
    let others = [
        pb::ListSendersRequest { tenant_id: "other".into(), ..next.clone() },
        pb::ListSendersRequest { waba_id: "first".into(), ..next.clone() },
        pb::ListSendersRequest { portfolio_id: "group".into(), ..next },
    ];
    for other in others {
        let refused = pair.admin.clone().list_senders(other).await.unwrap_err();
        assert_eq!(told(&refused), (Code::InvalidArgument, "INVALID_FIELD".into()));
        assert_eq!(bad_fields(&refused), ["page_token".to_owned()].into());
    }
}
