//! The end of the window: its last seconds are as good as over, to the microsecond, by the time of
//! the service that owns the window.

use azeer_proto::conversation::v1 as conversation;
use azeer_proto::policy::v1 as pb;
use azeer_runtime::clock::Clock;
use azeer_tests::service::{at, duration, time};
use azeer_tests::{Database, Pair, Policy, Service, ops};
use chrono::TimeDelta;
use conversation_state_core::Time;
use tokio::sync::oneshot;

use super::settings;
use crate::support::{self, noon};

const MICROSECOND: TimeDelta = TimeDelta::microseconds(1);
const DAY: TimeDelta = TimeDelta::hours(24);
/// What is left of a window when it counts as over.
const MARGIN: TimeDelta = TimeDelta::seconds(5);

/// The instants around the margin and the end, and whether a free-form message goes then.
fn boundary(end: Time) -> [(Time, bool); 6] {
    [
        (end - MARGIN - MICROSECOND, true),
        (end - MARGIN, true),
        (end - MARGIN + MICROSECOND, false),
        (end, false),
        (end + MICROSECOND, false),
        (end + DAY, false),
    ]
}

/// Has the monotonic clock of this test's runtime stand, until what is given is dropped: a running
/// blocking task keeps it from going on by itself.
fn stand_still() -> oneshot::Sender<()> {
    tokio::time::pause();
    let (held, until) = oneshot::channel::<()>();
    tokio::task::spawn_blocking(move || until.blocking_recv());
    held
}

/// The instant at which a decision judged the window.
fn as_of(decision: &pb::Decision) -> Time {
    let facts = decision.facts.as_ref().expect("facts are told with view FULL");
    match facts.fields["as_of"].kind.as_ref().unwrap() {
        prost_types::value::Kind::StringValue(as_of) => at(as_of),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_last_seconds_and_the_first_after_them_are_over_to_the_microsecond() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    let _still = stand_still();
    let end = noon() + DAY;
    for (now, goes) in boundary(end) {
        pair.set(now);
        let free_form = ops::free_form("ali");
        let checked = pair.check(free_form.clone()).await.unwrap();
        let authorized = pair.authorize(free_form).await.unwrap();
        for decision in [checked, authorized] {
            let refused: &[_] = if goes { &[] } else { &["WINDOW_EXPIRED"] };
            assert_eq!(ops::codes(&decision), refused, "{now}");
            // The state is that of the window itself.
            let open = now <= end;
            assert_eq!(decision.state() == conversation::ConversationState::Open, open, "{now}");
            assert_eq!(time(decision.window_expires_at.unwrap()), end);
        }
    }
}

#[tokio::test]
async fn a_window_is_judged_by_the_time_of_the_service_that_owns_it() {
    let owner = Service::at(noon()).await;
    let said = ops::inbound("ali", "m1", noon());
    owner.clients.conversations.clone().record_inbound_message(said).await.unwrap();
    let (database, address) = (Database::policy().await, owner.server.local_addr());
    let end = noon() + DAY;
    for own_time in [noon() - DAY, end - MARGIN, end + TimeDelta::days(400)] {
        let clock = Clock::standing_at(own_time);
        let policy =
            Policy::start_with(database.clone(), address, |config| config.clock = clock).await;
        // It runs on for as long as the answer takes: a second is enough for that.
        for (now, goes) in [(end - MARGIN - TimeDelta::minutes(1), true), (end, false)] {
            owner.clock.set(now);
            let decision = policy.clients.check(ops::free_form("ali")).await.unwrap();
            assert_eq!(decision.verdict() == pb::Verdict::Allow, goes, "{now} at {own_time}");
            assert_eq!(time(decision.decided_at.unwrap()), own_time);
        }
    }
}

#[tokio::test]
async fn what_has_passed_since_the_facts_were_read_counts() {
    let pair = Pair::at(noon()).await;
    pair.customer_writes("ali", "m1").await;
    // The databases' time stands a hair before the margin; what passes is the asking itself.
    pair.set(noon() + DAY - MARGIN);
    let request = pb::CheckSendRequest {
        view: pb::DecisionView::Full.into(),
        ..ops::check(ops::free_form("ali"))
    };
    let answer = pair.sends.clone().check_send(request).await.unwrap().into_inner();
    let decision = answer.decision.unwrap();
    let as_of = as_of(&decision);
    assert!(as_of > noon() + DAY - MARGIN, "{as_of}");
    assert_eq!(ops::codes(&decision), ["WINDOW_EXPIRED"]);
}

/// A pair with real time, whose main channel has short windows, that count as over when so much is
/// left of them. Its customer writes, and answers are asked for until they change.
async fn until_refused(window: TimeDelta, margin: TimeDelta) -> pb::Decision {
    let pair = Pair::start().await;
    // Each answer takes its place in the rate, which is not what this is about.
    settings::no_rate(&pair).await;
    settings::margin(&pair, margin).await;
    let short = conversation::Channel { window_duration: duration(window), ..Default::default() };
    let mut channels = pair.conversation.clients.channels.clone();
    channels.upsert_channel(support::upsert(short)).await.unwrap();
    pair.customer_writes("ali", "m1").await;
    let mut allowed = 0;
    let first = loop {
        let decision = pair.authorize(ops::free_form("ali")).await.unwrap();
        if decision.verdict() == pb::Verdict::Deny {
            break decision;
        }
        allowed += 1;
    };
    assert!(allowed > 0, "{first:?}");
    // It changes once.
    for _ in 0..20 {
        let later = pair.check(ops::free_form("ali")).await.unwrap();
        assert_eq!(ops::codes(&later), ["WINDOW_EXPIRED"]);
    }
    assert_eq!(ops::codes(&first), ["WINDOW_EXPIRED"]);
    pair.decision(&first.decision_id).await.unwrap()
}

#[tokio::test]
async fn a_real_window_ends_by_itself() {
    let refused = until_refused(TimeDelta::seconds(2), TimeDelta::zero()).await;
    assert!(as_of(&refused) > time(refused.window_expires_at.unwrap()), "{refused:?}");
    assert_eq!(refused.state(), conversation::ConversationState::Expired);
}

#[tokio::test]
async fn the_last_seconds_of_a_real_window_are_over_while_it_is_open() {
    let refused = until_refused(TimeDelta::seconds(7), MARGIN).await;
    assert!(as_of(&refused) > time(refused.window_expires_at.unwrap()) - MARGIN, "{refused:?}");
    assert_eq!(refused.state(), conversation::ConversationState::Open);
}
