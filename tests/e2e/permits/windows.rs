//! Until when a permit is good.

use azeer_tests::service::time;
use chrono::{SubsecRound as _, TimeDelta};

use super::stand::{Stand, body, published, template, text};
use super::verifiers::{Attempt, attempt, attempts};
use crate::sends::settings;
use crate::support::noon;

#[tokio::test]
async fn a_permit_ends_in_its_minute() {
    let stand = Stand::at(noon()).await;
    let send = text("ali");
    let allowed = stand.clients().authorize(send.clone()).await.unwrap();
    let keys = published(stand.clients()).await;
    let end = allowed.permit_expires_at.unwrap().seconds;
    assert_eq!(end, noon().timestamp() + 60);
    let at = |now| Attempt::new(&allowed.permit, body(&send), now);
    // It ends first: once it was taken it would not be taken again.
    let told = attempts(&keys, &[at(end + 1), at(end), at(end - 1)]);
    assert_eq!(told, [Some("expired".into()), Some("expired".into()), None]);
    assert_eq!(attempt(&keys, at(end - 60)), None);
}

#[tokio::test]
async fn a_free_form_message_goes_within_its_window_only() {
    // The window ends in the last milliseconds of a second.
    let wrote = noon() + TimeDelta::milliseconds(499);
    let stand = Stand::at(wrote).await;
    let clients = stand.clients();
    clients.import(&[("parcel", "UTILITY")]).await;
    settings::margin(clients, TimeDelta::zero()).await;
    settings::no_rate(clients).await;
    let end = wrote + TimeDelta::days(1);
    let mut tries = Vec::new();
    for (left, whole_seconds) in [(61_999, 60), (30_999, 30), (1_999, 1), (999, 0)] {
        let now = end - TimeDelta::milliseconds(left);
        stand.set(now);
        let send = text("ali");
        let allowed = clients.authorize(send.clone()).await.unwrap();
        let ends_at = time(allowed.permit_expires_at.unwrap());
        assert_eq!(ends_at, now + TimeDelta::seconds(whole_seconds), "{left}");
        tries.push(Attempt::new(&allowed.permit, body(&send), now.timestamp()));
    }
    // Of the last second there is nothing left: it is told, and lets nobody do anything.
    let keys = published(clients).await;
    assert_eq!(attempts(&keys, &tries), [None, None, None, Some("expired".into())]);
    // A template goes also when the window is over.
    let send = template("ali", "parcel");
    let allowed = clients.authorize(send.clone()).await.unwrap();
    let now = end - TimeDelta::milliseconds(999);
    let ends_at = time(allowed.permit_expires_at.unwrap());
    assert_eq!(ends_at, (now + TimeDelta::seconds(60)).trunc_subsecs(0));
    let late = Attempt::new(&allowed.permit, body(&send), end.timestamp() + 30);
    let again = late.clone();
    let told = attempts(&keys, &[late, again]);
    assert_eq!(told, [None, Some("taken before".into())]);
}
