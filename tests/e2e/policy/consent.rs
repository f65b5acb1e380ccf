//! Whether contacts agreed to marketing.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, PolicyClients, ops};
use chrono::TimeDelta;
use futures::future::join_all;
use pb::ConsentState::{OptedIn, OptedOut};
use tonic::{Code, Status};

use super::{ROUNDS, import, told, two};
use crate::support::{bad_fields, noon};

async fn set(
    clients: &PolicyClients,
    request: pb::SetContactConsentRequest,
) -> Result<pb::Consent, Status> {
    let answer = clients.admin.clone().set_contact_consent(request).await?;
    Ok(answer.into_inner().consent.expect("an answer has a consent"))
}

async fn get(clients: &PolicyClients, contact: &str) -> pb::Consent {
    let request =
        pb::GetContactConsentRequest { tenant_id: ops::TENANT.into(), contact_id: contact.into() };
    let answer = clients.admin.clone().get_contact_consent(request).await.unwrap();
    answer.into_inner().consent.unwrap()
}

/// What `ali` says, so many seconds after noon.
fn said(state: pb::ConsentState, seconds: i64, source: &str) -> pb::SetContactConsentRequest {
    pb::SetContactConsentRequest {
        state: state.into(),
        source: source.into(),
        occurred_at: timestamp(noon() + TimeDelta::seconds(seconds)),
        ..ops::opt_in("ali")
    }
}

#[tokio::test]
async fn of_a_contact_of_whom_nothing_is_recorded_nothing_is_known() {
    let pair = Pair::at(noon()).await;
    let unknown = pb::Consent { contact_id: "ali".into(), ..Default::default() };
    assert_eq!(get(&pair, "ali").await, unknown);
}

#[tokio::test]
async fn what_was_said_last_holds_and_at_the_same_instant_the_opt_out() {
    let pair = Pair::at(noon()).await;
    // What is said, and whether it holds afterwards; each after those above it.
    let rows = [
        (OptedIn, -60, "form", true),
        (OptedOut, -61, "older", false),
        (OptedIn, -60, "the same", false),
        (OptedOut, -60, "a tie", true),
        (OptedIn, -60, "another tie", false),
        (OptedIn, -59, "newer", true),
        (OptedOut, -58, "newer still", true),
        (OptedIn, -3_600, "much older", false),
    ];
    let mut holds = pb::Consent::default();
    for (minute, (state, seconds, source, taken)) in (1..).zip(rows) {
        let now = noon() + TimeDelta::minutes(minute);
        pair.set(now);
        let answer = set(&pair, said(state, seconds, source)).await.unwrap();
        if taken {
            holds = pb::Consent {
                contact_id: "ali".into(),
                state: state.into(),
                source: source.into(),
                occurred_at: timestamp(noon() + TimeDelta::seconds(seconds)),
                update_time: timestamp(now),
                suppressed_until: None,
            };
        }
        assert_eq!(answer, holds, "{source}");
        assert_eq!(get(&pair, "ali").await, holds, "{source}");
    }
    assert_eq!(get(&pair, "noor").await.state(), pb::ConsentState::Unspecified);
}

#[tokio::test]
async fn a_little_ahead_of_now_is_now_and_more_is_refused() {
    let pair = Pair::at(noon()).await;
    let now = set(&pair, ops::opt_in("ali")).await.unwrap();
    assert_eq!(now.occurred_at, timestamp(noon()));
    let ahead = set(&pair, said(OptedOut, 300, "")).await.unwrap();
    assert_eq!((ahead.state(), ahead.occurred_at), (OptedOut, timestamp(noon())));
    let mut further = said(OptedIn, 300, "");
    further.occurred_at = timestamp(noon() + TimeDelta::minutes(5) + TimeDelta::microseconds(1));
    let refused = set(&pair, further).await.unwrap_err();
    assert_eq!(told(&refused), (Code::InvalidArgument, "INVALID_FIELD".into()));
    assert_eq!(bad_fields(&refused), ["occurred_at".to_owned()].into());
    assert_eq!(get(&pair, "ali").await, ahead);
}

#[tokio::test]
async fn an_opt_out_holds_at_once_on_every_replica() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    import(&pair, ops::import(&[("offer", "MARKETING")])).await;
    for round in 0..ROUNDS {
        let (here, there) = (replicas[round % 2], replicas[(round + 1) % 2]);
        let contact = format!("contact-{round}");
        let offer = || {
            let send = ops::template(&contact, "offer");
            ops::justified(send, pb::JustificationReason::Campaign, "spring")
        };
        let unknown = here.check(offer()).await.unwrap();
        assert_eq!(ops::codes(&unknown), ["MARKETING_CONSENT_REQUIRED"], "{round}");
        set(here, ops::opt_in(&contact)).await.unwrap();
        let welcome = there.check(offer()).await.unwrap();
        assert_eq!(ops::codes(&welcome), [""; 0], "{round}");
        set(there, ops::opt_out(&contact)).await.unwrap();
        let refused = here.authorize(offer()).await.unwrap();
        assert_eq!(ops::codes(&refused), ["MARKETING_OPTED_OUT"], "{round}");
    }
}

#[tokio::test]
async fn in_whatever_order_they_arrive_the_newest_holds() {
    let (pair, other) = two().await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    for round in 0..ROUNDS {
        let contact = format!("contact-{round}");
        let last = i64::try_from(2 * ROUNDS).unwrap();
        let said = (0..=last).map(|n| {
            let state = if n % 2 == 0 { OptedIn } else { OptedOut };
            let said = said(state, n, &n.to_string());
            let said = pb::SetContactConsentRequest { contact_id: contact.clone(), ..said };
            set(replicas[usize::try_from(n % 2).unwrap()], said)
        });
        // Each is answered with what holds then: itself, or something newer.
        for (n, holds) in (0..).zip(join_all(said).await) {
            assert!(holds.unwrap().source.parse::<i64>().unwrap() >= n);
        }
        for replica in replicas {
            assert_eq!(get(replica, &contact).await.source, last.to_string());
        }
    }
}
