//! What people said of marketing, under whichever of their ids.

mod order;

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{Pair, Policy, PolicyClients, ops};
use chrono::TimeDelta;
use pb::ConsentState::{self, OptedIn, OptedOut};

use super::ROUNDS;
use crate::support::noon;

/// Two messaging-policies over one database, whose time stands.
async fn two() -> (Pair, Policy) {
    let pair = Pair::at(noon()).await;
    let other = pair.another_policy(&pair.conversation).await;
    (pair, other)
}

/// What one says under an id, so many seconds after noon.
fn said(id: &str, state: ConsentState, seconds: i64, source: &str) -> pb::SetContactConsentRequest {
    pb::SetContactConsentRequest {
        state: state.into(),
        source: source.into(),
        occurred_at: timestamp(noon() + TimeDelta::seconds(seconds)),
        ..ops::opt_in(id)
    }
}

async fn set(clients: &PolicyClients, said: pb::SetContactConsentRequest) -> pb::Consent {
    let answer = clients.admin.clone().set_contact_consent(said).await.unwrap();
    answer.into_inner().consent.unwrap()
}

async fn get(clients: &PolicyClients, id: &str) -> (pb::Consent, Vec<pb::ConsentChange>) {
    let request =
        pb::GetContactConsentRequest { tenant_id: ops::TENANT.into(), contact_id: id.into() };
    let answer = clients.admin.clone().get_contact_consent(request).await.unwrap().into_inner();
    let consent = answer.consent.unwrap();
    assert_eq!(consent.contact_id, id);
    (consent, answer.history)
}

/// What was said, as `id state second source`, in the order in which it is told.
fn lines(history: &[pb::ConsentChange]) -> Vec<String> {
    let line = |change: &pb::ConsentChange| {
        let state = if change.state() == OptedIn { "in" } else { "out" };
        let second = change.occurred_at.unwrap().seconds - noon().timestamp();
        format!("{} {state} {second} {}", change.contact_id, change.source)
    };
    history.iter().map(line).collect()
}

/// A customer writes under all of these ids.
async fn writes(pair: &Pair, ids: &[&str]) {
    let [first, others @ ..] = ids else { panic!("nobody writes") };
    let said = conversation::RecordInboundMessageRequest {
        contact_aliases: others.iter().map(ToString::to_string).collect(),
        ..ops::inbound(first, &format!("m-{first}"), noon())
    };
    pair.conversation.clients.conversations.clone().record_inbound_message(said).await.unwrap();
}

/// The policy gets to know that ids are one person's: with a send to one of them.
async fn are_one(pair: &Pair, ids: &[&str]) {
    writes(pair, ids).await;
    pair.authorize(ops::free_form(ids[0])).await.unwrap();
}

#[tokio::test]
async fn what_was_said_last_under_any_id_holds_for_the_person() {
    let (pair, other) = two().await;
    let ids = ["966500000001", "SA.1", "966500000002"];
    for (id, state, second) in [(0, OptedIn, -30), (1, OptedOut, -20), (2, OptedIn, -40)] {
        set(&pair, said(ids[id], state, second, "form")).await;
    }
    for (id, (state, second)) in ids.iter().zip([("in", -30), ("out", -20), ("in", -40)]) {
        let (_, history) = get(&pair, id).await;
        assert_eq!(lines(&history), [format!("{id} {state} {second} form")], "they are not one");
    }
    are_one(&pair, &ids).await;
    let all = ["SA.1 out -20 form", "966500000001 in -30 form", "966500000002 in -40 form"];
    for clients in [&*pair, &other.clients] {
        for id in ids {
            let (consent, history) = get(clients, id).await;
            assert_eq!((consent.state(), &*consent.source), (OptedOut, "form"), "{id}");
            assert_eq!(consent.occurred_at, timestamp(noon() - TimeDelta::seconds(20)));
            assert_eq!(lines(&history), all, "{id}");
        }
    }
    // The answer is about the person, too.
    let late = set(&pair, said(ids[0], OptedIn, -25, "late")).await;
    assert_eq!((late.contact_id.as_str(), late.state()), (ids[0], OptedOut));
    let tie = set(&pair, said(ids[2], OptedIn, -20, "tie")).await;
    assert_eq!(tie.state(), OptedOut, "at the same instant the opt-out holds");
    let newer = set(&other.clients, said(ids[2], OptedIn, -19, "newer")).await;
    assert_eq!((newer.state(), &*newer.source), (OptedIn, "newer"));
    let (consent, history) = get(&pair, ids[1]).await;
    assert_eq!((consent.state(), &*consent.source), (OptedIn, "newer"));
    let last = ["966500000002 in -19 newer", "SA.1 out -20 form", "966500000002 in -20 tie"];
    assert_eq!(lines(&history)[..3], last);
}

#[tokio::test]
async fn an_opt_out_under_one_id_refuses_marketing_to_the_others() {
    let (pair, other) = two().await;
    pair.import(&[("offer", "MARKETING")]).await;
    let replicas: [&PolicyClients; 2] = [&pair, &other.clients];
    for round in 0..ROUNDS {
        let (here, there) = (replicas[round % 2], replicas[(round + 1) % 2]);
        let (number, user) = (format!("9665000000{round:02}"), format!("SA.{round}"));
        let offer = |id: &str| {
            let send = ops::template(id, "offer");
            ops::justified(send, pb::JustificationReason::Campaign, "spring")
        };
        writes(&pair, &[&number, &user]).await;
        set(here, ops::opt_in(&user)).await;
        let welcome = there.authorize(offer(&number)).await.unwrap();
        assert_eq!(ops::codes(&welcome), [""; 0], "{round}");
        set(there, ops::opt_out(&number)).await;
        for id in [&number, &user] {
            let refused = here.check(offer(id)).await.unwrap();
            assert!(ops::codes(&refused).contains(&"MARKETING_OPTED_OUT"), "{round}, {id}");
            assert_eq!(get(there, id).await.0.state(), OptedOut, "{round}, {id}");
        }
    }
}

#[tokio::test]
async fn what_came_late_is_told_and_what_was_said_again_is_not() {
    let pair = Pair::at(noon()).await;
    let rows = [
        (OptedOut, -10, "form"),
        (OptedIn, -20, "late"),
        (OptedOut, -10, "again"),
        (OptedIn, -10, "tie"),
    ];
    for (minute, (state, second, source)) in (1..).zip(rows) {
        pair.set(noon() + TimeDelta::minutes(minute));
        set(&pair, said("ali", state, second, source)).await;
    }
    let (consent, history) = get(&pair, "ali").await;
    assert_eq!((consent.state(), &*consent.source), (OptedOut, "form"));
    assert_eq!(lines(&history), ["ali out -10 form", "ali in -10 tie", "ali in -20 late"]);
    let recorded: Vec<_> = history.iter().map(|change| change.record_time).collect();
    let minutes = [1, 4, 2].map(|minute| timestamp(noon() + TimeDelta::minutes(minute)));
    assert_eq!(recorded, minutes);
    assert_eq!(consent.update_time, minutes[0]);
}

#[tokio::test]
async fn what_was_said_of_all_ids_at_once_is_told_once() {
    let pair = Pair::at(noon()).await;
    let ids = ["SA.1", "966500000001"];
    are_one(&pair, &ids).await;
    for id in ids {
        set(&pair, said(id, OptedOut, -10, "stop-word")).await;
    }
    set(&pair, said(ids[0], OptedOut, -10, "other words")).await;
    set(&pair, said(ids[1], OptedOut, -9, "stop-word")).await;
    let expected = ["966500000001 out -9 stop-word", "966500000001 out -10 stop-word"];
    for id in ids {
        assert_eq!(lines(&get(&pair, id).await.1), expected);
    }
}

#[tokio::test]
async fn of_a_long_history_the_last_hundred_are_told() {
    let pair = Pair::at(noon()).await;
    let ids = ["966500000001", "SA.1"];
    are_one(&pair, &ids).await;
    let text = format!(
        "INSERT INTO consent_changes (tenant_id, contact_id, occurred_at, state, source, record_time)
           SELECT '{}', CASE WHEN i % 3 = 0 THEN '{}' ELSE '{}' END, $1::timestamptz
             - i * interval '1 second', 'OPTED_IN', i::text, $1 FROM generate_series(1, 400) i",
        ops::TENANT,
        ids[0],
        ids[1],
    );
    let client = pair.policy.database.connect().await;
    client.execute(&text, &[&noon()]).await.unwrap();
    let last: Vec<_> = (1..=100).map(|n: i32| n.to_string()).collect();
    for id in ids {
        let (_, history) = get(&pair, id).await;
        let told: Vec<_> = history.into_iter().map(|change| change.source).collect();
        assert_eq!(told, last);
    }
}

#[tokio::test]
async fn marketing_is_held_up_as_long_as_under_any_id() {
    let pair = Pair::at(noon()).await;
    let ids = ["966500000001", "SA.1", "SA.2"];
    are_one(&pair, &ids).await;
    let client = pair.policy.database.connect().await;
    for (id, hours) in [(ids[1], 24), (ids[2], 2)] {
        let until = noon() + TimeDelta::hours(hours);
        let text = "INSERT INTO consents (tenant_id, contact_id, source, update_time, \
             suppressed_until) VALUES ($1, $2, '', $3, $4)";
        client.execute(text, &[&ops::TENANT, &id, &noon(), &until]).await.unwrap();
    }
    let mut expected = pb::Consent {
        contact_id: ids[0].into(),
        suppressed_until: timestamp(noon() + TimeDelta::hours(24)),
        ..Default::default()
    };
    assert_eq!(get(&pair, ids[0]).await, (expected.clone(), vec![]), "nobody said anything");
    let answer = set(&pair, said(ids[2], OptedIn, -1, "form")).await;
    assert_eq!(answer.suppressed_until, expected.suppressed_until);
    pair.set(noon() + TimeDelta::hours(24) - TimeDelta::microseconds(1));
    let held_up = get(&pair, ids[0]).await.0;
    expected = pb::Consent { contact_id: ids[0].into(), ..answer };
    assert_eq!(held_up, expected);
    pair.set(noon() + TimeDelta::hours(24));
    let over = pb::Consent { suppressed_until: None, ..expected };
    assert_eq!(get(&pair, ids[0]).await.0, over);
}
