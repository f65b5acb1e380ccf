//! Filters: each of them and several together, in every tab, over listings and counts.

use azeer_proto::conversation::v1 as pb;
use azeer_tests::ops;
use azeer_tests::service::duration;
use chrono::TimeDelta;

use crate::inbox::{CHANNELS, Inbox, Walk, sorted};
use crate::lists::{ORDERS, TABS};

/// All filters that a listing and a count share.
fn filters() -> Vec<pb::ConversationFilter> {
    let [main, bots, side] = CHANNELS;
    let none = pb::ConversationFilter::default;
    let of = |channels: &[&str]| pb::ConversationFilter {
        channel_ids: channels.iter().map(|&id| id.to_owned()).collect(),
        ..none()
    };
    let team = |filter| pb::ConversationFilter { team_id: "sales".into(), ..filter };
    let agent = |id: &str, filter| pb::ConversationFilter { agent_id: id.into(), ..filter };
    let unassigned = |filter| pb::ConversationFilter { unassigned_only: true, ..filter };
    let awaiting = |filter| pb::ConversationFilter { awaiting_reply_only: true, ..filter };
    vec![
        none(),
        of(&[main]),
        of(&[bots]),
        of(&[main, side]),
        of(&[side, bots, main]),
        of(&[main, main]),
        of(&["unknown"]),
        of(&[main, "unknown"]),
        team(none()),
        team(of(&[main])),
        team(awaiting(none())),
        team(awaiting(of(&[bots, side]))),
        agent("sara", none()),
        agent("omar", none()),
        agent("nobody", none()),
        agent("sara", team(none())),
        agent("omar", team(none())),
        agent("omar", awaiting(of(&[main]))),
        unassigned(none()),
        unassigned(of(&[bots])),
        unassigned(awaiting(none())),
        unassigned(awaiting(of(&[main, bots]))),
        awaiting(none()),
        awaiting(of(&[bots])),
        awaiting(of(&[main, side])),
    ]
}

/// What the words of the contract say.
fn fits(filter: &pb::ConversationFilter, c: &pb::Conversation) -> bool {
    let handler = c.handler.as_ref().unwrap();
    let with_people = handler.kind() == pb::HandlerKind::Human;
    let assigned = !handler.team_id.is_empty() || !handler.agent_id.is_empty();
    (filter.channel_ids.is_empty() || filter.channel_ids.contains(&c.channel_id))
        && (filter.team_id.is_empty() || filter.team_id == handler.team_id)
        && (filter.agent_id.is_empty() || filter.agent_id == handler.agent_id)
        && (!filter.unassigned_only || (with_people && !assigned))
        && (!filter.awaiting_reply_only || c.awaiting_reply)
        && filter.expiring_within.is_none_or(|within| expires_within(c, within))
}

fn expires_within(c: &pb::Conversation, within: prost_types::Duration) -> bool {
    let live = matches!(c.state(), pb::ConversationState::Open | pb::ConversationState::Bot);
    let length = |duration: prost_types::Duration| (duration.seconds, duration.nanos);
    live && length(c.window_remaining.unwrap()) <= length(within)
}

/// Goes to three moments: noon, three hours on while nothing is announced, and the same with all
/// announced. Each time the check is given the conversations as they are.
async fn at_each_moment(check: impl AsyncFn(&Inbox, &[pb::Conversation], TimeDelta)) {
    let inbox = Inbox::new().await;
    for (hours, announced) in [(0, false), (3, false), (3, true)] {
        let later = TimeDelta::hours(hours);
        inbox.service.clock.set(inbox.noon + later);
        if announced {
            inbox.announce().await;
        }
        let conversations = inbox.conversations().await;
        check(&inbox, &conversations, later).await;
    }
}

async fn list(inbox: &Inbox, later: TimeDelta, mut walk: Walk) -> Vec<String> {
    while !walk.done {
        walk.page(&inbox.service.clients, inbox.noon + later).await;
    }
    walk.found.into_iter().map(|c| c.conversation_id).collect()
}

#[tokio::test]
async fn a_listing_shows_what_fits_its_filter_and_nothing_else() {
    at_each_moment(async |inbox, conversations, later| {
        for filter in filters() {
            let fitting: Vec<_> = conversations.iter().filter(|c| fits(&filter, c)).collect();
            for tab in TABS {
                let walk = Walk::new(tab, pb::OrderBy::NewestCustomerMessage, 3).filter(&filter);
                let found = list(inbox, later, walk).await;
                let order = pb::OrderBy::NewestCustomerMessage;
                let expected = sorted(fitting.iter().copied().cloned(), tab, order);
                assert_eq!(found, expected, "{tab:?} with {filter:?} {later}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn filters_go_with_every_order() {
    at_each_moment(async |inbox, conversations, later| {
        for order in ORDERS {
            for (number, filter) in filters().into_iter().enumerate() {
                let tab = TABS[number % TABS.len()];
                let fitting = conversations.iter().filter(|c| fits(&filter, c)).cloned();
                let found = list(inbox, later, Walk::new(tab, order, 2).filter(&filter)).await;
                assert_eq!(found, sorted(fitting, tab, order), "{tab:?} {order:?} {filter:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn expiring_within_leaves_what_ends_soon() {
    at_each_moment(async |inbox, conversations, later| {
        for minutes in [10, 11, 60, 119, 120, 121, 600, 24 * 60] {
            for filter in filters().into_iter().step_by(4) {
                let expiring_within = duration(TimeDelta::minutes(minutes));
                let filter = pb::ConversationFilter { expiring_within, ..filter };
                for (tab, order) in TABS.into_iter().zip(ORDERS.into_iter().cycle()) {
                    let fitting = conversations.iter().filter(|c| fits(&filter, c)).cloned();
                    let found = list(inbox, later, Walk::new(tab, order, 7).filter(&filter)).await;
                    assert_eq!(found, sorted(fitting, tab, order), "{tab:?} {order:?} {filter:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn counts_equal_what_each_tab_shows() {
    at_each_moment(async |inbox, conversations, later| {
        let mut client = inbox.service.clients.conversations.clone();
        for filter in filters() {
            for minutes in [None, Some(1), Some(60), Some(24 * 60)] {
                let within = TimeDelta::minutes(minutes.unwrap_or(60));
                let request = pb::GetTabCountsRequest {
                    filter: Some(filter.clone()),
                    expiring_within: minutes.and_then(|_| duration(within)),
                    ..ops::counts()
                };
                let told = client.get_tab_counts(request).await.unwrap().into_inner();
                let within = duration(within).unwrap();
                let count = |counted: &dyn Fn(&pb::Conversation) -> bool| {
                    let found = conversations.iter().filter(|c| fits(&filter, c) && counted(c));
                    i64::try_from(found.count()).unwrap()
                };
                let shown = |state| count(&|c| c.state() == state);
                let expected = pb::GetTabCountsResponse {
                    open: shown(pb::ConversationState::Open),
                    expired: shown(pb::ConversationState::Expired),
                    closed: shown(pb::ConversationState::Closed),
                    bot: shown(pb::ConversationState::Bot),
                    awaiting_reply: count(&|c| c.awaiting_reply),
                    expiring_soon: count(&|c| expires_within(c, within)),
                    as_of: told.as_of,
                    resume_token: told.resume_token.clone(),
                };
                assert_eq!(told, expected, "{filter:?} {within:?} {later}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn each_filter_has_something_to_show_and_something_to_hide() {
    let inbox = Inbox::new().await;
    let conversations = inbox.conversations().await;
    let counts: Vec<_> =
        filters().iter().map(|f| conversations.iter().filter(|c| fits(f, c)).count()).collect();
    // But for no filter, all channels, an unknown channel, an unknown agent and an agent of no team.
    let all_or_nothing = counts.iter().filter(|&&n| n == 0 || n == conversations.len()).count();
    assert_eq!(all_or_nothing, 5, "{counts:?}");
}
