//! Keys that change while permits are on their way.

use std::fs;

use azeer_tests::ops;
use messaging_policy::permits::{KeysError, retire, rotate};

use super::stand::{Stand, authorize, body, new_keys, part, published, text};
use super::verifiers::{Attempt, attempts};
use crate::support::noon;

#[tokio::test]
async fn permits_of_before_and_after_hold_during_the_overlap() {
    let stand = Stand::at(noon()).await;
    let (clients, send, now) = (stand.clients(), text("ali"), noon().timestamp());
    let with_permits = |keys: &str, permits: [&String; 2]| {
        attempts(keys, &permits.map(|permit| Attempt::new(permit, body(&send), now)))
    };
    let request = ops::authorize(send.clone());
    let before = authorize(clients, &request).await;
    let old_keys = published(clients).await;

    rotate(&stand.keys, true).unwrap();
    let new_keys = stand.keys_after(&old_keys).await;
    let after = clients.authorize(send.clone()).await.unwrap();
    assert_ne!(part(&before.permit, 0), part(&after.permit, 0));
    for keys in [&old_keys, &new_keys] {
        let told = with_permits(keys, [&before.permit, &after.permit]);
        assert_eq!(told, [None, None], "{keys}");
    }
    // Asked for again, it is signed as it was.
    assert_eq!(authorize(clients, &request).await, before);

    retire(&stand.keys, true).unwrap();
    let keys = stand.keys_after(&new_keys).await;
    let [Some(refused), None] = &with_permits(&keys, [&before.permit, &after.permit])[..] else {
        panic!("only the one of before is refused")
    };
    assert!(refused.starts_with("unknown key"), "{refused}");
    // Nobody could check it any more.
    let again = authorize(clients, &request).await;
    assert_eq!((again.permit.as_str(), again.permit_expires_at), ("", None));
    assert_eq!(again.decision_id, before.decision_id);
}

#[tokio::test]
async fn what_is_mended_is_taken() {
    let stand = Stand::at(noon()).await;
    let before = published(stand.clients()).await;
    let next = stand.keys.join("next.pem");
    fs::write(&next, "no key").unwrap();
    // Whether that is noticed or not: there are keys all the while.
    let allowed = stand.clients().authorize(text("ali")).await.unwrap();
    assert_ne!(allowed.permit, "");
    assert_eq!(published(stand.clients()).await, before);

    fs::copy(new_keys().join("next.pem"), &next).unwrap();
    let after = stand.keys_after(&before).await;
    assert_eq!(after.matches("kid").count(), 2, "{after}");
}

#[tokio::test]
async fn without_a_key_that_signs_it_does_not_start() {
    let stand = Stand::at(noon()).await;
    let start = |keys: std::path::PathBuf| {
        let database = stand.policy.database.url().to_owned();
        async move {
            let any_port = azeer_tests::service::any_port();
            let origin = azeer_tests::policy::origin(any_port);
            let mut config = messaging_policy::Config::new(database, any_port, origin);
            config.permit_keys = Some(keys);
            messaging_policy::Server::start(config).await.err()
        }
    };
    let keys = new_keys();
    fs::write(keys.join("current.pem"), "no key").unwrap();
    let refused = start(keys.clone()).await;
    let not_a_key =
        messaging_policy::Error::PermitKeys(KeysError::NotAKey(keys.join("current.pem")));
    assert_eq!(refused.unwrap().to_string(), not_a_key.to_string());
    fs::remove_file(keys.join("current.pem")).unwrap();
    let refused = start(keys).await.unwrap().to_string();
    assert!(refused.contains("permit-keys generate"), "{refused}");
}
