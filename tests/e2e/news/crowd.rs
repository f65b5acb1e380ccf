//! Many who say something at once, under ids that overlap and change hands: nobody gets in anybody's
//! way, and nothing that was said is lost.

use azeer_proto::policy::v1 as pb;
use azeer_tests::service::timestamp;
use azeer_tests::{PolicyClients, ops};
use pb::ConsentState::{OptedIn, OptedOut};

use super::bodies::*;
use super::hands::{NEW, by};
use super::people::consent;
use super::{after, told, two};

/// How much each of them says.
const ROUNDS: i64 = 200;

/// When one of the four says something: at an instant of its own.
fn second(of: i64, round: i64) -> i64 {
    4 * (round - ROUNDS) + of - 4
}

/// The number's owners by turns, by the platform's own button.
async fn wishes(clients: &PolicyClients, of: i64) {
    for round in 0..ROUNDS {
        let user = if round % 2 == 0 { USER } else { NEW };
        let wished = if (round / 2) % 2 == 0 { "stop" } else { "resume" };
        let body = by(user, wish(wished, after(second(of, round))));
        assert_eq!(told(clients, &body).await.len(), 1);
    }
}

/// Under one id after the other, by a form.
async fn forms(clients: &PolicyClients, of: i64) {
    for round in 0..ROUNDS {
        let id = [USER, CUSTOMER, NEW][usize::try_from(round % 3).unwrap()];
        let state = if round % 2 == 0 { OptedIn } else { OptedOut };
        let said = pb::SetContactConsentRequest {
            state: state.into(),
            occurred_at: timestamp(after(second(of, round))),
            ..ops::opt_in(id)
        };
        clients.admin.clone().set_contact_consent(said).await.unwrap();
    }
}

#[tokio::test]
async fn nobody_waits_in_a_circle_and_no_opt_out_is_lost() {
    let (pair, other) = two().await;
    tokio::join!(
        wishes(&pair, 0),
        wishes(&other.clients, 1),
        forms(&pair, 2),
        forms(&other.clients, 3)
    );
    for (user, second) in [(USER, -2), (NEW, -1)] {
        assert_eq!(told(&pair, &by(user, wish("stop", after(second)))).await, ["APPLIED"]);
    }
    for id in [USER, NEW, CUSTOMER] {
        assert_eq!(consent(&other.clients, id).await.state(), OptedOut, "{id}");
    }
    // Everything that anybody said is kept, under whichever id.
    let client = pair.policy.database.connect().await;
    let text = "SELECT count(DISTINCT occurred_at) FROM consent_changes WHERE source = $1";
    for (source, said) in [("", 2 * ROUNDS), ("user-preferences", 2 * ROUNDS + 2)] {
        let kept: i64 = client.query_one(text, &[&source]).await.unwrap().get(0);
        assert_eq!(kept, said, "{source:?}");
    }
}
