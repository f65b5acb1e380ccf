//! No answer, no permission: while the facts or the database can't be had, sends are refused as
//! UNAVAILABLE within the caller's time, never allowed, and never left waiting. Nobody has to do
//! anything when they are back.

mod conversation;
mod database;

use std::time::Duration;

use azeer_proto::policy::v1 as pb;
use azeer_tests::{PolicyClients, ops};
use tokio::time::timeout;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::support;

/// What must come to pass does within this, however slow the machine is.
const PATIENCE: Duration = Duration::from_mins(1);

/// The deadlines that callers set.
const DEADLINES: [Option<Duration>; 3] =
    [Some(Duration::from_secs(1)), Some(Duration::from_secs(3)), None];

/// What a call comes to; the client itself holds its deadline.
type Told = Result<pb::Verdict, Status>;

async fn check(clients: &PolicyClients, deadline: Option<Duration>) -> Told {
    let mut request = Request::new(ops::check(ops::free_form("ali")));
    deadline.inspect(|deadline| request.set_timeout(*deadline));
    let answer = clients.sends.clone().check_send(request).await?;
    Ok(answer.into_inner().decision.unwrap().verdict())
}

async fn authorize(clients: &PolicyClients, deadline: Option<Duration>) -> Told {
    let mut request = Request::new(ops::authorize(ops::free_form("ali")));
    deadline.inspect(|deadline| request.set_timeout(*deadline));
    let answer = clients.sends.clone().authorize_send(request).await?;
    Ok(answer.into_inner().decision.unwrap().verdict())
}

/// Both RPCs that decide, at once.
async fn both(clients: &PolicyClients, deadline: Option<Duration>) -> [Told; 2] {
    let calls = async { tokio::join!(check(clients, deadline), authorize(clients, deadline)) };
    timeout(PATIENCE, calls).await.expect("no call is left waiting").into()
}

/// Asks until sends are allowed so many times in a row. Gives how often they were not decided.
async fn until_allowed(clients: &PolicyClients, in_a_row: usize) -> usize {
    let (mut allowed, mut not_decided) = (0, 0);
    let asking = async {
        while allowed < in_a_row {
            match check(clients, Some(Duration::from_secs(1))).await {
                Ok(verdict) => {
                    assert_eq!(verdict, pb::Verdict::Allow);
                    allowed += 1;
                }
                Err(status) => {
                    assert_eq!(status.code(), Code::Unavailable, "{status:?}");
                    (allowed, not_decided) = (0, not_decided + 1);
                }
            }
        }
    };
    timeout(PATIENCE, asking).await.expect("sends are decided in the end");
    not_decided
}

/// Asks until a send can't be decided for this reason: what was broken is broken.
async fn until_told(clients: &PolicyClients, reason: &str) {
    let is_told = |told: Told| match told {
        Ok(_) => false,
        Err(status) => support::told_by_policy(&status).1 == reason,
    };
    let asking = async { while !is_told(check(clients, None).await) {} };
    timeout(PATIENCE, asking).await.expect("it breaks");
}

/// Nothing is decided, whatever the deadline, and callers are told why and when to come again.
async fn assert_unavailable(clients: &PolicyClients, reason: &str) {
    // With so little time the client may give up first, on a busy machine: but nothing is allowed.
    for told in both(clients, Some(Duration::from_millis(200))).await {
        let code = told.expect_err("nothing can be decided").code();
        let given_up = [Code::Unavailable, Code::Cancelled, Code::DeadlineExceeded];
        assert!(given_up.contains(&code), "{code:?}");
    }
    for deadline in DEADLINES {
        for told in both(clients, deadline).await {
            let status = told.expect_err("nothing can be decided");
            let unavailable = (Code::Unavailable, reason.to_owned());
            assert_eq!(support::told_by_policy(&status), unavailable, "{deadline:?}");
            let again = status.get_details_retry_info().and_then(|info| info.retry_delay);
            assert!(again.is_some_and(|delay| !delay.is_zero()), "{status:?}");
        }
    }
}
